package emulator

import (
	"context"
	"slices"
)

// tourSteps is how many steps the guided tour has; the step after the last means that it is finished.
const tourSteps = 6

// tour is how far the guided tour of the page has come.
type tour struct {
	Step    int    `json:"step"`
	Of      int    `json:"of"`
	Skipped bool   `json:"skipped"`
	Seen    string `json:"seen"` // what the page has noted of its visitor's way, for other pages and later ones
}

// maxSeen is how much the page may note.
const maxSeen = 8 << 10

// tourNow is the tour as the page shows it; nil without one. The lock is held.
func (g *Page) tourNow() *tour {
	if g.opts.NoTour {
		return nil
	}
	t := g.e.tour
	t.Step, t.Of = max(t.Step, 1), tourSteps
	return &t
}

// worldDeeds is what the page's visitor can do to the world itself.
func (g *Page) worldDeeds() map[string]func(context.Context, *deed) (answer, error) {
	return map[string]func(context.Context, *deed) (answer, error){
		"clock": g.skip, "fault": g.fault, "bot": g.process, "tour": g.guide, "sky": g.onSky,
	}
}

func (g *Page) clockFace() *ClockFace {
	if g.opts.Control == nil {
		return nil
	}
	face := g.opts.Control.Clock()
	return &face
}

func (g *Page) alive() bool { return g.opts.Control == nil || g.opts.Control.Alive() }

// told wakes the streams after a deed outside of the emulator.
func (g *Page) told(err error) error {
	g.e.do(func() {})
	return err
}

func (g *Page) skip(ctx context.Context, d *deed) (answer, error) {
	switch {
	case !slices.Contains([]string{"15m", "1h", "due", "saturday"}, d.Skip):
		return nil, errBadRequest
	case g.opts.Control == nil:
		return nil, errNoControl
	case d.Skip == "due" && g.opts.Control.Clock().Due == 0:
		return nil, errNothingDue
	}
	if err := g.told(g.opts.Control.Skip(ctx, d.Skip)); err != nil {
		return nil, err
	}
	return answer{"clock": g.clockFace()}, nil
}

func (g *Page) fault(_ context.Context, d *deed) (answer, error) {
	if err := g.change(d.Name, d.On); err != nil {
		return nil, err
	}
	return answer{"faults": g.switches()}, nil
}

func (g *Page) process(ctx context.Context, d *deed) (answer, error) {
	switch {
	case d.Do != "kill" && d.Do != "start":
		return nil, errBadRequest
	case g.opts.Control == nil:
		return nil, errNoControl
	case d.Do == "kill":
		return nil, g.told(g.opts.Control.Kill(ctx))
	}
	return nil, g.told(g.opts.Control.Start(ctx))
}

// guide moves the tour. A step that the page names must be the step now: of two open pages only one goes on, and the other
// follows with what that one has noted.
func (g *Page) guide(_ context.Context, d *deed) (answer, error) {
	move := map[string]func(t *tour){
		"next": func(t *tour) {
			if d.Step == 0 || d.Step == t.Step {
				t.note(d.Seen)
				t.Step = min(t.Step+1, tourSteps+1)
			}
		},
		"note": func(t *tour) {
			if d.Step == t.Step {
				t.note(d.Seen)
			}
		},
		"back":  func(t *tour) { t.Step = max(t.Step-1, 1) },
		"skip":  func(t *tour) { t.Skipped = true },
		"again": func(t *tour) { *t = tour{Step: 1, Of: tourSteps} },
	}[d.Do]
	if move == nil || len(d.Seen) > maxSeen {
		return nil, errBadRequest
	}
	if g.opts.NoTour {
		return nil, errNoControl
	}
	var t *tour
	g.e.do(func() {
		t = g.tourNow()
		move(t)
		g.e.tour = *t
	})
	return answer{"step": t.Step, "of": t.Of, "skipped": t.Skipped}, nil
}

// note keeps what a page has seen; nothing leaves what is there.
func (t *tour) note(seen string) {
	if seen != "" {
		t.Seen = seen
	}
}
