package emulator

import (
	"net/http/httptest"
	"strings"
	"testing"

	"peyk/emulator/sky"
)

// newSkyDesk is a page beside which a Bluesky stands: a brand's account with a post and a follower.
func newSkyDesk(t *testing.T) (*desk, *sky.Network, string) {
	t.Helper()
	d := newDesk(t)
	n := sky.New("cafe.test", "sara.test")
	cafe := n.People[n.DID("cafe.test")]
	cafe.Brand, cafe.Refresh = true, "token"
	post := n.Say("cafe.test", "Fresh <b>cakes</b> for @sara.test today", "", "")
	d.server.Close()
	d.server = httptest.NewServer(NewPage(d.e, PageOptions{Control: d.control, Sky: n}))
	return d, n, post
}

// The page shows what stands on Bluesky; followers answer and like there, a brand does not.
func TestPageSky(t *testing.T) {
	d, n, post := newSkyDesk(t)
	do := func(who, deed, text, uri string) int {
		return d.ask(t, "/api/sky", params{"do": deed, "name": who, "text": text, "link": uri}, nil)
	}
	for what, wrong := range map[string]int{
		"a brand's comment": do("cafe.test", "comment", "Mine", post), "nobody's": do("nobody.test", "comment", "Hi", post),
		"under nothing": do("sara.test", "comment", "Hi", "at://x"), "without words": do("sara.test", "comment", " ", post),
		"too long": do("sara.test", "comment", strings.Repeat("a", 301), post), "no deed": do("sara.test", "delete", "", post),
	} {
		if wrong != 400 {
			t.Errorf("%s: %d", what, wrong)
		}
	}
	if a, b, c := do("sara.test", "comment", "Gluten free?", post), do("sara.test", "like", "", post), do("sara.test", "like", "", post); a != 200 || b != 200 || c != 400 {
		t.Errorf("a comment %d, a like %d, and again %d", a, b, c)
	}
	var feed sky.Feed
	if code := d.ask(t, "/api/sky", nil, &feed); code != 200 || len(feed.Posts) != 1 || len(feed.Posts[0].Replies) != 1 || feed.Posts[0].Likes != 1 {
		t.Fatalf("%d %+v", code, feed)
	}
	p := feed.Posts[0]
	if len(p.Parts) != 3 || p.Parts[0].Text != "Fresh <b>cakes</b> for " || !p.Parts[1].Link || p.Replies[0].Author.Handle != "sara.test" {
		t.Errorf("the post is shown as %+v", p)
	}
	if len(feed.Brands) != 1 || feed.Brands[0].Password == "" || len(feed.Followers) != 1 || feed.Followers[0].Password != "" {
		t.Errorf("accounts: %+v, %+v", feed.Brands, feed.Followers)
	}
	if _, _, ok := n.File("x"); ok || d.ask(t, "/sky/x", nil, nil) != 404 {
		t.Error("a picture that nobody has sent is there")
	}
}

// Bluesky's two faults are switched with the others, and each ends.
func TestPageSkyFaults(t *testing.T) {
	d, n, _ := newSkyDesk(t)
	var told struct{ Faults map[string]bool }
	turn := func(name string, on bool) int {
		return d.ask(t, "/api/fault", params{"name": name, "on": on}, &told)
	}
	if turn(SkyDown, true); !n.IsDown() || !told.Faults[SkyDown] {
		t.Errorf("down: %+v", told)
	}
	if turn(SkyDown, false); n.IsDown() {
		t.Error("it stays down")
	}
	if turn(SkyToken, true); !told.Faults[SkyToken] || n.People[n.DID("cafe.test")].Refresh != "none" {
		t.Errorf("the token: %+v", told)
	}
	if turn(SkyToken, false); told.Faults[SkyToken] || n.People[n.DID("cafe.test")].Refresh != "token" {
		t.Errorf("the token is not back: %+v", told)
	}
	n.People[n.DID("cafe.test")].Refresh = ""
	if code := turn(SkyToken, true); code != 409 {
		t.Errorf("nobody is signed in: %d", code)
	}
	if code := turn("sky_else", true); code != 400 {
		t.Errorf("no such fault: %d", code)
	}
	bare := newDesk(t)
	for _, path := range []string{"/api/sky", "/sky/x"} {
		if code := bare.ask(t, path, nil, nil); code != 404 {
			t.Errorf("%s without a Bluesky: %d", path, code)
		}
	}
	if code := bare.ask(t, "/api/fault", params{"name": SkyDown, "on": true}, nil); code != 400 {
		t.Errorf("a fault of a Bluesky that is not there: %d", code)
	}
}
