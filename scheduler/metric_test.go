package scheduler_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// A meter is a network that tells how many follow its accounts; one of them is gone,
// and it can ask to be left alone.
type meter struct {
	clock   clockwork.Clock
	gone    string
	patient time.Duration // what it asks for; 0: it answers
	asked   []string
}

func (m *meter) Networks() []social.Platform { return []social.Platform{social.Telegram} }

func (m *meter) Measure(_ context.Context, l social.Look) ([]social.Reading, *social.Outcome) {
	m.asked = append(m.asked, l.Account.RemoteID)
	switch {
	case m.patient > 0:
		return nil, &social.Outcome{State: social.Waiting, Code: social.CodeRateLimited, Retry: m.clock.Now().Add(m.patient)}
	case l.Account.RemoteID == m.gone:
		return nil, &social.Outcome{State: social.Rejected, Code: social.CodeAccountLost}
	}
	return []social.Reading{{Metric: social.MetricFollowers, Value: 100}}, nil
}

// newMeter is a brand with channels, and what counts them.
func newMeter(t *testing.T, channels ...string) (*meter, *clockwork.FakeClock, scheduler.Tick) {
	t.Helper()
	store, clock := storagetest.Open(t), clockwork.NewFakeClockAt(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC))
	store.Now = clock.Now
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	owner, err := store.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara", Lang: "en"})
	must(err)
	agency, err := store.FoundAgency(t.Context(), owner.ID, "Saba")
	must(err)
	b, err := store.AddBrand(t.Context(), owner.ID, social.Brand{
		AgencyID: agency.ID, Name: "Nobahar", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	must(err)
	for _, c := range channels {
		_, err := store.AddAccount(t.Context(), owner.ID, social.Account{BrandID: b.ID, Platform: social.Telegram, RemoteID: c, Handle: "@c"})
		must(err)
	}
	m := &meter{clock: clock}
	c := &scheduler.Counting{Figures: store, Gauge: m, Clock: clock, Log: slog.New(slog.DiscardHandler)}
	return m, clock, c.Tick()
}

var _ scheduler.Figures = (*storage.Store)(nil)

func (m *meter) took(t *testing.T, tick scheduler.Tick) []string {
	t.Helper()
	m.asked = nil
	if err := tick.Do(t.Context(), m.clock.Now()); err != nil {
		t.Fatal(err)
	}
	slices.Sort(m.asked)
	return m.asked
}

// An account that is gone is tried again, later each time, and keeps no other from
// being counted every day.
func TestLostAccountBlocksNobody(t *testing.T) {
	t.Parallel()
	m, clock, tick := newMeter(t, "-1", "-2", "-3")
	m.gone = "-2"
	if got := m.took(t, tick); !slices.Equal(got, []string{"-1", "-2", "-3"}) {
		t.Fatalf("at first %v were asked", got)
	}
	for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		clock.Advance(pause - time.Second)
		if got := m.took(t, tick); len(got) != 0 {
			t.Errorf("before %v: %v", pause, got)
		}
		clock.Advance(time.Second)
		if got := m.took(t, tick); !slices.Equal(got, []string{"-2"}) {
			t.Errorf("after %v: %v", pause, got)
		}
	}
	clock.Advance(13 * time.Hour)
	if got := m.took(t, tick); !slices.Equal(got, []string{"-1", "-2", "-3"}) {
		t.Errorf("at eleven in the evening: %v", got)
	}
}

// A network that asks for a pause is left alone for as long, whatever is due.
func TestCountingObeysAPause(t *testing.T) {
	t.Parallel()
	m, clock, tick := newMeter(t, "-1", "-2", "-3")
	m.patient = 10 * time.Minute
	if got := m.took(t, tick); len(got) != 1 {
		t.Fatalf("%v were asked before it was obeyed", got)
	}
	m.patient = 0
	clock.Advance(10*time.Minute - time.Second)
	if got := m.took(t, tick); len(got) != 0 {
		t.Errorf("within the pause: %v", got)
	}
	clock.Advance(time.Second)
	if got := m.took(t, tick); !slices.Equal(got, []string{"-1", "-2", "-3"}) {
		t.Errorf("after the pause: %v", got)
	}
}
