package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/emulator"
	"peyk/social"
)

// demoClock runs like the real one, moved by what the visitor has skipped. Where
// it stands is kept in a file.
type demoClock struct {
	clockwork.Clock
	file string

	mu    sync.Mutex
	moved time.Duration
	told  func(moved time.Duration) // hears of every move; nil: nobody does
}

func newDemoClock(file string) *demoClock {
	c := &demoClock{Clock: clockwork.NewRealClock(), file: file}
	if raw, err := os.ReadFile(file); err == nil {
		if moved, err := time.ParseDuration(strings.TrimSpace(string(raw))); err == nil {
			c.moved = moved
		}
	}
	return c
}

// set moves the clock.
func (c *demoClock) set(to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = time.Until(to)
	if c.told != nil {
		c.told(c.moved)
	}
	if c.file == "" {
		return nil
	}
	return os.WriteFile(c.file, []byte(c.moved.String()), 0o600)
}

// by is how far the clock is moved.
func (c *demoClock) by() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// Now is the moved time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved).Round(0)
}

// Since is counted from the moved time.
func (c *demoClock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Until is counted from the moved time.
func (c *demoClock) Until(t time.Time) time.Duration { return t.Sub(c.Now()) }

// Clock is the time as the page shows it.
func (d *demo) Clock() emulator.ClockFace {
	now := d.clock.Now()
	face := emulator.ClockFace{
		Now: now.Unix(), Zone: demoZone,
		Fa: d.words.Printer("fa", demoPlace(), social.Jalali).Moment(now),
		En: d.words.Printer("en", demoPlace(), social.Gregorian).Moment(now),
	}
	if due, err := d.store.NextSlot(context.Background(), now); err == nil && !due.IsZero() {
		face.Due = due.Unix()
	}
	return face
}

// demoZone is where the agency is.
const demoZone = "Asia/Tehran"

func demoPlace() *time.Location { return social.Brand{Zone: demoZone}.Location() }

// Skip moves the clock on.
func (d *demo) Skip(ctx context.Context, to string) error {
	now := d.clock.Now()
	switch to {
	case "15m":
		return d.clock.set(now.Add(15 * time.Minute))
	case "1h":
		return d.clock.set(now.Add(time.Hour))
	case "due":
		due, err := d.store.NextSlot(ctx, now)
		if err != nil {
			return err
		}
		if due.IsZero() {
			return errors.New("no post is due: give one a time first")
		}
		return d.clock.set(due.Add(time.Second))
	case "saturday":
		return d.clock.set(nextSaturday(now))
	}
	return fmt.Errorf("nobody knows how to skip to %q", to)
}

// nextSaturday is the next Saturday at nine where the agency is.
func nextSaturday(now time.Time) time.Time {
	local := now.In(demoPlace())
	day := time.Date(local.Year(), local.Month(), local.Day(), 9, 0, 0, 0, demoPlace())
	for day.Weekday() != time.Saturday || !day.After(now) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}
