package storage_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"peyk/social"
)

// card is the client's card of a post, not sent yet.
func (l *ledger) card(t *testing.T) social.Card {
	t.Helper()
	return social.Card{PostID: l.approved(t, t.Name()), Person: l.client.ID, Version: 1, Chat: l.client.TelegramID}
}

func (l *ledger) claim(t *testing.T, event int64, c social.Card) bool {
	t.Helper()
	ours, err := l.ClaimCard(t.Context(), social.Event{ID: event, BrandID: l.brand.ID}, c)
	check(t, err)
	return ours
}

// TestCardIsSentByOne lets the tellings of several events want to send a card.
func TestCardIsSentByOne(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	c := l.card(t)
	var claims atomic.Int64
	var all sync.WaitGroup
	for event := range int64(8) {
		all.Go(func() {
			ours, err := l.ClaimCard(t.Context(), social.Event{ID: event + 100, BrandID: l.brand.ID}, c)
			if err != nil {
				t.Error(err)
			}
			if ours {
				claims.Store(event + 100)
			}
		})
	}
	all.Wait()
	if n := l.number(t, `SELECT count(*) FROM cards WHERE claim = $1`, claims.Load()); n != 1 {
		t.Fatalf("%d cards are claimed by the one who was told so", n)
	}
	if l.claim(t, 7, c) {
		t.Error("a claimed card is given to another")
	}
	if !l.claim(t, claims.Load(), c) {
		t.Error("whoever claimed it cannot go on after a crash")
	}
	l.now = l.now.Add(2 * time.Minute)
	if !l.claim(t, 7, c) {
		t.Error("a card whose sender is gone stays unsent")
	}
}

func TestCardThatIsGoneIsSentByOne(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	c := l.card(t)
	c.Message = 50
	_, err := l.SaveCard(t.Context(), l.brand.ID, c)
	check(t, err)
	first := c
	if first.Message = 0; l.claim(t, 7, first) {
		t.Error("a card that is there is sent once more")
	}
	if !l.claim(t, 7, c) || l.claim(t, 8, c) {
		t.Error("a card that is gone is sent by none or by two")
	}
}

// TestMessageIsOneCard lets the present version's card come to where the last one's is:
// an old button was pressed while the new card was on its way.
func TestMessageIsOneCard(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	old := l.card(t)
	old.Message, old.Shown = 50, "old"
	now := old
	now.Version, now.Shown = 2, "now"
	for _, c := range []social.Card{old, now} {
		_, err := l.SaveCard(t.Context(), l.brand.ID, c)
		check(t, err)
	}
	cards, err := l.Cards(t.Context(), l.brand.ID, old.PostID)
	check(t, err)
	if len(cards) != 2 || cards[0].Message != 0 || cards[0].Shown != "" || cards[1].Message != 50 || cards[1].Shown != "now" {
		t.Errorf("the message is %+v", cards)
	}
}

func TestNoCardForWhoIsOutOfReach(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	c := l.card(t)
	check(t, l.LosePerson(t.Context(), l.client.TelegramID))
	if l.claim(t, 7, c) {
		t.Error("a card is sent to a blocked chat")
	}
}

// TestDrawnCard is how those who draw a card at the same time learn of each other.
func TestDrawnCard(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	c := l.card(t)
	c.Message, c.Media, c.Shown, c.Drawn = 50, []int64{48, 49}, "old", 3
	was, err := l.SaveCard(t.Context(), l.brand.ID, c)
	check(t, err)
	if was.Message != 0 || was.Drawn != 0 {
		t.Errorf("a new card was before at %+v", was)
	}
	cards, err := l.Cards(t.Context(), l.brand.ID, c.PostID)
	check(t, err)
	read := cards[0]
	drawn := read
	drawn.Shown, drawn.Drawn = "new", 5
	for i, want := range []bool{true, false} { // the second one read the same card
		if ok, err := l.ShowCard(t.Context(), l.brand.ID, read, drawn); err != nil || ok != want {
			t.Errorf("drawing %d was recorded: %t, %v", i, ok, err)
		}
	}
	late := c
	late.Drawn, late.Media = 4, nil
	was, err = l.SaveCard(t.Context(), l.brand.ID, late)
	check(t, err)
	if was.Drawn != 5 || was.Message != 50 {
		t.Errorf("an older drawing did not learn of the newer: %+v", was)
	}
	if n := l.number(t, `SELECT cardinality(media) FROM cards WHERE message = 50`); n != 2 {
		t.Errorf("a card that stays where it is has %d media", n)
	}
}
