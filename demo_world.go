package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"peyk/emulator"
	"peyk/social"
)

// The demo's world as conversations: what its people press and write, in the
// scripts of the emulator. Persian is in these files, not in the program.
//
//go:embed demo
var demoFiles embed.FS

// cast are the people whose phones are on the page.
func cast() []emulator.PagePerson {
	var people []emulator.PagePerson
	raw, _ := demoFiles.ReadFile("demo/cast.txt") // it is embedded above
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		part := strings.Split(line, "|")
		people = append(people, emulator.PagePerson{Username: part[0], About: map[string]string{"fa": part[1], "en": part[2]}})
	}
	return people
}

// A seeding stops at the first line that does not come true.
type seeding struct{ failed error }

func (*seeding) Helper() {}

func (*seeding) Logf(string, ...any) {}

// Fatalf notes the failure; the runner returns by itself.
func (s *seeding) Fatalf(format string, args ...any) {
	if s.failed == nil {
		s.failed = fmt.Errorf(format, args...)
	}
}

// How far back the demo's world reaches, in days.
const (
	historyDays = 56
	briefDays   = 6
)

// first is the day on which the world begins, counted from today.
func (d *demo) first() int {
	if d.brief {
		return -briefDays
	}
	return -historyDays
}

// seed makes the world through Peyk's own front door: the clock stands eight weeks
// ago, or one if it is to be brief, and the people press and write until it is today.
func (d *demo) seed(ctx context.Context) error {
	fmt.Fprintln(d.out, "Making the demo's world: an agency, two brands, their people and their posts …")
	begin := d.today().AddDate(0, 0, d.first())
	if err := d.clock.set(begin.Add(9*time.Hour + 30*time.Minute)); err != nil {
		return err
	}
	if err := d.bot.start(200); err != nil {
		return err
	}
	if err := d.playWatched(ctx); err != nil {
		return fmt.Errorf("making the demo's world: %w\nThe bot's log is %s", err, d.file("bot.log"))
	}
	// From here on the bot keeps Telegram's pace.
	if err := d.bot.Stop(ctx); err != nil {
		return err
	}
	if err := d.clock.set(time.Now()); err != nil {
		return err
	}
	if err := errors.Join(d.save(), os.WriteFile(d.file(demoWhole), nil, 0o600)); err != nil {
		return err
	}
	return d.bot.Start(ctx)
}

// playWatched makes the world until it is whole, or the bot ends, which would never
// answer again.
func (d *demo) playWatched(ctx context.Context) error {
	ctx, stop := d.bot.watched(ctx)
	defer stop()
	return d.play(ctx)
}

// play plays the scripts that make the world.
func (d *demo) play(ctx context.Context) error {
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return err
	}
	today := d.today()
	story, err := d.story(today, time.Now())
	if err != nil {
		return err
	}
	s := &seeding{}
	emulator.RunLines(s, d.telegram, "demo", demoBegins+story+"run read", emulator.Hooks{ //nolint:contextcheck // it has ours
		Context: ctx, Timeout: 30 * time.Second, Files: files, Value: d.days(today), Clock: d.clock.set,
		Run: map[string]func([]string) error{
			"at":     d.travels(today),
			"due":    func([]string) error { return d.Skip(ctx, "due") },
			"settle": func([]string) error { return d.settle(ctx) },
			"read":   func([]string) error { d.readAll(); return nil },
			"sky":    func(args []string) error { return d.skyDeed(ctx, args) },
		},
	})
	return s.failed
}

// demoBegins is the world's first day.
const demoBegins = "include people.txt\ninclude nobahar.txt\ninclude marlin.txt\ninclude first.txt\n"

// travels gives the deed that begins a scene: the clock is moved on to it.
func (d *demo) travels(today time.Time) func([]string) error {
	last := 0
	return func(args []string) error {
		day, at, err := daytime(args)
		if err != nil {
			return err
		}
		if weeks := (6 - day) / 7; weeks > 0 && weeks != last {
			fmt.Fprintf(d.out, "  … weeks to go: %d\n", weeks)
			last = weeks
		}
		to := today.AddDate(0, 0, day).Add(at)
		if now := d.clock.Now(); now.After(to) {
			return fmt.Errorf("it is %v already", now.In(demoPlace()))
		}
		return d.clock.set(to)
	}
}

// daytime reads "-3 10:00": a day, counted from today, and a clock.
func daytime(args []string) (day int, at time.Duration, err error) {
	if len(args) != 2 {
		return 0, 0, fmt.Errorf("%q is no day and clock", args)
	}
	if day, err = strconv.Atoi(args[0]); err != nil {
		return 0, 0, err
	}
	at, err = time.ParseDuration(strings.Replace(args[1], ":", "h", 1) + "m")
	return day, at, err
}

// today is the beginning of the day where the agency is.
func (*demo) today() time.Time {
	now := time.Now().In(demoPlace())
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, demoPlace())
}

// days are the dates that the scripts name, as people type them: {day+3} in the
// café's calendar and {date+3} in the other; and the founding link's payload.
func (d *demo) days(today time.Time) map[string]func() (string, error) {
	values := map[string]func() (string, error){"founding": d.founding}
	for _, a := range d.sky.Feed().Brands {
		values["password "+a.Handle] = func() (string, error) { return a.Password, nil }
	}
	persian := d.words.Printer("fa", demoPlace(), social.Jalali)
	english := d.words.Printer("en", demoPlace(), social.Gregorian)
	for day := -briefDays; day <= 14; day++ {
		date := today.AddDate(0, 0, day)
		values[fmt.Sprintf("day%+d", day)] = func() (string, error) { return persian.ShortDay(date), nil }
		values[fmt.Sprintf("date%+d", day)] = func() (string, error) { return english.ShortDay(date), nil }
	}
	return values
}

// readAll lets everybody have read what the phones show.
func (d *demo) readAll() {
	for _, who := range cast() {
		phone, ok := d.telegram.PhoneOf(who.Username)
		if !ok {
			continue
		}
		phone.Read()
		for _, channel := range []string{"nobahar", "marlin_cycling"} {
			if room, ok := d.telegram.RoomOf(channel); ok {
				phone.In(room).Read()
			}
		}
	}
}

// founding waits for the founding link in the bot's log.
func (d *demo) founding() (string, error) {
	for n := 0; n < 200 && d.bot.Alive(); n++ {
		raw, err := os.ReadFile(d.file("bot.log"))
		if err == nil {
			if _, after, ok := strings.Cut(string(raw), "?start="); ok && strings.Contains(after, "\n") {
				payload, _, _ := strings.Cut(after, "\n")
				return strings.TrimSpace(payload), nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("the bot has no founding link: %s", d.bot.lastFault())
}

// settle waits until the bot has nothing to do any more.
func (d *demo) settle(ctx context.Context) error {
	for range 400 {
		inbox, outbox, err := d.store.Lag(ctx)
		if err != nil {
			return err
		}
		due, err := d.store.Overdue(ctx, d.clock.Now())
		if err != nil {
			return err
		}
		if inbox == 0 && outbox == 0 && due == 0 && d.telegram.Heard() {
			return nil
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("the bot is still busy; its log is %s", d.file("bot.log"))
}
