package bluesky_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
)

func TestCleanHandle(t *testing.T) {
	for typed, want := range map[string]string{
		"cafe.bsky.social": "cafe.bsky.social", " @Cafe.bsky.social\n": "cafe.bsky.social",
		"https://bsky.app/profile/cafe.bsky.social":                 "cafe.bsky.social",
		"bsky.app/profile/cafe.bsky.social/post/3k?x=1":             "cafe.bsky.social",
		"https://bsky.app/profile/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa": "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
		"at://cafe.bsky.social/":                                    "cafe.bsky.social", "https://cafe.ir/": "cafe.ir", "cafe.ir.": "cafe.ir",
		"\u200f@cafe\u200c.bsky .social\u200e": "cafe.bsky.social", "cafe۱۴.bsky.social": "cafe14.bsky.social",
		"me@mail.example": "me@mail.example", "cafe": "cafe", "": "",
	} {
		if got := bluesky.CleanHandle(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}

// finder looks handles up in the small network, which knows its own people, and in
// the directory beside it.
func finder(n *sky.Network) *bluesky.Client {
	c := bluesky.NewClient(n.URL, clockwork.NewFakeClockAt(n.Began), nil)
	c.Directory = n.URL
	return c
}

func TestFind(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	cafe := bluesky.Identity{DID: n.DID("cafe.test"), Handle: "cafe.test", Host: n.URL}
	for _, typed := range []string{"cafe.test", "@Cafe.Test ", "https://bsky.app/profile/cafe.test", cafe.DID} {
		if got, err := finder(n).Find(t.Context(), typed); err != nil || got != cafe {
			t.Errorf("%q is %+v, %v", typed, got, err)
		}
	}
	for _, c := range []struct {
		name, typed, code string
		spoil             func()
	}{
		{"an e-mail", "cafe@mail.example", bluesky.CodeEmail, nil},
		{"half a handle", "cafe", bluesky.CodeBadHandle, nil},
		{"nothing", " ", bluesky.CodeBadHandle, nil},
		{"words", "کافه نوبهار", bluesky.CodeBadHandle, nil},
		{"a name of this house", "cafe.local", bluesky.CodeBadHandle, nil},
		{"nobody", "nobody.test", bluesky.CodeNoHandle, nil},
		{"no lasting name", "did:plc:zzzzzzzzzzzzzzzzzzzzzzzz", bluesky.CodeUnproven, nil},
		{"a handle that somebody else claims", "sara.test", bluesky.CodeUnproven, func() { n.People[n.DID("sara.test")].Named = "other.test" }},
		{"an account that names another's handle", n.DID("sara.test"), bluesky.CodeUnproven, func() { n.People[n.DID("sara.test")].Named = "cafe.test" }},
		{"a server in the operator's network", "cafe.test", bluesky.CodeBadServer, func() { n.Holder = "http://10.0.0.8:2583" }},
		{"a server without https", "cafe.test", bluesky.CodeBadServer, func() { n.Holder = "http://pds.cafe.ir" }},
		{"no server", "cafe.test", bluesky.CodeBadServer, func() { n.Holder = "ftp://pds.cafe.ir" }},
	} {
		n.Change(func() {
			n.Holder = ""
			if c.spoil != nil {
				c.spoil()
			}
		})
		_, err := finder(n).Find(t.Context(), c.typed)
		var no *platforms.Rejected
		if !errors.As(err, &no) || no.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

// Who lives on another server than the one that knows the handles is found by the
// directory, and signs in where he lives alone.
func TestFindElsewhere(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	asked := ""
	lives := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked += r.URL.Path
		n.Serve(w, r)
	}))
	t.Cleanup(lives.Close)
	n.Change(func() { n.Holder = lives.URL })
	c := finder(n)
	who, err := c.Find(t.Context(), "cafe.test")
	if err != nil || who.Host != lives.URL || n.Count("directory") != 1 || asked != "" {
		t.Fatalf("%+v, %v, asked %s", who, err, asked)
	}
	s, err := c.Enter(t.Context(), who, sky.Password)
	if err != nil || s.DID != who.DID || s.Host != lives.URL || s.Entry != lives.URL {
		t.Fatalf("%v, %v", s, err)
	}
	if followers, known := c.Followers(t.Context(), s); followers != 12 || !known {
		t.Errorf("%d followers, %t", followers, known)
	}
	if !strings.Contains(asked, "createSession") {
		t.Error("the password went elsewhere")
	}
}

// A server that signs in to another account than the one that was looked for has
// nothing to say.
func TestEnterAnother(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	c := finder(n)
	who, err := c.Find(t.Context(), "cafe.test")
	if err != nil {
		t.Fatal(err)
	}
	who.DID = n.DID("sara.test")
	_, err = c.Enter(t.Context(), who, sky.Password)
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != bluesky.CodeUnproven {
		t.Errorf("got %v", err)
	}
}

// What cannot be reached is told apart from what is not there.
func TestFindAway(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	for method, answer := range map[string]sky.Answer{
		"com.atproto.identity.resolveHandle": {Status: 502, Name: "UpstreamFailure"},
		"directory":                          {Status: 503},
	} {
		n.Change(func() { n.Holder = n.URL }) // not told by the service
		n.Fail(method, answer)
		_, err := finder(n).Find(t.Context(), "cafe.test")
		var later *platforms.Transient
		if !errors.As(err, &later) {
			t.Errorf("%s: %v", method, err)
		}
	}
	c := finder(n)
	n.Close()
	_, err := c.Find(t.Context(), "cafe.test")
	var later *platforms.Transient
	if !errors.As(err, &later) {
		t.Errorf("nobody there: %v", err)
	}
}

// A service that the operator does not call his own leads nowhere inside his
// network, also by the name of a server that the directory tells.
func TestFindDoesNotLookInside(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	c := bluesky.NewClient(bluesky.PublicService, clockwork.NewFakeClock(), nil)
	c.Directory = n.URL
	c.Service = strings.Replace(n.URL, "http:", "https:", 1)
	if _, err := c.Find(t.Context(), "cafe.test"); err == nil || n.Count("com.atproto.identity.resolveHandle") != 0 {
		t.Errorf("the service inside was asked: %v", err)
	}
}
