package bluesky_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"code.dny.dev/ssrf"
	"github.com/jonboulle/clockwork"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

func newClient(n *sky.Network, v *vault) *bluesky.Client {
	return &bluesky.Client{HTTP: platforms.NewHTTP("http://localhost"), Sessions: v, Own: "http://localhost", Clock: clockwork.NewFakeClockAt(n.Began)}
}

func TestLogin(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	c := newClient(n, nil)
	s, err := c.Login(t.Context(), n.URL+"/", "\u200e @Cafe.test\u200f ", sky.Password+" ")
	if err != nil || s.DID != n.DID("cafe.test") || s.Handle != "cafe.test" || s.Host != n.URL || s.Access == "" || s.Refresh == "" {
		t.Fatalf("%#v, %v", s, err)
	}
	for _, c := range []struct {
		name   string
		answer sky.Answer
		code   string // "": the account is lost
	}{
		{"takedown", sky.Answer{Status: 401, Name: "AccountTakedown"}, ""},
		{"second factor", sky.Answer{Status: 401, Name: "AuthFactorTokenRequired"}, bluesky.CodeNotAppPassword},
		{"no such server", sky.Answer{Status: 404, Raw: "<html>"}, bluesky.CodeBadServer},
		{"another server", sky.Answer{Status: 200, Raw: "<html>", After: true}, bluesky.CodeBadServer},
		{"a redirect", sky.Answer{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/"}}, bluesky.CodeBadServer},
		{"nobody", sky.Answer{Status: 200, Raw: `{"did":"did:plc:x"}`, After: true}, bluesky.CodeBadServer},
		{"deactivated", sky.Answer{Status: 200, Raw: `{"did":"did:plc:x","accessJwt":"a","refreshJwt":"b","active":false,"status":"deactivated"}`, After: true}, ""},
	} {
		n.Fail("com.atproto.server.createSession", c.answer)
		_, err := newClient(n, nil).Login(t.Context(), n.URL, "cafe.test", sky.Password)
		o := platforms.PrepareOutcome(err, n.Began)
		if want := cmp.Or(c.code, platforms.CodeAccountLost); err == nil || o.State != social.Rejected || o.Code != want {
			t.Errorf("%s gives %v (%s), want %s", c.name, err, o.Code, want)
		}
	}
	n.Fail("com.atproto.server.createSession", sky.Answer{Status: 429, Name: "RateLimitExceeded", Header: map[string]string{"Retry-After": "9"}})
	_, err = c.Login(t.Context(), n.URL, "cafe.test", sky.Password)
	var limit *platforms.RateLimited
	if !errors.As(err, &limit) || limit.RetryAfter != 9*time.Second {
		t.Errorf("a tired server gives %v", err)
	}
}

// An account that signs in at one server and lives on another is asked for where it
// lives, and renewed where it signs in. An address that may not be called is none.
func TestTwoServers(t *testing.T) {
	for holder, same := range map[string]bool{"": true, "http://cafe.ir": true, "https://127.0.0.1/x": true, "another": false} {
		n := newNetwork(t, "cafe.test")
		lives := httptest.NewServer(http.HandlerFunc(n.Serve))
		t.Cleanup(lives.Close)
		if holder == "another" {
			holder = lives.URL
		}
		n.Holder = holder
		r := newRig(t, n.URL, "cafe.test", sky.Password)
		n.Expire(r.account.RemoteID)
		if _, err := r.AccountFigures(t.Context(), r.account); err != nil {
			t.Fatal(err)
		}
		s := r.vault.held[7]
		if s.Entry != n.URL || (s.Host == n.URL) != same {
			t.Errorf("%q: signed in at %s, lives at %s", holder, s.Entry, s.Host)
		}
		if at := n.Hosts["com.atproto.server.refreshSession"]; "http://"+at != n.URL {
			t.Errorf("renewed at %s", at)
		}
		if at := n.Hosts["app.bsky.actor.getProfile"]; "http://"+at != s.Host {
			t.Errorf("asked at %s", at)
		}
	}
}

// A wrong password is told without being repeated, though the server repeats it.
func TestNoSecretInErrors(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	_, wrong := r.Client.Login(t.Context(), n.URL, "cafe.test", "wrong-word-here")
	var no *platforms.Rejected
	if !errors.As(wrong, &no) || no.Code != bluesky.CodeBadLogin {
		t.Errorf("a wrong password gives %v", wrong)
	}
	s := r.vault.held[7]
	n.Change(func() { delete(n.People[s.DID].Access, s.Access) }) // the server says a token back that it does not know
	_, unknown := r.AccountFigures(t.Context(), r.account)
	n.Change(func() {
		n.People[s.DID].Access[s.Access] = true
		n.People[s.DID].Handle = "other.test" // of whom the refresh token is not
	})
	_, stale := r.AccountFigures(t.Context(), r.account)
	n.Close()
	_, away := r.AccountFigures(t.Context(), r.account)
	_, off := r.Client.Login(t.Context(), n.URL, "cafe.test", "wrong-word-here")
	for i, err := range []error{wrong, unknown, stale, away, off} {
		o := platforms.PrepareOutcome(err, n.Began)
		for _, secret := range []string{"wrong-word-here", s.Access, s.Refresh, "Bearer"} {
			if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v %s", err, err, err, o.Detail), secret) {
				t.Errorf("%d: %v holds %q", i, err, secret)
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("signed in", "session", s)
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %v", s, s, &s), log.String()} {
		if strings.Contains(printed, "secret") {
			t.Errorf("a session prints as %s", printed)
		}
	}
}

func TestServers(t *testing.T) {
	for _, c := range []struct {
		host  string
		local bool // the operator has named a service on this machine
		want  string
	}{
		{"bsky.social", false, "https://bsky.social"},
		{"https://pds.cafe.ir:8443/", false, "https://pds.cafe.ir:8443"},
		{"http://bsky.social", true, ""},
		{"http://localhost:2583", true, "http://localhost:2583"},
		{"http://[::1]:2583", true, "http://[::1]:2583"},
		{"http://localhost:2583", false, ""},
		{"https://127.0.0.1", false, ""},
		{"https://a:b@bsky.social", true, ""},
		{"https://bsky.social/xrpc", true, ""},
		{"https://bsky.social?x", true, ""},
		{"ftp://bsky.social", true, ""},
		{"", true, ""},
		{"https://", true, ""},
		{"bsky.social#x", true, ""},
	} {
		got, err := platforms.ServerOf(c.host, map[bool]string{true: "http://localhost"}[c.local])
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q (local %t) is %q, %v", c.host, c.local, got, err)
		}
	}
}

// A name that leads into the operator's own network leads nowhere.
func TestOwnNetworkIsOutOfReach(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	for _, own := range []string{"", "https://pds.example.org"} {
		for _, host := range []string{
			"127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]", "[fd00::1]", "0.0.0.0",
			"[::ffff:10.0.0.8]", "[64:ff9b::a00:8]", "198.18.0.1",
		} {
			_, err := platforms.NewHTTP(own).Get("http://" + host + ":" + n.URL[strings.LastIndex(n.URL, ":")+1:])
			if !errors.Is(err, ssrf.ErrProhibitedIP) {
				t.Errorf("%s: %v", host, err)
			}
		}
	}
}

// A token that has run out is renewed and the call made again; two that find out
// at once renew it once.
func TestRenewal(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	n.Expire(r.account.RemoteID)
	var both sync.WaitGroup
	failed := make([]error, 2)
	for i := range failed {
		both.Go(func() { _, failed[i] = r.AccountFigures(t.Context(), r.account) })
	}
	both.Wait()
	if failed[0] != nil || failed[1] != nil {
		t.Errorf("%v", failed)
	}
	if k := n.Count("com.atproto.server.refreshSession"); k != 1 {
		t.Errorf("%d renewals", k)
	}
	if s := r.vault.held[7]; s.Host != n.URL || s.Access != "secret-access-cafe.test-2" {
		t.Errorf("what is kept is %+v", s)
	}
}

// What renewing may come to, and that it is tried once a call.
func TestRenewalFails(t *testing.T) {
	refresh, put := "com.atproto.server.refreshSession", "com.atproto.repo.putRecord"
	for _, c := range []struct {
		name    string
		spoil   func(n *sky.Network, r *rig)
		want    social.DeliveryState
		renewed int
	}{
		{"revoked", func(n *sky.Network, r *rig) { n.People[r.account.RemoteID].Refresh = "another" }, social.Rejected, 1},
		{"taken down", func(n *sky.Network, r *rig) { n.People[r.account.RemoteID].Gone = true }, social.Rejected, 1},
		{"unreachable", func(n *sky.Network, _ *rig) { n.Spoil(refresh, sky.Answer{Drop: true}) }, social.Waiting, 1},
		{"broken", func(n *sky.Network, _ *rig) {
			n.Spoil(refresh, sky.Answer{Status: 500, Name: "InternalServerError"})
		}, social.Waiting, 1},
		{"throttled", func(n *sky.Network, _ *rig) {
			n.Spoil(refresh, sky.Answer{Status: 429, Name: "RateLimitExceeded"})
		}, social.Waiting, 1},
		{"run out at once", func(n *sky.Network, _ *rig) {
			n.Spoil(put, sky.Answer{Status: 400, Name: "ExpiredToken"}, sky.Answer{Status: 400, Name: "ExpiredToken"})
		}, social.Waiting, 1},
		{"signed out meanwhile", func(_ *sky.Network, r *rig) { delete(r.vault.held, 7) }, social.Rejected, 0},
	} {
		n := newNetwork(t, "cafe.test")
		r := newRig(t, n.URL, "cafe.test", sky.Password)
		in := r.intent("سلام")
		in.Stage, _ = r.Prepare(t.Context(), in)
		n.Expire(r.account.RemoteID)
		n.Change(func() { c.spoil(n, r) })
		p, err := r.Commit(t.Context(), in)
		if o := platforms.OutcomeOf(p, err, n.Began); o.State != c.want {
			t.Errorf("%s: %s (%v), want %s", c.name, o.State, err, c.want)
		}
		if k := n.Count(refresh); k != c.renewed || n.Posts(r.account.RemoteID) != 0 {
			t.Errorf("%s: %d renewals, %d posts", c.name, k, n.Posts(r.account.RemoteID))
		}
	}
}

// Sessions are stored as JSON, secrets included: the store seals them.
func TestSessionsAreKept(t *testing.T) {
	s := bluesky.Session{DID: "did:plc:x", Handle: "a.test", Entry: "https://b.test", Host: "https://a.test", Access: "a", Refresh: "r"}
	body, err := json.Marshal(s)
	var back bluesky.Session
	if err != nil || json.Unmarshal(body, &back) != nil || back != s {
		t.Errorf("%s, %v", body, err)
	}
}

func TestAppPasswords(t *testing.T) {
	for word, want := range map[string]bool{sky.Password: true, " ab12-cd34-ef56-gh78 ": true, "hunter2": false, "abcd-efgh-ijkl": false} {
		if bluesky.LooksLikeAppPassword(word) != want {
			t.Errorf("%q", word)
		}
	}
}

// broken is a store that cannot be reached.
type broken struct{}

func (broken) Session(context.Context, int64) (bluesky.Session, error) {
	return bluesky.Session{}, &net.OpError{Op: "read", Err: errors.New("the database is away")}
}

func (broken) Renew(context.Context, int64, bluesky.Session, func(context.Context, bluesky.Session) (bluesky.Session, error)) (bluesky.Session, error) {
	return bluesky.Session{}, errors.New("the database is away")
}

func TestStoreIsAway(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	in := r.intent("سلام")
	in.Stage, _ = r.Prepare(t.Context(), in)
	r.Client.Sessions = broken{}
	p, err := r.Commit(t.Context(), in)
	if o := platforms.OutcomeOf(p, err, n.Began); o.State != social.Waiting {
		t.Errorf("%+v", o)
	}
}
