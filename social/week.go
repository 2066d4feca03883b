package social

import "time"

// A Week is seven days of a brand, from the day on which its weeks begin. Its ends
// are midnights by the brand's clock: with a change of the clocks it has an hour
// more or less.
type Week struct {
	From, To time.Time // To is not in it
}

// Day names the week by its first day, as in 2026-11-21.
func (w Week) Day() string { return w.From.Format(time.DateOnly) }

// Last is a moment of its last day.
func (w Week) Last() time.Time { return w.To.Add(-time.Minute) }

// Week returns the brand's week in which a moment lies.
func (b Brand) Week(at time.Time) Week {
	local := at.In(b.Location())
	back := (int(local.Weekday()) - int(b.Rules.WeekStart) + 7) % 7
	return b.weekFrom(local.Year(), local.Month(), local.Day()-back)
}

// WeekOf returns the week that Day names.
func (b Brand) WeekOf(day string) (Week, error) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Week{}, ErrOutdated
	}
	return b.weekFrom(at.Date()), nil
}

// Before returns the week that lies n weeks before w, or with a negative n after it.
func (b Brand) Before(w Week, n int) Week {
	year, month, day := w.From.In(b.Location()).Date()
	return b.weekFrom(year, month, day-7*n)
}

// LastDays are the last n days that are over at a moment.
func (b Brand) LastDays(at time.Time, n int) Week {
	year, month, day := at.In(b.Location()).Date()
	return Week{midnight(year, month, day-n, b.Location()), midnight(year, month, day, b.Location())}
}

func (b Brand) weekFrom(year int, month time.Month, day int) Week {
	return Week{midnight(year, month, day, b.Location()), midnight(year, month, day+7, b.Location())}
}

// midnight is where a day begins: where the clocks jump over midnight it is the
// first moment after it.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, zone)
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if at.Day() == noon.Day() {
		return at
	}
	_, begins := at.ZoneBounds() // the change itself
	return begins
}
