package social

import "time"

// A Day is one day of a digest's week.
type Day struct {
	From    time.Time
	Posts   int    // that went out
	Engaged Figure // reactions and comments that these posts have had
}

// Days are the days of the week by the brand's clock, the first one first.
func (d Digest) Days() []Day {
	var days []Day
	local := d.Week.From.In(d.Brand.Location())
	for from := local; from.Before(d.Week.To); {
		to := time.Date(local.Year(), local.Month(), local.Day()+len(days)+1, 0, 0, 0, 0, local.Location())
		day := Day{From: from}
		for _, s := range d.Samples {
			if !s.Live.Before(from) && s.Live.Before(to) {
				day.Posts++
				day.Engaged = day.Engaged.plus(s.Reactions).plus(s.Comments)
			}
		}
		days, from = append(days, day), to
	}
	return days
}
