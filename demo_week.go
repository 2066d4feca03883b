package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A scene is a part of the demo's story that begins at a moment: some lines of a
// script, on a day counted from today, by the agency's clock.
type scene struct {
	day   int
	at    time.Duration // after midnight
	lines string
}

// sceneBegins begins the first line of each scene: "run at -3 12:00".
const sceneBegins = "run at "

// scenesOf takes a script apart. What stands before its first scene must be nothing
// but comments.
func scenesOf(script string) ([]scene, error) {
	var found []scene
	for lines := bufio.NewScanner(strings.NewReader(script)); lines.Scan(); {
		line := lines.Text()
		if when, ok := strings.CutPrefix(line, sceneBegins); ok {
			day, at, err := daytime(strings.Fields(when))
			if err != nil {
				return nil, err
			}
			found = append(found, scene{day: day, at: at})
		}
		switch {
		case len(found) > 0:
			found[len(found)-1].lines += line + "\n"
		case line != "" && !strings.HasPrefix(line, "#"):
			return nil, fmt.Errorf("%q stands before the first scene", line)
		}
	}
	return found, nil
}

// story is the script of all that happens in the world after its first day: what
// happens once, and between it what people do every week.
func (d *demo) story(today, now time.Time) (string, error) {
	files := []string{"now"}
	if !d.brief {
		files = append(files, "history")
	}
	scenes, err := d.habits(today, now)
	scenes = append(scenes, d.nights(today, now)...)
	for _, name := range files {
		raw, failed := demoFiles.ReadFile("demo/" + name + ".txt")
		once, broken := scenesOf(string(raw))
		err = errors.Join(err, failed, broken)
		scenes = append(scenes, once...)
	}
	slices.SortStableFunc(scenes, func(a, b scene) int { return cmp.Or(a.day-b.day, int(a.at-b.at)) })
	var all strings.Builder
	for _, s := range scenes {
		all.WriteString(s.lines)
	}
	return all.String(), err
}

// nights are the moments, just after Peyk counts followers, on the last day of each
// brand's weeks: what is told of a week is compared with the one before.
func (d *demo) nights(today, now time.Time) []scene {
	const at = 23*time.Hour + 5*time.Minute
	var all []scene
	for day := d.first() + 1; today.AddDate(0, 0, day).Add(at).Before(now); day++ {
		if last := today.AddDate(0, 0, day).Weekday(); last == time.Friday || last == time.Sunday {
			all = append(all, scene{day, at, fmt.Sprintf("%s%d 23:05\nrun settle\n", sceneBegins, day)})
		}
	}
	return all
}

// A habit is what a manager does every week, by the clock of his brand.
type habit struct {
	who  string // whose files are demo/who.week.txt and demo/who.figures.txt
	zone string
	day  time.Weekday
	at   time.Duration
	ends time.Duration // how long it takes at most
}

// habits are the scenes of what the managers have done every week until now: they
// type what Instagram tells them, and then the digest comes.
func (d *demo) habits(today, now time.Time) ([]scene, error) {
	var all []scene
	for _, h := range []habit{
		{"reza", demoZone, time.Saturday, 8*time.Hour + 30*time.Minute, time.Hour},
		{"ben", "Europe/Berlin", time.Monday, 8 * time.Hour, 2 * time.Hour},
	} {
		raw, err := demoFiles.ReadFile("demo/" + h.who + ".figures.txt")
		if err != nil {
			return nil, err
		}
		zone, err := time.LoadLocation(h.zone)
		if err != nil {
			return nil, err
		}
		figures := strings.Split(strings.TrimSpace(string(raw)), "\n")
		for day := 0; day > d.first() && len(figures) > 0; day-- {
			date := today.AddDate(0, 0, day)
			begin := time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, zone).Add(h.at)
			if date.Weekday() != h.day || begin.Add(h.ends).After(now) {
				continue
			}
			all = append(all, h.scene(day, begin.Sub(date), figures[len(figures)-1]))
			figures = figures[:len(figures)-1]
		}
	}
	return all, nil
}

func (h habit) scene(day int, at time.Duration, numbers string) scene {
	return scene{day, at, fmt.Sprintf("%s%d %d:%02d\nlet numbers %q\ninclude %s.week.txt\n",
		sceneBegins, day, int(at.Hours()), int(at.Minutes())%60, numbers, h.who)}
}
