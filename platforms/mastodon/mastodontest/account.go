package mastodontest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A call is one request.
type call struct {
	*http.Request
	server *Server
	body   []byte
	who    *person
	scopes []string
}

// read takes in a body of JSON, in which nothing may stand that is not known.
func (c *call) read(into any) bool {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		c.server.t.Errorf("the body of %s %s: %v", c.Method, c.URL.Path, err)
		return false
	}
	return true
}

// Person adds somebody with an account here and returns the account's id.
func (s *Server) Person(name string, followers int) string {
	return s.add(&person{name: name, acct: name, shown: name, followers: followers})
}

// Guest adds somebody of another server and returns the id that he has here.
func (s *Server) Guest(name, shown string) string {
	local, _, _ := strings.Cut(name, "@")
	return s.add(&person{name: local, acct: name, shown: shown, remote: true})
}

func (s *Server) add(p *person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.id = s.next()
	s.people = append(s.people, p)
	return p.id
}

func (s *Server) person(is func(*person) bool) *person {
	if i := slices.IndexFunc(s.people, is); i >= 0 {
		return s.people[i]
	}
	return nil
}

// named finds somebody by his name, with the server or without.
func (s *Server) named(acct string) *person {
	acct = strings.TrimSuffix(strings.ToLower(acct), "@"+s.Domain())
	return s.person(func(p *person) bool { return strings.ToLower(p.acct) == acct })
}

// Suspend closes somebody's account, or opens it again.
func (s *Server) Suspend(name string, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.named(name).gone = gone
}

// Revoke takes back every token of somebody, as he can in his settings.
func (s *Server) Revoke(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.named(name).id
	for token, g := range s.tokens {
		if g.person == id {
			delete(s.tokens, token)
		}
	}
}

// Forget loses all apps, as a server that was set up anew has.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps, s.tokens = nil, map[string]grant{}
}

// Authorize is somebody who opens the address and lets the app in: it returns the code
// that he is shown. A fault in the address fails the test.
func (s *Server) Authorize(address, name string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := url.Parse(address)
	if err != nil || u.Path != "/oauth/authorize" || !strings.HasPrefix(address, s.URL+"/") {
		s.t.Fatalf("not an address to let anybody in: %q (%v)", address, err)
	}
	q := u.Query()
	i := slices.IndexFunc(s.apps, func(a app) bool { return a.id == q.Get("client_id") })
	wanted := strings.Fields(q.Get("scope"))
	switch {
	case i < 0:
		s.t.Fatalf("no app %q is known", q.Get("client_id"))
	case q.Get("redirect_uri") != "urn:ietf:wg:oauth:2.0:oob" || q.Get("response_type") != "code":
		s.t.Fatalf("the address asks for %v", q)
	case slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(s.apps[i].scopes, w) }):
		s.t.Fatalf("the app may not ask for %q", wanted)
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // it never fails
	code := base64.RawURLEncoding.EncodeToString(raw)
	s.codes[code] = grant{app: s.apps[i].id, person: s.named(name).id, scopes: wanted}
	return code
}

func (s *Server) register(c *call) (int, any) {
	var in struct {
		Name   string          `json:"client_name"`
		Ways   json.RawMessage `json:"redirect_uris"`
		Scopes string          `json:"scopes"`
		Site   string          `json:"website"`
	}
	if !c.read(&in) {
		return refuse(http.StatusBadRequest, "unreadable")
	}
	var ways []string
	var way string
	switch {
	case json.Unmarshal(in.Ways, &way) == nil:
		ways = strings.Fields(way)
	case s.o.OneWay || json.Unmarshal(in.Ways, &ways) != nil:
	}
	if in.Name == "" || !slices.Contains(ways, "urn:ietf:wg:oauth:2.0:oob") {
		return refuse(http.StatusUnprocessableEntity, "Validation failed: Redirect URI can't be blank")
	}
	a := app{id: "id-" + rand.Text(), secret: "secret-" + rand.Text(), scopes: strings.Fields(in.Scopes)}
	s.apps = append(s.apps, a)
	return http.StatusOK, map[string]any{
		"id": s.next(), "name": in.Name, "website": nil, "redirect_uri": strings.Join(ways, "\n"), "redirect_uris": ways,
		"client_id": a.id, "client_secret": a.secret, "scopes": a.scopes, "vapid_key": "", "client_secret_expires_at": 0,
	}
}

func (s *Server) known(id, secret string) bool {
	return slices.ContainsFunc(s.apps, func(a app) bool { return a.id == id && a.secret == secret })
}

func (s *Server) exchange(c *call) (int, any) {
	var in struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Way    string `json:"redirect_uri"`
		Kind   string `json:"grant_type"`
		Code   string `json:"code"`
	}
	if !c.read(&in) {
		return refuse(http.StatusBadRequest, "unreadable")
	}
	if !s.known(in.ID, in.Secret) {
		return http.StatusUnauthorized, map[string]string{"error": "invalid_client", "error_description": "Client authentication failed."}
	}
	g, ok := s.codes[in.Code]
	if !ok || g.used || g.app != in.ID || in.Kind != "authorization_code" || in.Way != "urn:ietf:wg:oauth:2.0:oob" {
		return http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "The provided authorization grant is invalid, expired, revoked."}
	}
	g.used = true
	s.codes[in.Code] = g
	token := s.tokenOf(g)
	s.tokens[token] = grant{app: g.app, person: g.person, scopes: g.scopes}
	return http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "scope": strings.Join(g.scopes, " "), "created_at": s.Now().Unix(),
	}
}

// tokenOf is the token of a program that somebody lets in: the same one as long as it is
// good (mastodon/mastodon 03b1338, config/initializers/doorkeeper.rb, reuse_access_token).
func (s *Server) tokenOf(g grant) string {
	for token, other := range s.tokens {
		if other.app == g.app && other.person == g.person && slices.Equal(other.scopes, g.scopes) {
			return token
		}
	}
	return "token-" + rand.Text()
}

func (s *Server) revoke(c *call) (int, any) {
	var in struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Token  string `json:"token"`
	}
	if !c.read(&in) {
		return refuse(http.StatusBadRequest, "unreadable")
	}
	if !s.known(in.ID, in.Secret) {
		return http.StatusForbidden, map[string]string{"error": "unauthorized_client", "error_description": "You are not authorized to revoke this token"}
	}
	delete(s.tokens, in.Token)
	return http.StatusOK, map[string]any{}
}

// Secrets are all that the server has given that nobody else may see: the secrets of
// apps, and tokens.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	secrets := slices.Collect(maps.Keys(s.tokens))
	for _, a := range s.apps {
		secrets = append(secrets, a.secret)
	}
	return secrets
}

// Tokens counts the tokens that are good.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}

// allowed lets a call through that has a good token with the scope.
func (s *Server) allowed(scope string, next func(*call) (int, any)) func(*call) (int, any) {
	return func(c *call) (int, any) {
		token, _ := strings.CutPrefix(c.Header.Get("Authorization"), "Bearer ")
		g, ok := s.tokens[token]
		if !ok {
			return refuse(http.StatusUnauthorized, "The access token is invalid")
		}
		if !slices.Contains(g.scopes, scope) {
			return refuse(http.StatusForbidden, "This action is outside the authorized scopes")
		}
		c.who, c.scopes = s.person(func(p *person) bool { return p.id == g.person }), g.scopes
		if c.who.gone {
			return refuse(http.StatusForbidden, "Your login is currently disabled")
		}
		return next(c)
	}
}

func (s *Server) whoami(c *call) (int, any) {
	return http.StatusOK, s.credentials(c.who)
}
