// Package mastodontest is a Mastodon server in small, for tests: it keeps what it is
// told, as strict as the real one where a client depends on it, and misbehaves on
// demand.
package mastodontest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options say what kind of server it is.
type Options struct {
	Now        func() time.Time // what time it is; nil: as it really is
	Ahead      time.Duration    // how far its clock is ahead of that
	ForgetsKey bool             // it ignores the Idempotency-Key, as GoToSocial does
	Characters int              // of a post; 0: 500
	Files      int              // in a post; 0: 4
	Source     string           // the program's address; empty: Mastodon's own
	OneWay     bool             // it takes the redirect of an app as a word only, as Mastodon did before 4.3
	Stranger   bool             // it is no server of this kind at all
	NoIDs      bool             // it says nothing beside a post of which app it came from
}

// A Server is a running one. Its methods may be called beside requests.
type Server struct {
	*httptest.Server
	t        testing.TB
	o        Options
	mu       sync.Mutex
	contract *contract
	state
}

// A state is all that is otherwise after a call.
type state struct {
	people   []*person
	apps     []app
	codes    map[string]grant
	tokens   map[string]grant
	files    map[string]*file
	statuses []*Status
	notices  []notice
	keys     map[string]string // account and Idempotency-Key → status
	last     int64             // the newest id
	answers  []Answer
	silent   int
	work     int
	calls    []string
}

// An Answer stands in for the server's own, once.
type Answer struct {
	Call   string // method and path, as "POST /api/v1/statuses"; a path that ends in / stands for all below it
	Status int
	Words  string
	Header map[string]string
	Raw    string // instead of an error in JSON
	After  bool   // the call is carried out all the same
	Drop   bool   // the connection is closed without an answer
}

type person struct {
	id, name, acct, shown string
	remote                bool
	followers             int
	gone                  bool
}

type app struct {
	id, secret string
	scopes     []string
}

type grant struct {
	app    string
	person string
	scopes []string
	used   bool
}

type file struct {
	id, owner, mime, description string
	size                         int
	looks                        int // until it is ready
	broken, attached             bool
}

type notice struct {
	id, to, status string
}

// New starts a server that ends with the test. Where the description of the API lies
// beside the checkout, every request and answer is compared with it.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Characters == 0 {
		o.Characters = 500
	}
	if o.Files == 0 {
		o.Files = 4
	}
	if o.Source == "" {
		o.Source = "https://github.com/mastodon/mastodon"
	}
	s := &Server{t: t, o: o, state: begun()}
	if c, err := description(); err == nil {
		s.contract = c
	} else {
		t.Logf("requests are not compared with the description of the API: %v", err)
	}
	mux := http.NewServeMux()
	if !o.Stranger {
		s.routes(mux)
	}
	s.Server = httptest.NewServer(s.guard(mux))
	t.Cleanup(s.Close)
	return s
}

func begun() state {
	return state{codes: map[string]grant{}, tokens: map[string]grant{}, files: map[string]*file{}, keys: map[string]string{}}
}

// Renew makes the server what New made, without anybody on it.
func (s *Server) Renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = begun()
}

// Fresh tells whether nobody has called or said anything.
func (s *Server) Fresh() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls) == 0 && len(s.statuses) == 0
}

// Attend makes faults those of another test from now on.
func (s *Server) Attend(t testing.TB) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t = t
}

// Checked tells whether requests are compared with the description of the API.
func (s *Server) Checked() bool { return s.contract != nil }

// Domain is the server's name in handles.
func (s *Server) Domain() string { return "toot.example" }

// handlers are what it serves, as the description names the paths.
func (s *Server) handlers() map[string]func(*call) (int, any) {
	return map[string]func(*call) (int, any){
		"GET /api/v2/instance":                    s.instance,
		"POST /api/v1/apps":                       s.register,
		"POST /oauth/token":                       s.exchange,
		"POST /oauth/revoke":                      s.revoke,
		"GET /api/v1/accounts/verify_credentials": s.allowed("read:accounts", s.whoami),
		"GET /api/v1/accounts/{id}/statuses":      s.allowed("read:statuses", s.list),
		"POST /api/v1/statuses":                   s.allowed("write:statuses", s.publish),
		"GET /api/v1/statuses/{id}":               s.allowed("read:statuses", s.show),
		"DELETE /api/v1/statuses/{id}":            s.allowed("write:statuses", s.remove),
		"GET /api/v1/statuses/{id}/context":       s.allowed("read:statuses", s.context),
		"GET /api/v1/notifications":               s.allowed("read:notifications", s.notifications),
		"POST /api/v2/media":                      s.allowed("write:media", s.upload),
		"GET /api/v1/media/{id}":                  s.allowed("write:media", s.look),
	}
}

func (s *Server) routes(mux *http.ServeMux) {
	for pattern, h := range s.handlers() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			body, err := io.ReadAll(r.Body)
			if err != nil {
				s.t.Errorf("reading %s: %v", r.URL.Path, err)
			}
			status, answer := h(&call{Request: r, server: s, body: body})
			s.say(w, status, answer)
		})
	}
}

// say writes an answer as the real server does.
func (s *Server) say(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		s.t.Errorf("an answer of the fake: %v", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func refuse(status int, words string) (int, any) { return status, map[string]string{"error": words} }

// Fail puts answers in the way of the next calls that they name.
func (s *Server) Fail(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, answers...)
}

// Silence lets the next n mentions make no notification.
func (s *Server) Silence(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = n
}

// Work lets files be worked on for n looks before they are ready.
func (s *Server) Work(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = n
}

// Calls counts the calls of a method and path that were answered or dropped.
func (s *Server) Calls(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(s.calls), func(c string) bool { return !fits(name, c) }))
}

func fits(name, call string) bool {
	return name == call || strings.HasSuffix(name, "/") && strings.HasPrefix(call, name)
}

// Now is what time it is there.
func (s *Server) Now() time.Time { return s.o.Now().Add(s.o.Ahead) }

// next makes an id: a number that grows, as long as the real ones.
func (s *Server) next() string {
	s.last = max(s.last+1, s.Now().UnixMilli()<<16)
	return strconv.FormatInt(s.last, 10)
}

// guard stands before the routes: it sets the server's time, compares with the
// description and puts faults in the way.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Method + " " + r.URL.Path
		s.mu.Lock()
		s.calls = append(s.calls, name)
		var in Answer
		if i := slices.IndexFunc(s.answers, func(a Answer) bool { return fits(a.Call, name) }); i >= 0 {
			in = s.answers[i]
			s.answers = slices.Delete(s.answers, i, i+1)
		}
		date, t := s.Now().UTC().Format(http.TimeFormat), s.t
		s.mu.Unlock()
		w.Header().Set("Date", date)
		switch {
		case in.Call == "":
			s.compared(t, next).ServeHTTP(w, r)
			return
		case in.After:
			s.compared(t, next).ServeHTTP(httptest.NewRecorder(), r)
		}
		if in.Drop {
			panic(http.ErrAbortHandler)
		}
		for k, v := range in.Header {
			w.Header().Set(k, v)
		}
		if in.Raw == "" {
			s.say(w, in.Status, map[string]string{"error": in.Words})
			return
		}
		w.WriteHeader(in.Status)
		fmt.Fprint(w, in.Raw)
	})
}

// compared is the handler behind a comparison with the description.
func (s *Server) compared(t testing.TB, next http.Handler) http.Handler {
	if s.contract == nil || s.o.Stranger || s.o.OneWay { // the description is of today's servers
		return next
	}
	return s.contract.around(t, next)
}
