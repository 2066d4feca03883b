package social

import "time"

// A Tally is how the followers of one brand are answered, as its managers hear of
// it in the morning.
type Tally struct {
	Brand    Brand
	Waiting  int       // comments without an answer
	Negative int       // of them complaints
	Oldest   time.Time // when the oldest of them was written; zero: none waits
	Answered int       // yesterday
	Median   time.Duration
}

// Quiet tells whether there is nothing to say.
func (t Tally) Quiet() bool { return t.Waiting == 0 && t.Answered == 0 }

const (
	// NoMorning is chosen by whoever wants no word in the morning.
	NoMorning = -1
	// morningSpan is until when a morning's word is not too late.
	morningSpan = 3 * time.Hour
)

// ErrBadMorning refuses a time that no morning has.
const ErrBadMorning = Rule("bad_morning")

// A Riser is somebody who hears in the morning how followers are answered.
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
