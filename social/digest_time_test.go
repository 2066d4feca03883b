package social

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A digestSim is a brand whose digests are given out by its rule, once for each week,
// as the store does it: it looks again at the moment that the rule has named.
type digestSim struct {
	t    *testing.T
	b    Brand
	next time.Time
	sent map[string]time.Time
}

// look does what a tick does at a moment.
func (s *digestSim) look(now time.Time) {
	if now.Before(s.next) {
		return
	}
	w, due, next := s.b.DigestDue(now)
	s.next = next
	if !next.After(now) {
		s.t.Fatalf("%s: at %s the next look is at %s", s.b.Zone, now, next)
	}
	if !due {
		return
	}
	if w.To.After(now) {
		s.t.Fatalf("%s: at %s the week to %s is not over", s.b.Zone, now, w.To)
	}
	if _, done := s.sent[w.Day()]; !done {
		s.sent[w.Day()] = now
	}
}

// missing lists the weeks that were over for more than eight days in the time and of
// which nobody was told.
func (s *digestSim) missing(from, to time.Time) []string {
	var gone []string
	for w := s.b.Week(from); w.To.Before(to.AddDate(0, 0, -8)); w = s.b.Before(w, -1) {
		if _, done := s.sent[w.Day()]; !done {
			gone = append(gone, w.Day())
		}
	}
	return gone
}

// digestZones have a change of clocks at two, at three, at midnight, half an hour, and
// none since 2022 (Tehran).
func digestZones() []string {
	return []string{"Asia/Tehran", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "UTC"}
}

func someDigestBrand(rng *rand.Rand) Brand {
	c := Jalali
	if rng.IntN(2) == 0 {
		c = Gregorian
	}
	b := Brand{Zone: digestZones()[rng.IntN(7)], Calendar: c, Rules: DefaultRules(c)}
	b.Rules.WeekStart = time.Weekday(rng.IntN(7))
	return b
}

func someSlot(rng *rand.Rand) Slot {
	return Slot{Day: time.Weekday(rng.IntN(7)), Minute: rng.IntN(24) * 60}
}

// Over the ends of Jalali years, leap (1403, 1408) and common, of months, and over
// changes of the clocks, every week that is over is told of, once, at the brand's hour.
func TestDigestEveryWeekOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 1403))
		s := &digestSim{t: t, b: someDigestBrand(rng), sent: map[string]time.Time{}}
		if seed%3 != 0 {
			s.b.Rules.Digest = &DigestTime{Slot: someSlot(rng)}
		}
		year := []int{2024, 2025, 2026, 2029, 2030}[rng.IntN(5)] // 1403 ends in March 2025, 1408 in March 2030
		from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rng.IntN(30))
		to := from.AddDate(1, 0, 0)
		for now := from; now.Before(to); now = now.Add(time.Hour) {
			s.look(now)
		}
		if gone := s.missing(from, to); len(gone) > 0 {
			t.Errorf("seed %d, %s, %+v: never told of %v", seed, s.b.Zone, s.b.DigestSlot(), gone)
		}
		for day, at := range s.sent {
			s.onTime(day, at, from)
		}
	}
}

// onTime tells whether a digest came within the hour in which it was due, unless it
// was due before the looking began.
func (s *digestSim) onTime(day string, at, from time.Time) {
	s.t.Helper()
	w, err := s.b.WeekOf(day)
	if err != nil {
		s.t.Fatal(err)
	}
	want, slot := s.b.DigestAt(w).In(s.b.Location()), s.b.DigestSlot()
	if late := at.Sub(want); want.After(from) && (late < 0 || late >= time.Hour) {
		s.t.Errorf("%s: the week of %s was told %s after its hour", s.b.Zone, day, late)
	}
	shift := want.Hour()*60 + want.Minute() - slot.Minute // an hour that the clocks leave out
	if want.Weekday() != slot.Day || shift < -60 || shift > 60 {
		s.t.Errorf("%s: the week of %s was due at %s, not at %+v", s.b.Zone, day, want, slot)
	}
}

// Whenever, and however often, another time is chosen: no week is left out, and as
// there is one row for each week, none is told of twice.
func TestDigestTimeMayChange(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1408))
		s := &digestSim{t: t, b: someDigestBrand(rng), sent: map[string]time.Time{}}
		from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		to := from.AddDate(1, 0, 0)
		for now := from; now.Before(to); now = now.Add(time.Hour) {
			if rng.IntN(60) == 0 {
				slot := someSlot(rng)
				if err := TellWeeks(slot, now)(&s.b, Member{Role: Manager}); err != nil {
					t.Fatal(err)
				}
				s.next = time.Time{}
			}
			s.look(now)
		}
		if gone := s.missing(from, to.AddDate(0, 0, -30)); len(gone) > 0 {
			t.Errorf("seed %d, %s: never told of %v", seed, s.b.Zone, gone)
		}
	}
}

// A clock that jumps, back or ahead, has nothing told of before it is over; what a
// jump passes by within a day is told of, what it passes by for longer is not.
func TestDigestClockJumps(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 9))
		s := &digestSim{t: t, b: someDigestBrand(rng), sent: map[string]time.Time{}}
		s.b.Rules.Digest = &DigestTime{Slot: someSlot(rng)}
		now := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
		for range 150 {
			now, s.next = now.Add(time.Duration(rng.IntN(96)-30)*time.Hour), time.Time{}
			before := len(s.sent)
			s.look(now)
			w, due, _ := s.b.DigestDue(now)
			if age := now.Sub(s.b.DigestAt(w)); due != (age >= 0 && age < 24*time.Hour) {
				t.Fatalf("seed %d: %s after the hour it is due: %t", seed, age, due)
			}
			if len(s.sent) > before+1 {
				t.Fatalf("seed %d: two weeks at once", seed)
			}
		}
	}
}

func TestTellWeeks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	b := Brand{Zone: "UTC", Rules: DefaultRules(Gregorian)}
	for _, c := range []struct {
		name string
		role Role
		slot Slot
		want error
	}{
		{"a manager chooses", Manager, Slot{time.Wednesday, 17 * 60}, nil},
		{"a client does not", Approver, Slot{time.Wednesday, 17 * 60}, ErrForbidden},
		{"no such day", Manager, Slot{8, 0}, ErrOutdated},
		{"no such hour", Owner, Slot{time.Monday, 24 * 60}, ErrOutdated},
	} {
		was := b
		err := TellWeeks(c.slot, now)(&was, Member{Role: c.role})
		if err != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if chosen := was.Rules.Digest != nil; chosen != (c.want == nil) {
			t.Errorf("%s: it was chosen: %t", c.name, chosen)
		}
	}
	if err := TellWeeks(b.DigestSlot(), now)(&b, Member{Role: Manager}); err != nil || b.Rules.Digest != nil {
		t.Errorf("the same time again: %v, %v", err, b.Rules.Digest)
	}
}
