package social

import (
	"slices"
	"time"
)

// A Tally is what one brand needs from its managers this morning, and how its followers
// are answered.
type Tally struct {
	Brand    Brand
	Waiting  int       // comments without an answer
	Negative int       // of them complaints
	Oldest   time.Time // when the oldest of them was written; zero: none waits
	Answered int       // yesterday
	Median   time.Duration

	Review int       // posts that wait for approval
	Asked  time.Time // since when the oldest of them waits
	Today  int       // posts whose time is today
	Failed int       // posts of the last week that failed, and deliveries of which nobody knows what became
	Lost   int       // accounts that let us in no more, or not far enough
	Plans  int       // plans whose day is today or has come
}

// Quiet tells whether there is nothing to say.
func (t Tally) Quiet() bool { return t.needs() == 0 && t.Answered == 0 }

func (t Tally) needs() int { return t.Waiting + t.Review + t.Today + t.Failed + t.Lost + t.Plans }

// Board sorts tallies for the morning: those of which there is something to say, what is
// broken first, then complaints, then what else waits; and the brands that are quiet.
func Board(tallies []Tally) (loud []Tally, quiet []Brand) {
	for _, t := range tallies {
		if t.Quiet() {
			quiet = append(quiet, t.Brand)
		} else {
			loud = append(loud, t)
		}
	}
	weight := func(t Tally) int { return 10_000*(t.Failed+t.Lost) + 100*t.Negative + t.needs() }
	slices.SortStableFunc(loud, func(a, b Tally) int { return weight(b) - weight(a) })
	return loud, quiet
}

const (
	// NoMorning is chosen by whoever wants no word in the morning.
	NoMorning = -1
	// morningSpan is until when a morning's word is not too late.
	morningSpan = 3 * time.Hour
)

// ErrBadMorning refuses a time that no morning has.
const ErrBadMorning = Rule("bad_morning")

// A Riser is somebody who hears in the morning what his brands need.
type Riser struct {
	Person int64
	Zone   string
	Minute int // after midnight
	Joined time.Time
}

// Morning returns the day whose word is due now, by his clock, and where that day
// begins. Nobody hears of a morning before which he did not belong to a brand.
func (r Riser) Morning(now time.Time) (day time.Time, due bool) {
	local := now.In(Brand{Zone: r.Zone}.Location())
	hour := time.Date(local.Year(), local.Month(), local.Day(), r.Minute/60, r.Minute%60, 0, 0, local.Location())
	day = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	due = r.Minute >= 0 && !local.Before(hour) && local.Before(hour.Add(morningSpan)) && r.Joined.Before(hour)
	return day, due
}

// MorningAt tells what is wrong with a time of the morning's word.
func MorningAt(minute int, places []Member) error {
	if minute != NoMorning && (minute < 0 || minute >= 24*60) {
		return ErrBadMorning
	}
	for _, m := range places {
		if m.Role.May(Setup) {
			return nil
		}
	}
	if len(places) == 0 {
		return ErrNotFound
	}
	return ErrForbidden
}
