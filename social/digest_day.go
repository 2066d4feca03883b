package social

import "time"

// A Day is one day of a digest's week.
type Day struct {
	From    time.Time
	To      time.Time
	Posts   int    // that went out
	Engaged Figure // reactions and comments that these posts have had

	Followers Figure // at its end, of all accounts that tell of theirs in the week
}

// FollowersLine tells whether so much is known of the followers of some days that a
// line can be drawn.
func FollowersLine(days []Day) bool {
	known := 0
	for _, d := range days {
		if d.Followers.Known {
			known++
		}
	}
	return known > 1
}

// Days are the days of the week by the brand's clock, the first one first.
func (d Digest) Days() []Day {
	var days []Day
	local := d.Week.From.In(d.Brand.Location())
	for from := local; from.Before(d.Week.To); {
		to := time.Date(local.Year(), local.Month(), local.Day()+len(days)+1, 0, 0, 0, 0, local.Location())
		day := Day{From: from, To: to}
		for _, s := range d.Samples {
			if !s.Live.Before(from) && s.Live.Before(to) {
				day.Posts++
				day.Engaged = day.Engaged.plus(s.Reactions).plus(s.Comments)
			}
		}
		if len(days) < len(d.Followers) {
			day.Followers = d.Followers[len(days)]
		}
		days, from = append(days, day), to
	}
	return days
}
