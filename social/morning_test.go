package social

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestMorning(t *testing.T) {
	const day = "2026-11-24"
	utc := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	before := utc("2026-11-20T00:00:00Z")
	tests := []struct {
		name, zone string
		minute     int
		joined     time.Time
		now        string
		want       string // the day that is due; empty: none
	}{
		{"a second early", "UTC", 540, before, "2026-11-24T08:59:59Z", ""},
		{"on the second", "UTC", 540, before, "2026-11-24T09:00:00Z", day},
		{"while it is worth it", "UTC", 540, before, "2026-11-24T11:59:59Z", day},
		{"too late", "UTC", 540, before, "2026-11-24T12:00:00Z", ""},
		{"by his own clock, in another day than ours", "Asia/Tehran", 60, before, "2026-11-23T21:30:00Z", day},
		{"at midnight", "UTC", 0, before, "2026-11-24T00:00:00Z", day},
		{"never", "UTC", NoMorning, before, "2026-11-24T09:00:00Z", ""},
		{"he came later", "UTC", 540, utc("2026-11-24T09:00:00Z"), "2026-11-24T09:30:00Z", ""},
		{"he came just before", "UTC", 540, utc("2026-11-24T08:59:00Z"), "2026-11-24T09:30:00Z", day},
		{"a zone that nobody knows", "Moon/Crater", 540, before, "2026-11-24T09:00:00Z", day},
	}
	for _, test := range tests {
		at, due := Riser{Zone: test.zone, Minute: test.minute, Joined: test.joined}.Morning(utc(test.now))
		got := ""
		if due {
			got = at.Format(time.DateOnly)
		}
		if got != test.want {
			t.Errorf("%s: due is %q", test.name, got)
		}
	}
	// The clocks go back in the night: nine is nine.
	at, due := Riser{Zone: "Europe/Berlin", Minute: 540}.Morning(utc("2026-10-25T08:00:00Z"))
	if !due || at.UTC().Hour() != 22 {
		t.Errorf("on a day of 25 hours: %s, %t", at, due)
	}
}

func TestWhoHearsInTheMorning(t *testing.T) {
	tests := []struct {
		name   string
		minute int
		roles  []Role
		want   error
	}{
		{"an owner", 540, []Role{Owner}, nil},
		{"a manager who is a client elsewhere", 0, []Role{Viewer, Manager}, nil},
		{"never", NoMorning, []Role{Manager}, nil},
		{"a responder", 540, []Role{Responder, Editor}, ErrForbidden},
		{"a stranger", 540, nil, ErrNotFound},
		{"no time of a day", 24 * 60, []Role{Owner}, ErrBadMorning},
		{"less than never", -2, []Role{Owner}, ErrBadMorning},
	}
	for _, test := range tests {
		var places []Member
		for _, r := range test.roles {
			places = append(places, as(r))
		}
		if err := MorningAt(test.minute, places); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// What is broken comes first, then complaints, then what else waits; quiet brands are apart.
func TestBoard(t *testing.T) {
	t.Parallel()
	tally := func(id int64, fill func(*Tally)) Tally {
		t := Tally{Brand: Brand{ID: id}}
		fill(&t)
		return t
	}
	loud, quiet := Board([]Tally{
		tally(1, func(t *Tally) { t.Review = 7 }), tally(2, func(*Tally) {}), tally(3, func(t *Tally) { t.Lost = 1 }),
		tally(4, func(t *Tally) { t.Waiting, t.Negative = 1, 1 }), tally(5, func(t *Tally) { t.Answered = 2 }),
	})
	var order []int64
	for _, l := range loud {
		order = append(order, l.Brand.ID)
	}
	if !slices.Equal(order, []int64{3, 4, 1, 5}) || len(quiet) != 1 || quiet[0].ID != 2 {
		t.Errorf("%v are loud, %v quiet", order, quiet)
	}
}
