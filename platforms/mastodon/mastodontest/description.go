package mastodontest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// description reads it where it lies beside the checkout.
var description = sync.OnceValues(func() (*contract, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			break
		}
		if folder == filepath.Dir(folder) {
			return nil, errors.New("no checkout around")
		}
		folder = filepath.Dir(folder)
	}
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(folder, "..", "shared", "specs", "mastodon.json"))
	if err != nil {
		return nil, errors.New("mastodon.json is not there")
	}
	return load(data)
})

// load reads the description and mends what is known to be wrong in it.
func load(data []byte) (*contract, error) {
	data, err := served(data)
	if err != nil {
		return nil, fmt.Errorf("cutting the description: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("reading the description: %w", err)
	}
	doc.Servers = nil
	post := doc.Paths.Value("/api/v1/statuses").Post
	for _, p := range post.Parameters {
		if p.Value.Name == "Idempotency-Key" { // a header is a string, not an object
			p.Value.Schema = openapi3.NewStringSchema().NewRef()
		}
	}
	// A post with a text and files is of both kinds.
	body := post.RequestBody.Value.Content.Get("application/json").Schema.Value
	body.AnyOf, body.OneOf = body.OneOf, nil
	router, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation())
	// Of a document of 3.1 the library compiles a schema anew with each value, only to find that this one
	// needs nothing of 3.1 (no keyword that came with it is in what is served) and to look by itself.
	doc.OpenAPI = "3.0.3"
	return &contract{router: router, seen: map[string]int{}}, err
}

type raw = map[string]json.RawMessage

// served cuts the description, of a megabyte and a half, down to the paths that the
// fake serves and to what these refer to.
func served(data []byte) ([]byte, error) {
	var doc struct {
		OpenAPI    json.RawMessage `json:"openapi"`
		Info       json.RawMessage `json:"info"`
		Security   json.RawMessage `json:"security,omitempty"`
		Paths      raw             `json:"paths"`
		Components map[string]raw  `json:"components"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	all, paths := doc.Components, raw{}
	doc.Components = map[string]raw{"securitySchemes": all["securitySchemes"]}
	for pattern := range new(Server).handlers() {
		_, path, _ := strings.Cut(pattern, " ")
		if doc.Paths[path] == nil {
			return nil, fmt.Errorf("no path %s is known", path)
		}
		paths[path] = doc.Paths[path]
		keep(paths[path], all, doc.Components)
	}
	doc.Paths = paths
	return json.Marshal(doc)
}

// keep copies what a part refers to, and what that refers to.
func keep(part []byte, all, kept map[string]raw) {
	const mark = `"#/components/`
	for {
		_, after, found := bytes.Cut(part, []byte(mark))
		if !found {
			return
		}
		ref, rest, _ := bytes.Cut(after, []byte(`"`))
		part = rest
		kind, name, _ := strings.Cut(string(ref), "/")
		if kept[kind] == nil {
			kept[kind] = raw{}
		}
		if _, seen := kept[kind][name]; !seen {
			kept[kind][name] = all[kind][name]
			keep(all[kind][name], all, kept)
		}
	}
}
