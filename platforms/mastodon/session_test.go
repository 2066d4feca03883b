package mastodon_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/social"
)

func TestHostOf(t *testing.T) {
	for _, c := range []struct {
		typed, want string
		local       bool
	}{
		{"mastodon.social", "mastodon.social", false},
		{" Mastodon.Social/ ", "mastodon.social", false},
		{"https://mastodon.social/@me", "mastodon.social", false},
		{"http://mastodon.social", "mastodon.social", false},
		{"@me@mastodon.social", "mastodon.social", false},
		{"me@Mastodon.social", "mastodon.social", false},
		{"\u200e@me@mastodon.social\u200f", "mastodon.social", false},
		{"نمونه.ایران", "xn--hhbbbed.xn--mgba3a4f16a", false},
		{"xn--mgba3a4f16a.example", "xn--mgba3a4f16a.example", false},
		{"https://me:secret@mastodon.social", "", false},
		{"me", "", false}, {"@me", "", false}, {"", "", false}, {"یک متن با فاصله", "", false}, {"a b.example", "", false},
		{"127.0.0.1", "", false}, {"http://127.0.0.1:8080", "", false}, {"[::1]", "", false}, {"10.0.0.1:443", "", false}, {"localhost", "", false},
		{"file:///etc/passwd", "", false}, {"gopher://x.example", "", false}, {"0x7f.1", "0x7f.1", false},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"127.0.0.1:8080/@me", "http://127.0.0.1:8080", true},
		{"@me@127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"http://127.0.0.1:8081", "", true},
		{"http://192.168.1.1:8080", "", true},
	} {
		own := map[bool]string{true: "http://127.0.0.1:8080"}[c.local]
		host, ok := mastodon.HostOf(c.typed, own)
		if host != c.want || ok != (c.want != "") {
			t.Errorf("%q (%t): %q, %t, want %q", c.typed, c.local, host, ok, c.want)
		}
	}
}

func FuzzHostOf(f *testing.F) {
	for _, seed := range []string{"mastodon.social", "@me@x.example", "https://a@b.example:80/c", "نمونه.ایران", "[::1]:80", "a..b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		host, ok := mastodon.HostOf(typed, "")
		if !ok {
			return
		}
		if base, err := platforms.ServerOf(host, ""); err != nil || base != "https://"+host || strings.ContainsAny(host, "@/?# \n") {
			t.Errorf("%q gives %q: %q, %v", typed, host, base, err)
		}
		if again, _ := mastodon.HostOf(host, ""); again != host {
			t.Errorf("%q gives %q and then %q", typed, host, again)
		}
	})
}

// The way in: what is asked for, and every way in which it ends elsewhere.
func TestWayIn(t *testing.T) {
	for name, o := range map[string]mastodontest.Options{"now": {}, "before 4.3": {OneWay: true}} {
		r := newRig(t, o)
		c := r.Client
		app, err := c.Register(t.Context(), r.server.URL)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		code := r.server.Authorize(app.AuthorizeURL(), "cafe")
		s, err := c.Exchange(t.Context(), app, " "+code+"\n")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		me, err := c.Who(t.Context(), s, r.server.Domain())
		if err != nil || me.Handle != "@cafe@toot.example" || me.Followers != 41 || me.ID == "" {
			t.Errorf("%s: %+v, %v", name, me, err)
		}
		_, err = c.Exchange(t.Context(), app, code)
		wants(t, name+": a code that was used", err, mastodon.CodeBadCode)
		_, err = c.Exchange(t.Context(), app, "made-up")
		wants(t, name+": a made-up code", err, mastodon.CodeBadCode)
		if err == nil || strings.Contains(err.Error(), app.Secret) {
			t.Errorf("%s: the secret is in %v", name, err)
		}
		if err := errors.Join(c.Revoke(t.Context(), app, s), c.Revoke(t.Context(), app, s)); err != nil {
			t.Errorf("%s: giving a token back: %v", name, err)
		}
		if _, err := c.Who(t.Context(), s, ""); !errorIs[*platforms.AccountLost](err) {
			t.Errorf("%s: with a token that was given back: %v", name, err)
		}
		r.server.Forget()
		if _, err := c.Exchange(t.Context(), app, code); !mastodon.Unknown(err) {
			t.Errorf("%s: an app that the server has forgotten: %v", name, err)
		}
	}
}

func wants(t *testing.T, what string, err error, code string) {
	t.Helper()
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// A server that is none of this kind, and one that cannot be had now.
func TestStrangers(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	stranger := mastodontest.New(t, mastodontest.Options{Stranger: true})
	_, err := r.Client.Instance(t.Context(), stranger.URL)
	wants(t, "a stranger's instance", err, mastodon.CodeBadServer)
	_, err = r.Client.Register(t.Context(), stranger.URL)
	wants(t, "a stranger's app", err, mastodon.CodeBadServer)
	for _, a := range []mastodontest.Answer{
		{Status: 200, Raw: "<html>"}, {Status: 200, Raw: `{"domain":"x"}`}, {Status: 301, Header: map[string]string{"Location": "/"}}, {Status: 403},
	} {
		a.Call = "GET /api/v2/instance"
		r.server.Fail(a)
		_, err := r.Client.Instance(t.Context(), r.server.URL)
		wants(t, sprint("%+v", a), err, mastodon.CodeBadServer)
	}
	for _, a := range []mastodontest.Answer{{Status: 503, Words: "maintenance"}, {Status: 429}} {
		a.Call = "GET /api/v2/instance"
		r.server.Fail(a)
		_, err := r.Client.Instance(t.Context(), r.server.URL)
		if o := platforms.PrepareOutcome(err, began); o.State != social.Waiting {
			t.Errorf("%+v: %v", a, err)
		}
	}
	_, err = r.Client.Instance(t.Context(), "127.0.0.1:1")
	if !errorIs[*platforms.Transient](err) {
		t.Errorf("nobody is there: %v", err)
	}
}

// Without a session nothing is asked, and a store that is away is no lost account.
func TestNobodySignedIn(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	delete(r.vault.held, 7)
	_, err := r.Measure(t.Context(), social.Look{Account: r.account})
	if !errorIs[*platforms.AccountLost](err) {
		t.Errorf("nobody is signed in: %v", err)
	}
	r.Client.Sessions = away{}
	if _, err = r.Measure(t.Context(), social.Look{Account: r.account}); !errorIs[*platforms.Transient](err) {
		t.Errorf("the store is away: %v", err)
	}
}

type away struct{}

func (away) Session(context.Context, int64) (mastodon.Session, error) {
	return mastodon.Session{}, errors.New("the store is away")
}

func TestCodes(t *testing.T) {
	const code = "Z9f3kQpT1xYb7-LmN_0vRw2sEuHiJoKdAcGfXtBnMqP"
	for text, want := range map[string]string{
		code: code, " " + code + "\n": code, "https://toot.example/oauth/authorize/native?code=" + code: code,
		"NWQ4YJG2ZTCTMTU2ZC0ZNZA4LTG4ZTUTZTM1NZC4YJKX": "NWQ4YJG2ZTCTMTU2ZC0ZNZA4LTG4ZTUTZTM1NZC4YJKX",
		"correct horse battery staple":                 "", "https://toot.example/": "", "سلام": "", "": "", "short": "", code + code + code: "",
	} {
		if got := mastodon.CodeOf(text); got != want {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]bool{code: true, "https://toot.example/?code=" + code: false, strings.ToLower(code): false, code[1:]: false} {
		if mastodon.LooksLikeCode(text) != want {
			t.Errorf("%q: not %t", text, want)
		}
	}
}

// An account that is lost is told of once a call has found out, with when the call began.
func TestOnLost(t *testing.T) {
	r := newRig(t, mastodontest.Options{})
	var heard []int64
	r.Client.OnLost = func(_ context.Context, account int64, at time.Time) {
		if !at.Equal(began) {
			t.Errorf("the call began at %s", at)
		}
		heard = append(heard, account)
	}
	if _, err := r.Measure(t.Context(), social.Look{Account: r.account}); err != nil || heard != nil {
		t.Fatalf("%v, %v", err, heard)
	}
	r.server.Revoke("cafe")
	_, _ = r.Measure(t.Context(), social.Look{Account: r.account})
	_, _, _, _ = r.Poll(t.Context(), r.account, "")
	_, _ = r.publish(t, r.intent("سلام"))
	if len(heard) != 3 {
		t.Errorf("%d calls have told of it", len(heard))
	}
}

// A name that leads into the operator's own network is no server.
func TestInside(t *testing.T) {
	client := &mastodon.Client{HTTP: platforms.NewHTTP(""), Clock: clockwork.NewFakeClock()}
	_, err := client.Instance(t.Context(), "10.1.2.3")
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != mastodon.CodeBadServer {
		t.Errorf("an address inside gives %v", err)
	}
}
