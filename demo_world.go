package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"peyk/emulator"
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

// first is the day on which the world begins.
func (d *demo) first() int {
	if d.brief {
		return -briefDays
	}
	return -historyDays
}

// seed makes the world through Peyk's own front door: the clock stands eight weeks
// ago, or one if it is to be brief, and the people press and write until it is today.
func (d *demo) seed(ctx context.Context) error {
	if err := d.clock.set(d.at(d.first(), "09:30")); err != nil {
		return err
	}
	if err := d.bot.start(ctx, 200); err != nil {
		return err
	}
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return err
	}
	s := &seeding{}
	world := "include people.txt\ninclude nobahar.txt\ninclude marlin.txt\ninclude first.txt\n"
	if !d.brief {
		world += "include history.txt\n"
	}
	emulator.RunLines(s, d.telegram, "demo", world+"include now.txt", emulator.Hooks{
		Timeout: 30 * time.Second, Files: files, Value: d.days(),
		Run: map[string]func([]string) error{
			"at": func(args []string) error {
				day, err := strconv.Atoi(args[0])
				if err != nil {
					return err
				}
				return d.clock.set(d.at(day, args[1]))
			},
			"due":    func([]string) error { return d.Skip(ctx, "due") },
			"settle": func([]string) error { return d.settle(ctx) },
		},
	})
	if s.failed != nil {
		return fmt.Errorf("making the demo's world: %w\nThe bot's log is %s", s.failed, filepath.Join(d.dir, "bot.log"))
	}
	// From here on the bot keeps Telegram's pace.
	if err := d.bot.Kill(ctx); err != nil {
		return err
	}
	if err := d.clock.set(time.Now()); err != nil {
		return err
	}
	if err := d.bot.Start(ctx); err != nil {
		return err
	}
	if err := d.save(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, "seeded"), nil, 0o600)
}

// at is a time of day where the agency is, some days from today.
func (d *demo) at(day int, clock string) time.Time {
	hour, minute, _ := strings.Cut(clock, ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	now := time.Now().In(demoPlace())
	return time.Date(now.Year(), now.Month(), now.Day()+day, h, m, 0, 0, demoPlace())
}

// days are the dates that the scripts name: {day+3}, {day-7}, as people type them;
// and the founding link's payload.
func (d *demo) days() map[string]func() (string, error) {
	values := map[string]func() (string, error){"founding": d.founding}
	for day := d.first(); day <= 14; day++ {
		date := func() (string, error) { return d.at(day, "00:00").Format("2006-01-02"), nil }
		values[fmt.Sprintf("day%+d", day)], values[fmt.Sprintf("first%+d", day-d.first())] = date, date
	}
	return values
}

// founding waits for the founding link in the bot's log.
func (d *demo) founding() (string, error) {
	for range 200 {
		raw, err := os.ReadFile(filepath.Join(d.dir, "bot.log"))
		if err == nil {
			if _, after, ok := strings.Cut(string(raw), "?start="); ok && strings.Contains(after, "\n") {
				payload, _, _ := strings.Cut(after, "\n")
				return strings.TrimSpace(payload), nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("the bot does not start; its log is %s", filepath.Join(d.dir, "bot.log"))
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
			return ctx.Err()
		}
	}
	return fmt.Errorf("the bot is still busy; its log is %s", filepath.Join(d.dir, "bot.log"))
}

// followPause is about how often a follower comments while the demo runs.
const followPause = 2 * time.Minute

// follow lets followers comment under the newest posts now and then.
func (d *demo) follow(ctx context.Context) error {
	raw, err := demoFiles.ReadFile("demo/comments.txt")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPause/2 + rand.N(followPause)):
		}
		part := strings.SplitN(lines[rand.IntN(len(lines))], "|", 3)
		d.comment(part[0], part[1], part[2])
	}
}

// comment lets somebody write under a channel's newest post.
func (d *demo) comment(channel, who, text string) {
	room, ok := d.telegram.RoomOf(channel)
	if !ok {
		return
	}
	post, ok := d.telegram.Last(room.ID())
	if !ok {
		return
	}
	head, ok := room.Discussion(post)
	group, linked := room.Group()
	phone, known := d.telegram.PhoneOf(who)
	if ok && linked && known {
		phone.In(group).Comment(head, text)
	}
}
