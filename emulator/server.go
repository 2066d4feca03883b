package emulator

import (
	"crypto/subtle"
	stdjson "encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// MaxUpload is the most a bot may send in one request (Bot API, "Sending files": 50 MB).
const MaxUpload = 50 << 20

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>; all else is 404 in Telegram's JSON.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.isOut() {
		panic(http.ErrAbortHandler)
	}
	path, isFile := strings.CutPrefix(r.URL.Path, "/file")
	path, ok := strings.CutPrefix(path, "/bot")
	token, rest, found := strings.Cut(path, "/")
	switch {
	case !ok || !found:
		writeError(w, &failure{Code: 404, Description: "Not Found"})
	case subtle.ConstantTimeCompare([]byte(token), []byte(e.opts.Token)) != 1:
		writeError(w, &failure{Code: 401, Description: "Unauthorized"})
	case isFile:
		e.serveFile(w, rest)
	default:
		e.serveCall(w, r, rest)
	}
}

func (e *Emulator) serveCall(w http.ResponseWriter, r *http.Request, name string) {
	c, err := e.readCall(w, r, name)
	if err != nil {
		writeError(w, err)
		return
	}
	fault := e.takeFault(c)
	if fault != nil && e.strikeBefore(w, c, fault) {
		return
	}
	result, err := e.execute(c)
	if err != nil && (c.ctx.Err() != nil || errors.Is(err, http.ErrAbortHandler)) {
		panic(http.ErrAbortHandler)
	}
	e.record(c, result, err, fault)
	if fault != nil {
		e.strikeAfter(c, fault)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	write(w, http.StatusOK, slices.Concat(json(`{"ok":true,"result":`), result, json(`}`)))
}

// execute carries a call out and gives its result as JSON.
func (e *Emulator) execute(c *call) (json, error) {
	key := strings.ToLower(c.name)
	m, ok := e.methods[key]
	e.checkRequest(c)
	if !ok {
		e.opts.Log("emulator: %s is not emulated", c.name)
		return nil, &failure{Code: 404, Description: "Not Found"}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if key == "getupdates" {
		return e.poll(c)
	}
	if err := e.fetchRemote(c); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.wake()
	if err := e.spend(key, c); err != nil {
		return nil, err
	}
	result, err := m(e, c)
	if err != nil {
		return nil, err
	}
	raw, err := stdjson.Marshal(result)
	if err == nil {
		e.checkResult(c, raw)
	}
	return raw, err
}

func (e *Emulator) readCall(w http.ResponseWriter, r *http.Request, name string) (*call, error) {
	c := &call{ctx: r.Context(), name: name, params: map[string]string{}, files: map[string]upload{}}
	for k, v := range r.URL.Query() {
		c.params[k] = v[0]
	}
	r.Body = http.MaxBytesReader(w, r.Body, e.maxUpload+1<<16) // room for the other parts
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/json":
		err = c.readJSON(r.Body)
	case "multipart/form-data":
		err = c.readMultipart(r)
	default:
		err = c.readForm(r)
	}
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return nil, &failure{Code: 413, Description: "Request Entity Too Large"}
	}
	return c, err
}

func (c *call) readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badRequest("can't parse request body")
	}
	for k, v := range r.PostForm {
		c.params[k] = v[0]
	}
	return nil
}

func (c *call) readJSON(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return c.readJSONText(data)
}

// readJSONText takes the members of a JSON object as parameters: strings as they are, all else in its JSON form.
func (c *call) readJSONText(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	var fields map[string]json
	if err := stdjson.Unmarshal(data, &fields); err != nil {
		return badRequest("can't parse request body as JSON")
	}
	for k, v := range fields {
		var s string
		switch {
		case string(v) == "null":
		case stdjson.Unmarshal(v, &s) == nil:
			c.params[k] = s
		default:
			c.params[k] = string(v)
		}
	}
	return nil
}

func (c *call) readMultipart(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return badRequest("can't parse multipart body")
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.readPart(part); err != nil {
			return err
		}
	}
}

func (c *call) readPart(part *multipart.Part) error {
	data, err := io.ReadAll(part)
	if err != nil {
		return err
	}
	if part.FileName() == "" {
		c.params[part.FormName()] = string(data)
		return nil
	}
	c.files[part.FormName()] = upload{part.FormName(), part.FileName(), part.Header.Get("Content-Type"), data}
	return nil
}

func writeError(w http.ResponseWriter, err error) {
	refusal := asError(err)
	body := map[string]any{"ok": false, "error_code": refusal.Code, "description": refusal.Description}
	params := map[string]any{}
	if refusal.RetryAfter > 0 {
		params["retry_after"] = refusal.RetryAfter
		w.Header().Set("Retry-After", strconv.Itoa(refusal.RetryAfter))
	}
	if refusal.MigrateTo != 0 {
		params["migrate_to_chat_id"] = refusal.MigrateTo
	}
	if len(params) > 0 {
		body["parameters"] = params
	}
	writeJSON(w, refusal.Code, body)
}

func asError(err error) *failure {
	var refusal *failure
	if errors.As(err, &refusal) {
		return refusal
	}
	return &failure{Code: 500, Description: "Internal Server Error: " + err.Error()}
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	data, err := stdjson.Marshal(v)
	if err != nil {
		code, data = 500, json(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	write(w, code, data)
}

func write(w http.ResponseWriter, code int, data json) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(code)
	_, _ = w.Write(data) // the reader may be gone: nothing is owed to it then
}
