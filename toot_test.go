package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/platforms/mastodon/mastodontest"
)

// openToot gives the program a small Mastodon, on which the café and somebody else have
// accounts, and which follows the clock of the script. It ignores the Idempotency-Key.
func (s *stage) openToot() {
	s.toot = mastodontest.New(s.owner, mastodontest.Options{Now: s.clock.Now, ForgetsKey: true})
	s.peopleToot()
	if s.more == nil {
		s.more = map[string]string{}
	}
	s.more["MASTODON_URL"] = s.toot.URL
}

// peopleToot makes its Mastodon new.
func (s *stage) peopleToot() {
	s.toot.Renew()
	s.toot.Person("cafe", 41)
	s.toot.Person("other", 3)
	s.toot.Guest("sara@elsewhere.example", "Sara")
}

// tootValues are what a script may say of Mastodon: {toot} is the server's address,
// {code} a code that the café is shown by the link in the manager's chat, {other} one of
// somebody else, {used} the last one again.
func (s *stage) tootValues() map[string]func() (string, error) {
	return map[string]func() (string, error){
		"toot":  func() (string, error) { return strings.TrimPrefix(s.toot.URL, "http://"), nil },
		"code":  func() (string, error) { return s.tootCode("cafe") },
		"other": func() (string, error) { return s.tootCode("other") },
		"used":  func() (string, error) { return s.codes[len(s.codes)-1], nil },
	}
}

// tootCode is what somebody is shown who opens the link in the manager's chat.
func (s *stage) tootCode(name string) (string, error) {
	messages := s.managersChat()
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Keyboard == nil {
			continue
		}
		for _, b := range messages[i].Keyboard.Buttons() {
			if strings.Contains(b.URL, "/oauth/authorize") {
				code := s.toot.Authorize(b.URL, name)
				s.codes = append(s.codes, code)
				return code, nil
			}
		}
	}
	return "", errors.New("no link to let anybody in")
}

// managersChat is what stands in the chat of the script's manager.
func (s *stage) managersChat() []*emulator.Message {
	for _, handle := range []string{"lena", "leila"} {
		if phone, ok := s.telegram.PhoneOf(handle); ok {
			return s.telegram.Messages(phone.Chat())
		}
	}
	return nil
}

// tootDeeds are what happens on Mastodon in a script: "run toot <deed> …".
//
//	answers "text" "part of a post"    sara answers a post
//	has N "part of a post"             waits until the café has so many posts that hold it
//	under "part" "part of a post"      fails unless the first post of the café answers the second
//	deletes "part of a post"           by its author
//	described "part" "alt" …           fails unless the files of the café's post have these descriptions
//	revoke | forget                    the café's tokens are of no use any more; the server forgets the program
//	tokens N                           waits until so many tokens are good
//	hushed                             fails unless no secret of Mastodon is in the chat or in the database
//	fails down|busy|deaf|page|lost CALL  the next call: 502; 429; 403; another server's page; carried out, the answer lost
func (s *stage) tootDeeds(t *testing.T, args []string) error {
	if s.toot == nil || len(args) == 0 {
		return errors.New("no Mastodon, or no deed")
	}
	deeds := map[string]func(...string) error{
		"answers": s.tootAnswers, "has": s.tootHas, "under": s.tootUnder, "fails": s.tootFails,
		"tokens": s.tootTokens, "deletes": s.tootDeletes, "described": s.tootDescribed,
		"hushed": func(...string) error { return s.tootHushed(t) },
		"revoke": func(...string) error { s.toot.Revoke("cafe"); return nil },
		"forget": func(...string) error { s.toot.Forget(); return nil },
	}
	deed := deeds[args[0]]
	if deed == nil {
		return fmt.Errorf("nobody knows how to %q on Mastodon", args[0])
	}
	return deed(args[1:]...)
}

// tootPost finds the one post that holds a text.
func (s *stage) tootPost(part string) (mastodontest.Status, error) {
	var found []mastodontest.Status
	for _, name := range []string{"cafe", "sara@elsewhere.example"} {
		for _, p := range s.toot.Posts(name) {
			if strings.Contains(p.Text, part) {
				found = append(found, p)
			}
		}
	}
	if len(found) != 1 {
		return mastodontest.Status{}, fmt.Errorf("%d posts hold %q", len(found), part)
	}
	return found[0], nil
}

func (s *stage) tootAnswers(a ...string) error {
	to, err := s.tootPost(a[1])
	if err == nil {
		s.toot.Say(mastodontest.Saying{By: "sara@elsewhere.example", Text: "@cafe " + a[0], ReplyTo: to.ID})
	}
	return err
}

func (s *stage) tootHas(a ...string) error {
	count := 0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		count = 0
		for _, p := range s.toot.Posts("cafe") {
			if strings.Contains(p.Text, a[1]) {
				count++
			}
		}
		if fmt.Sprint(count) == a[0] {
			return nil
		}
	}
	return fmt.Errorf("%d posts hold %q", count, a[1])
}

func (s *stage) tootUnder(a ...string) error {
	answer, err := s.tootPost(a[0])
	if err != nil {
		return err
	}
	to, err := s.tootPost(a[1])
	if err == nil && answer.ReplyTo != to.ID {
		err = fmt.Errorf("%q stands elsewhere", a[0])
	}
	return err
}

func (s *stage) tootTokens(a ...string) error {
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if fmt.Sprint(s.toot.Tokens()) == a[0] {
			return nil
		}
	}
	return fmt.Errorf("%d tokens are good", s.toot.Tokens())
}

func (s *stage) tootDeletes(a ...string) error {
	p, err := s.tootPost(a[0])
	if err == nil {
		s.toot.Delete(p.ID)
	}
	return err
}

func (s *stage) tootDescribed(a ...string) error {
	p, err := s.tootPost(a[0])
	if err != nil {
		return err
	}
	for i, want := range a[1:] {
		if got := s.toot.Description(p.ID, i); got != want {
			return fmt.Errorf("file %d of %q is described as %q", i+1, a[0], got)
		}
	}
	return nil
}

// tootFails spoils the next call, which is named by method and path.
func (s *stage) tootFails(a ...string) error {
	answers := map[string]mastodontest.Answer{
		"down": {Status: 502, Raw: "<html>"}, "busy": {Status: 429, Words: "Too many requests"},
		"deaf": {Status: 403, Words: "unauthorized_client"},
		"page": {Status: 200, Raw: "<html>"}, "lost": {After: true, Drop: true},
	}
	answer, ok := answers[a[0]]
	if !ok {
		return fmt.Errorf("nothing is called %q", a[0])
	}
	answer.Call = strings.Join(a[1:], " ")
	s.toot.Fail(answer)
	return nil
}

// tootHushed sees that no code, token or secret of Mastodon is in a chat or, unsealed,
// in the database.
func (s *stage) tootHushed(t *testing.T) error {
	if err := s.settle(t.Context()); err != nil {
		return err
	}
	secrets := append(s.toot.Secrets(), s.codes...)
	for _, m := range s.managersChat() {
		for _, secret := range secrets {
			if strings.Contains(m.Words(), secret) {
				return fmt.Errorf("a chat shows %q: %s", secret, m.Words())
			}
		}
	}
	var words []secretWord
	for _, secret := range append(secrets, "correct horse") {
		words = append(words, secretWord{"a secret of Mastodon", secret})
	}
	s.searchTables(t, words)
	return nil
}
