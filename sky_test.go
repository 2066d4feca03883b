package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/emulator/sky"
)

// openSky gives the program a small Bluesky, on which the café and a follower have
// accounts.
func (s *stage) openSky(t *testing.T) {
	t.Helper()
	s.sky = sky.New()
	s.sky.Clock = s.clock.Now
	s.peopleSky()
	must(t, s.sky.Start())
	s.owner.Cleanup(s.sky.Close)
	if s.more == nil {
		s.more = map[string]string{}
	}
	s.more["BLUESKY_URL"] = s.sky.URL
}

// peopleSky makes its Bluesky new.
func (s *stage) peopleSky() { s.sky.Renew("cafe.test", "sara.test", "other.test") }

// skyDeeds are what happens on Bluesky in a script: "run sky <deed> …".
//
//	says HANDLE "text"                  a post; answers HANDLE "text" "part of a post": a reply to it
//	deletes "part of a post"            by its author
//	has N "part of a post"              fails unless so many posts hold it
//	described "part of a post" "alt" …  waits until the post's pictures have these descriptions
//	hidden "part of a post"             fails unless the thread's gate hides it
//	revoke HANDLE                       its app password and sessions are of no use any more
//	renew HANDLE                        it has a new app password: wxyz-wxyz-wxyz-wxyz
//	left HANDLE                         waits until its session is ended
//	factor | move | down | slow METHOD  the next call: a second factor; to another server; 502; the answer is lost
//	fails blind METHOD                  the next time it does not show the post that it is asked for
//	close | open                        nobody answers any more, and again
func (s *stage) skyDeeds(args []string) error {
	if s.sky == nil || len(args) == 0 {
		return errors.New("no sky, or no deed")
	}
	deeds := map[string]func(...string) error{
		"says":    func(a ...string) error { s.sky.Say(a[0], a[1], "", ""); return nil },
		"answers": s.skyAnswers, "deletes": s.skyDeletes, "has": s.skyHas, "hidden": s.skyHidden, "described": s.skyDescribed,
		"revoke": func(a ...string) error { s.sky.Revoke(a[0], "none"); return nil },
		"renew":  func(a ...string) error { s.sky.Revoke(a[0], newPassword); return nil },
		"fails":  s.skyFails, "left": s.skyLeft,
	}
	deed := deeds[args[0]]
	if deed == nil {
		return fmt.Errorf("nobody knows how to %q on Bluesky", args[0])
	}
	return deed(args[1:]...)
}

// newPassword is what an account has after "renew".
const newPassword = "wxyz-wxyz-wxyz-wxyz"

// skyPost finds the one post that holds a text.
func (s *stage) skyPost(part string) (string, error) {
	var found []string
	s.sky.Change(func() {
		for uri, r := range s.sky.Records {
			if text, _ := r.Value["text"].(string); strings.Contains(text, part) {
				found = append(found, uri)
			}
		}
	})
	if len(found) != 1 {
		return "", fmt.Errorf("%d posts hold %q", len(found), part)
	}
	return found[0], nil
}

func (s *stage) skyAnswers(a ...string) error {
	to, err := s.skyPost(a[2])
	if err == nil {
		s.sky.Say(a[0], a[1], to, "")
	}
	return err
}

func (s *stage) skyDeletes(a ...string) error {
	uri, err := s.skyPost(a[0])
	if err == nil {
		s.sky.Remove(uri)
	}
	return err
}

// skyHas waits until so many posts hold a text.
func (s *stage) skyHas(a ...string) error {
	count := 0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		count = 0
		s.sky.Change(func() {
			for _, r := range s.sky.Records {
				if text, _ := r.Value["text"].(string); strings.Contains(text, a[1]) {
					count++
				}
			}
		})
		if fmt.Sprint(count) == a[0] {
			return nil
		}
	}
	return fmt.Errorf("%d posts hold %q", count, a[1])
}

// What one look has not found on its network: "run missed N" and "run unseen N" wait
// until there is so much of it; "run swept" waits until all threads that are to be read
// as a whole have been, and nobody reads an account any more: its pause (20 s) would begin
// after the jump of the clock that comes next.
const (
	missedPosts    = `SELECT count(*) FROM deliveries WHERE state = 'live' AND missed_at IS NOT NULL`
	triedPosts     = `SELECT count(*) FROM deliveries WHERE state IN ('attempting', 'unknown')`
	begunGoals     = `SELECT count(*) FROM goals WHERE start IS NOT NULL`
	missedComments = `SELECT count(*) FROM comments WHERE state <> 'gone' AND missed_at IS NOT NULL`
	unswept        = `SELECT count(*) FROM accounts WHERE (sweep_at <= $1 OR listen_at > $1 + interval '20 seconds') AND listen_at IS NOT NULL AND NOT lost AND removed_at IS NULL`
)

// counts waits until a query gives a number; it asks with the times of its moment.
func (s *stage) counts(want, what, query string, times ...func() time.Time) error {
	if s.asked != s.dsn {
		if err := s.connect(); err != nil {
			return err
		}
	}
	count := 0
	for deadline := time.Now().Add(45 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		var args []any
		for _, t := range times {
			args = append(args, t())
		}
		if err := s.db.QueryRow(query, args...).Scan(&count); err != nil || fmt.Sprint(count) == want {
			return err
		}
		s.clock.ring()
	}
	return fmt.Errorf("%d %s", count, what)
}

// skyDescribed waits until the pictures of a post have these descriptions, in order.
func (s *stage) skyDescribed(a ...string) error {
	if err := s.skyHas("1", a[0]); err != nil {
		return err
	}
	uri, err := s.skyPost(a[0])
	if err != nil {
		return err
	}
	var found []string
	s.sky.Change(func() {
		embed, _ := s.sky.Records[uri].Value["embed"].(map[string]any)
		pictures, _ := embed["images"].([]any)
		for _, p := range pictures {
			picture, _ := p.(map[string]any)
			alt, _ := picture["alt"].(string)
			found = append(found, alt)
		}
	})
	if !slices.Equal(found, a[1:]) {
		return fmt.Errorf("the pictures of %q are described as %q", a[0], found)
	}
	return nil
}

// skyLeft waits until nobody can renew somebody's session.
func (s *stage) skyLeft(a ...string) error {
	left := false
	for deadline := time.Now().Add(20 * time.Second); !left; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is still signed in", a[0])
		}
		s.sky.Change(func() {
			for _, p := range s.sky.People {
				left = left || p.Handle == a[0] && p.Refresh == "none"
			}
		})
	}
	return nil
}

func (s *stage) skyHidden(a ...string) error {
	uri, err := s.skyPost(a[0])
	if err != nil {
		return err
	}
	hidden := false
	s.sky.Change(func() {
		for _, r := range s.sky.Records {
			list, _ := r.Value["hiddenReplies"].([]any)
			for _, reply := range list {
				hidden = hidden || reply == uri
			}
		}
	})
	if !hidden {
		return fmt.Errorf("%q is not hidden", a[0])
	}
	return nil
}

// skyFails spoils the next call of a method: "factor", "down", "lost".
func (s *stage) skyFails(a ...string) error {
	answers := map[string]sky.Answer{
		"factor": {Status: 401, Name: "AuthFactorTokenRequired", Words: "A sign in code has been sent"},
		"down":   {Status: 502, Name: "UpstreamFailure"},
		"lost":   {Drop: true},
		"blind":  {Status: 200, Raw: `{"posts":[],"thread":{}}`},
		"busy":   {Status: 429, Name: "RateLimitExceeded"},
		"gone":   {Status: 401, Name: "AccountTakedown"},
	}
	answer, ok := answers[a[0]]
	if !ok {
		return fmt.Errorf("nothing is called %q", a[0])
	}
	s.sky.Fail(a[1], answer)
	return nil
}

// hushed sees that the app passwords that people have sent are neither in a chat nor
// in the database.
func (s *stage) hushed(t *testing.T) error {
	if err := s.settle(t.Context()); err != nil {
		return err
	}
	for _, secret := range []string{sky.Password, newPassword, "correct horse", "hunter2", "zzzz-zzzz"} {
		for _, handle := range []string{"lena", "leila"} {
			phone, ok := s.telegram.PhoneOf(handle)
			if !ok {
				continue
			}
			for _, m := range s.telegram.Messages(phone.Chat()) {
				if strings.Contains(m.Words(), secret) {
					return fmt.Errorf("a chat shows %q: %s", secret, m.Words())
				}
			}
		}
	}
	s.searchTables(t, []secretWord{
		{"the app password", sky.Password}, {"a new one", newPassword}, {"another password", "correct horse"},
		{"one below a photo", "hunter2"}, {"a wrong one", "zzzz-zzzz"}, {"a token", "secret-access"}, {"a token", "secret-refresh"},
	})
	return nil
}
