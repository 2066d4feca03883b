package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"peyk/emulator"
)

// TestTaps lets twenty approvers tap one card ten times each, all at once (U5):
// one decision is kept, the others are told who made it, and no card is doubled.
func TestTaps(t *testing.T) {
	// Not beside others: a tap that waits two seconds on a busy machine gets a blank answer.
	s := polling.lent(t, "setup/en.txt")
	play := func(lines string) { emulator.RunLines(t, s.telegram, "testdata/scripts/tap.txt", lines, s.hooks(t)) }
	phones := s.addApprovers(t, 20)
	play("let when \"today 18:00\"\nlena says \"Everybody taps\"\ninclude setup/submit.en.txt\nrun settle")
	taps := s.tapAll(t, phones, "Everybody taps", 10)
	if err := s.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	decisions := 0
	err := s.query(t.Context(), &decisions, `SELECT count(*) FROM approvals WHERE withdrawn_at IS NULL`)
	if err != nil || decisions != 1 {
		t.Errorf("%d decisions are kept, not one: %v", decisions, err)
	}
	if err := s.query(t.Context(), &decisions, `SELECT count(*) FROM events WHERE kind = 'post.approved'`); err != nil || decisions != 1 {
		t.Errorf("%d approvals are in the trail, not one: %v", decisions, err)
	}
	s.checkDecider(t, phones, taps)
	s.check(t)
}

// addApprovers makes n more people approvers of the brand, without the long way
// of inviting each.
func (s *stage) addApprovers(t *testing.T, n int) []*emulator.Phone {
	t.Helper()
	var phones []*emulator.Phone
	for i := range n {
		id := int64(7000 + i)
		p := s.telegram.AddUser(emulator.User{ID: id, FirstName: fmt.Sprintf("Client %d", i), LanguageCode: "en"})
		person := 0
		err := s.query(t.Context(), &person, `
			WITH p AS (INSERT INTO people (telegram_id, name, lang) VALUES ($1, $2, 'en') RETURNING id)
			INSERT INTO members (agency_id, brand_id, person_id, role)
			SELECT agency_id, b.id, p.id, 'approver' FROM brands b, p RETURNING person_id`, id, fmt.Sprintf("Client %d", i))
		if err != nil {
			t.Fatal(err)
		}
		p.Start("")
		phones = append(phones, p)
	}
	if err := s.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return phones
}

// tapAll presses [Approve] on everybody's card at once, and returns the taps.
func (s *stage) tapAll(t *testing.T, phones []*emulator.Phone, words string, times int) map[string]*emulator.Phone {
	t.Helper()
	taps := map[string]*emulator.Phone{}
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := make(chan struct{})
	for _, p := range phones {
		card := s.cardWith(t, p, words)
		data, ok := emulator.FindButton(card, "Approve")
		if !ok {
			t.Fatalf("no button on the card of %s:\n%s", p.User().Name(), emulator.Describe(card))
		}
		for range times {
			all.Go(func() {
				<-begin
				id, err := p.Forge(card, data.Data)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				taps[id] = p
				mu.Unlock()
			})
		}
	}
	close(begin)
	all.Wait()
	return taps
}

func (s *stage) cardWith(t *testing.T, p *emulator.Phone, words string) *emulator.Message {
	t.Helper()
	list := s.telegram.Messages(p.Chat())
	for i := len(list) - 1; i >= 0; i-- {
		if strings.Contains(list[i].Words(), words) {
			return list[i]
		}
	}
	t.Fatalf("%s has no card", p.User().Name())
	return nil
}

// checkDecider sees that everybody else was told who decided, and that each has
// one card, which says it too.
func (s *stage) checkDecider(t *testing.T, phones []*emulator.Phone, taps map[string]*emulator.Phone) {
	t.Helper()
	decider := ""
	err := s.query(t.Context(), &decider, `SELECT p.name FROM approvals a JOIN people p ON p.id = a.person_id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for id, p := range taps {
		answer := s.answer(t, id)
		if p.User().Name() == decider {
			continue
		}
		if told++; !strings.Contains(unmarked.Replace(answer.Text), decider+" decided before you") {
			t.Errorf("%s was told %q and not that %s decided", p.User().Name(), answer.Text, decider)
		}
	}
	if want := len(taps) * (len(phones) - 1) / len(phones); told != want {
		t.Errorf("%d taps of others were answered, not %d", told, want)
	}
	for _, p := range phones {
		who := decider
		if p.User().Name() == decider {
			who = "You"
		}
		if card := s.cardWith(t, p, "Everybody taps"); !strings.Contains(unmarked.Replace(card.Words()), who+" approved version 1") {
			t.Errorf("the card of %s does not say who decided:\n%s", p.User().Name(), emulator.Describe(card))
		}
	}
}

// answer waits for what the bot says to a tap.
func (s *stage) answer(t *testing.T, id string) emulator.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var got emulator.Answer
	err := s.telegram.Wait(ctx, func() (ok bool) { got, ok = s.telegram.AnswerTo(id); return ok })
	if err != nil {
		t.Errorf("tap %s was not answered: %v", id, err)
	}
	return got
}

// unmarked takes the marks of direction out of a text.
var unmarked = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "")
