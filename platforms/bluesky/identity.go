package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"peyk/platforms"
)

// Where names are looked up unless somebody says otherwise: a server that knows the
// handles of the whole network, and the directory of lasting names.
const (
	PublicService   = "https://bsky.social"
	PublicDirectory = "https://plc.directory"
)

// An Identity is an account as the network knows it, before anybody has signed in.
type Identity struct {
	DID    string
	Handle string
	Host   string // the base address of the server on which the account lives
}

// Find looks for the account of which somebody has typed the handle, and for its
// server. The handle must lead to the account, and the account's own document to the
// handle: neither proves anything alone. The server is one that may be called.
func (c *Client) Find(ctx context.Context, typed string) (Identity, error) {
	name := CleanHandle(typed)
	switch {
	case didForm.MatchString(name):
		return c.identity(ctx, name, "")
	case strings.Contains(name, "@"):
		return Identity{}, &platforms.Rejected{Code: CodeEmail, Detail: "an e-mail address"}
	case !isHandle(name):
		return Identity{}, &platforms.Rejected{Code: CodeBadHandle, Detail: "not a handle"}
	}
	who, err := c.resolves(ctx, name)
	if err != nil {
		return Identity{}, err
	}
	return c.identity(ctx, who, name)
}

// resolves asks the service whose handle it is.
func (c *Client) resolves(ctx context.Context, name string) (string, error) {
	var found struct {
		DID string `json:"did"`
	}
	err := c.call(ctx, c.Service, "", request{
		method: "com.atproto.identity.resolveHandle", query: url.Values{"handle": {name}},
	}, &found)
	if f, ok := failed(err); ok && f.Status == http.StatusBadRequest {
		return "", &platforms.Rejected{Code: CodeNoHandle, Detail: f.Error()}
	}
	if err == nil && !didForm.MatchString(found.DID) {
		return "", &platforms.Rejected{Code: CodeNoHandle, Detail: "the handle leads to " + cut(found.DID)}
	}
	return found.DID, sorted(err)
}

// identity reads the account's document and checks that it names the handle; empty:
// the one that it names must lead back to it.
func (c *Client) identity(ctx context.Context, who, name string) (Identity, error) {
	doc, err := c.document(ctx, who)
	if err != nil {
		return Identity{}, err
	}
	if name == "" {
		name = doc.named()
		back := ""
		if isHandle(name) {
			if back, err = c.resolves(ctx, name); err != nil {
				return Identity{}, err
			}
		}
		if back != who {
			return Identity{}, &platforms.Rejected{Code: CodeUnproven, Detail: "the document names " + cut(name)}
		}
	}
	if doc.ID != who || !slices.Contains(doc.Names, "at://"+name) {
		return Identity{}, &platforms.Rejected{Code: CodeUnproven, Detail: "the document names " + cut(strings.Join(doc.Names, " "))}
	}
	host, err := doc.server(c.Own)
	if err != nil {
		return Identity{}, &platforms.Rejected{Code: CodeBadServer, Detail: err.Error()}
	}
	return Identity{DID: who, Handle: name, Host: host}, nil
}

// document reads the document of an account: from the service where the account
// lives there, else from where the account's kind of name keeps it.
func (c *Client) document(ctx context.Context, who string) (didDocument, error) {
	var repo struct {
		DID string      `json:"did"`
		Doc didDocument `json:"didDoc"`
	}
	err := c.call(ctx, c.Service, "", request{
		method: "com.atproto.repo.describeRepo", query: url.Values{"repo": {who}},
	}, &repo)
	if err == nil && repo.DID == who && repo.Doc.ID == who {
		return repo.Doc, nil
	}
	address := c.Directory + "/" + who
	if domain, ok := strings.CutPrefix(who, "did:web:"); ok {
		address = "https://" + domain + "/.well-known/did.json"
	}
	return c.fetchDocument(ctx, address)
}

// fetchDocument reads a document that stands by itself on the web.
func (c *Client) fetchDocument(ctx context.Context, address string) (doc didDocument, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return doc, &platforms.Rejected{Code: CodeUnproven, Detail: "its lasting name leads nowhere"}
	}
	answer, _, err := platforms.Send(c.HTTP, r)
	switch {
	case err != nil:
		return doc, sorted(&failure{Method: "the directory", Cause: err})
	case answer.Status == http.StatusNotFound || answer.Status == http.StatusGone:
		return doc, &platforms.Rejected{Code: CodeUnproven, Detail: "its lasting name leads nowhere"}
	case answer.Status != http.StatusOK:
		return doc, &platforms.Transient{Cause: fmt.Errorf("the directory answers %d", answer.Status)}
	case len(answer.Body) > maxDocument || json.Unmarshal(answer.Body, &doc) != nil:
		return doc, &platforms.Transient{Cause: errors.New("the directory's answer cannot be read")}
	}
	return doc, nil
}

// maxDocument is how much of a document is read, in bytes.
const maxDocument = 1 << 18

// A didDocument says who an account is and where it lives (atproto.com/specs/did).
type didDocument struct {
	ID       string   `json:"id"`
	Names    []string `json:"alsoKnownAs"`
	Services []struct {
		ID       string          `json:"id"`
		Endpoint json.RawMessage `json:"serviceEndpoint"`
	} `json:"service"`
}

// named is the first handle in the document.
func (d didDocument) named() string {
	for _, name := range d.Names {
		if handle, ok := strings.CutPrefix(name, "at://"); ok {
			return handle
		}
	}
	return ""
}

// server is the base address of the server that holds the account's records, where
// the document names one that may be called.
func (d didDocument) server(own string) (string, error) {
	for _, s := range d.Services {
		var address string
		if (s.ID != "#atproto_pds" && s.ID != d.ID+"#atproto_pds") || json.Unmarshal(s.Endpoint, &address) != nil {
			continue
		}
		return platforms.ServerOf(address, own)
	}
	return "", errors.New("no server is named")
}
