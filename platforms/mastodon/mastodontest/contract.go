package mastodontest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// A contract is the description of the API that others wrote.
type contract struct {
	router routers.Router

	mu   sync.Mutex
	seen map[string]int // answers of each kind that were compared
}

// enough is how many answers of one kind are compared in a process: each compiles its
// schema anew, and the fake has few ways to answer.
const enough = 5

func (c *contract) worth(in *openapi3filter.RequestValidationInput, status int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	kind := fmt.Sprint(in.Route.Method, in.Route.Path, status)
	c.seen[kind]++
	return c.seen[kind] <= enough
}

// around compares what goes through a handler with the description.
func (c *contract) around(t testing.TB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the caller has gone away
		}
		in, err := c.request(r, body)
		if err != nil {
			t.Errorf("%s %s is not as the description of the API wants it: %v\n%.400s", r.Method, r.URL, err, body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept := httptest.NewRecorder()
		next.ServeHTTP(kept, r)
		if in != nil && c.worth(in, kept.Code) {
			if err := c.answer(in, kept); err != nil {
				t.Errorf("the fake's answer to %s %s is not as the description of the API says: %v", r.Method, r.URL, err)
			}
		}
		for k, v := range kept.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
	})
}

// request compares a request. Lists in queries are written with brackets, which the
// description leaves out; and addresses of apps have no scheme that it knows.
func (c *contract) request(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	query := url.Values{}
	for k, v := range r.URL.Query() {
		if n := len(k); n > 2 && k[n-2:] == "[]" {
			k = k[:n-2]
		}
		query[k] = v
	}
	address := *r.URL
	address.RawQuery = query.Encode()
	copied.URL = &address
	route, params, err := c.router.FindRoute(copied)
	if err != nil {
		return nil, err
	}
	in := &openapi3filter.RequestValidationInput{
		Request: copied, PathParams: params, Route: route, QueryParams: query,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}
	for k := range query {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, k) == nil {
			return in, fmt.Errorf("no parameter %q is known", k)
		}
	}
	return in, openapi3filter.ValidateRequest(r.Context(), in)
}

func (c *contract) answer(in *openapi3filter.RequestValidationInput, kept *httptest.ResponseRecorder) error {
	if !json.Valid(kept.Body.Bytes()) {
		return errors.New("no JSON")
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: kept.Code, Header: kept.Header(),
		Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true},
	}
	out.SetBodyBytes(kept.Body.Bytes())
	return openapi3filter.ValidateResponse(in.Request.Context(), out)
}
