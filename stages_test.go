package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/scheduler"
	"peyk/storage/storagetest"
)

// stages lends stages to one test after another. A program that begins anew connects, and
// plans all that it asks, anew; one that has served others goes on, as it does for many
// agencies, and finds the world as the test wants it: as it was when the program began, or
// after the lines with which many scripts begin. On each stage are a small Bluesky and a
// small Mastodon, where nothing has happened yet.
type stages struct {
	hooked bool // Telegram posts to their programs

	mu   sync.Mutex
	all  []*stage
	free []*stage // where nothing happens by itself
}

// All tests share them.
var (
	polling = &stages{}
	hooked  = &stages{hooked: true}
)

// stagesFor are those on which a script is played.
func stagesFor(script string) *stages {
	if isHooked(script) {
		return hooked
	}
	return polling
}

// endStages ends all stages; false: with a fault.
func endStages() bool {
	var all []*stage
	for _, p := range []*stages{polling, hooked} {
		p.mu.Lock()
		all = append(all, p.all...)
		p.all, p.free = nil, nil
		p.mu.Unlock()
	}
	var ending sync.WaitGroup
	var faults atomic.Int64
	for _, s := range all {
		ending.Go(func() { faults.Add(s.owner.(*lifetime).end()) })
	}
	ending.Wait()
	return faults.Load() == 0
}

// A past is what a stage can go back to.
type past struct {
	schema string // under which its database is remembered
	world  *emulator.World
	at     time.Time
	vars   map[string]string // that the script knows by then
}

// asBegun is the past of a stage on which nobody has said anything.
const asBegun = ""

// lend gives a stage on which the program serves and the lead has been played, a file of
// setup or nothing, and what the lead has kept. The stage is free again when t has ended well.
func (p *stages) lend(t *testing.T, lead string) (*stage, map[string]string) {
	t.Helper()
	s := p.take(lead)
	if s == nil {
		s = p.begin(t)
	}
	s.tell(t)
	s.toot.Attend(t)
	t.Cleanup(func() {
		if !t.Failed() {
			p.give(s)
		}
	})
	if _, known := s.pasts[lead]; !known {
		must(t, s.goBack(t.Context(), asBegun))
		hooks := s.hooks(t)
		hooks.Vars = map[string]string{}
		emulator.RunLines(t, s.telegram, "testdata/scripts/lead", "include "+lead, hooks)
		s.check(t)
		must(t, s.keep(t.Context(), lead, hooks.Vars))
	}
	must(t, s.goBack(t.Context(), lead))
	return s, maps.Clone(s.pasts[lead].vars)
}

// lent is a stage for somebody who does not ask what the lead has kept.
func (p *stages) lent(t *testing.T, lead string) *stage {
	t.Helper()
	s, _ := p.lend(t, lead)
	return s
}

// begin makes one more stage.
func (p *stages) begin(t *testing.T) *stage {
	t.Helper()
	s := makeStage(t, &lifetime{}, monday)
	p.mu.Lock()
	p.all = append(p.all, s)
	p.mu.Unlock()
	s.pasts = map[string]past{}
	if p.hooked {
		s.postTo(s.listen)
	}
	s.openSky(t)
	s.openToot()
	s.start(t)
	must(t, s.settle(t.Context()))
	must(t, s.keep(t.Context(), asBegun, nil))
	return s
}

// take prefers a stage on which the lead has been played.
func (p *stages) take(lead string) *stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(p.free, func(s *stage) bool { _, known := s.pasts[lead]; return known }))
	s := p.free[i]
	p.free = slices.Delete(p.free, i, i+1)
	s.world.Unlock()
	return s
}

func (p *stages) give(s *stage) {
	s.toot.Attend(s.owner)
	s.world.Lock() // until somebody takes it
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
}

// leadOf parts a script from the file of setup with which it begins; an empty line is left
// in its place.
func leadOf(t *testing.T, path string) (lead, rest string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	lines := strings.Split(string(raw), "\n")
	for i, line := range lines {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if file, ok := strings.CutPrefix(line, "include "); ok {
			lead, lines[i] = file, ""
		}
		break
	}
	return lead, strings.Join(lines, "\n")
}

// keep makes the present of a stage one of its pasts. Of Bluesky and Mastodon there is
// nothing to keep.
func (s *stage) keep(ctx context.Context, lead string, vars map[string]string) error {
	s.world.Lock()
	defer s.world.Unlock()
	if err := s.rest(ctx); err != nil {
		return err
	}
	if !s.sky.Fresh() || !s.toot.Fresh() {
		return errors.New("something has happened on a network before its past was kept")
	}
	p := past{schema: fmt.Sprintf("past%d", len(s.pasts)), at: s.clock.Now(), vars: vars}
	if err := storagetest.Remember(ctx, s.db, p.schema); err != nil {
		return fmt.Errorf("remembering the database: %w", err)
	}
	var err error
	p.world, err = s.telegram.Keep()
	s.pasts[lead] = p
	return err
}

// goBack gives the stage the database, the world and the time of one of its pasts. The
// program must have come to rest, since it serves on.
func (s *stage) goBack(ctx context.Context, lead string) error {
	s.world.Lock() // no tick is half done
	defer s.clock.ring()
	defer s.world.Unlock()
	if err := s.rest(ctx); err != nil {
		return err
	}
	p := s.pasts[lead]
	if err := storagetest.RestoreTo(ctx, s.db, p.schema); err != nil {
		return fmt.Errorf("restoring the database: %w", err)
	}
	if err := s.telegram.GiveBack(p.world); err != nil {
		return err
	}
	s.out.forget()
	s.twice, s.codes = false, nil
	s.clock.set(p.at)
	s.peopleSky()
	s.peopleToot()
	return s.query(ctx, &s.handled, `SELECT count(*) FROM inbox`)
}

// undisturbed lets no tick run while somebody holds the world to change it. He waits for
// those that run, and rings when he is done.
func (s *stage) undisturbed(ticks []scheduler.Tick) []scheduler.Tick {
	for i, t := range ticks {
		ticks[i].Do = func(ctx context.Context, now time.Time) error {
			if !s.world.TryRLock() {
				return nil
			}
			defer s.world.RUnlock()
			return t.Do(ctx, now)
		}
	}
	return ticks
}

// rest waits until no job is left, now or for later, and nothing else to tell. Nothing new
// comes up meanwhile: the world is held.
func (s *stage) rest(ctx context.Context) error {
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var at, jobs int
		if err := s.query(ctx, &at, atWork); err != nil {
			return err
		}
		if err := s.query(ctx, &jobs, `SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`); err != nil {
			return err
		}
		if at+jobs == 0 && s.telegram.Heard() {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d things and %d jobs do not end", at, jobs)
		}
	}
}

// forget empties what was printed, but for the founding link, which is good again.
func (o *output) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if link := foundingLink.FindString(o.buf.String()); link != "" {
		o.buf.Reset()
		o.buf.WriteString(link)
	}
}
