package emulator

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"time"
)

// Faults of Bluesky in small that stay until they are switched off.
const (
	SkyDown  = "sky_down"  // it answers every call with 502
	SkyToken = "sky_token" // the brands' sessions have ended; over for those who sign in anew
)

// sky tells what stands on Bluesky.
func (g *Page) sky(w http.ResponseWriter, _ *http.Request) {
	if g.opts.Sky == nil {
		g.refuse(w, nil, errNoSuch)
		return
	}
	g.reply(w, http.StatusOK, g.opts.Sky.Feed())
}

// skyFile gives a picture of a post there.
func (g *Page) skyFile(w http.ResponseWriter, r *http.Request) {
	if g.opts.Sky == nil {
		g.refuse(w, nil, errNoSuch)
		return
	}
	declared, data, there := g.opts.Sky.File(r.PathValue("cid"))
	kind, shown := shownType(declared)
	if !there || !shown {
		g.refuse(w, nil, errNoSuch)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable") // it is named by its bytes
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// onSky lets a follower there do something with a post.
func (g *Page) onSky(_ context.Context, d *deed) (answer, error) {
	if g.opts.Sky == nil {
		return nil, errNoSuch
	}
	did, known := map[string]func() bool{
		"comment": func() bool { return g.opts.Sky.Comment(d.Name, d.Text, d.Link) },
		"like":    func() bool { return g.opts.Sky.Praise(d.Name, d.Link) },
	}[d.Do]
	if !known || !did() {
		return nil, errBadRequest
	}
	return nil, g.told(nil)
}

// switches are all faults that stay, and which of them are on.
func (g *Page) switches() map[string]bool {
	all := maps.Clone(g.e.Switches())
	if s := g.opts.Sky; s != nil {
		all[SkyDown], all[SkyToken] = s.IsDown(), s.SignedOut()
	}
	return all
}

// change switches a fault on or off.
func (g *Page) change(name string, on bool) error {
	s := g.opts.Sky
	switch {
	case s == nil || name != SkyDown && name != SkyToken:
		if g.e.Switch(name, on) != nil {
			return errBadRequest
		}
	case name == SkyDown:
		s.SetDown(on)
	case !on:
		s.SignBack()
	case !s.SignOut():
		return errNobodyIn
	}
	return g.told(nil)
}

// skyRevision counts the changes there.
func (g *Page) skyRevision() int64 {
	if g.opts.Sky == nil {
		return 0
	}
	return g.opts.Sky.Revision()
}
