package social

import "time"

// A Reminder is an event that tells of a comment which has waited too long.
type Reminder struct {
	Event
	Holder   int64 // who has the comment now; 0: nobody
	Negative bool
}

// A Backlog is what has waited too long for an answer of somebody's.
type Backlog struct {
	Count    int
	Negative int
	Oldest   time.Time // when the one was written that has waited longest; zero: there is none
}

// Somebody is told of each of a few comments that have waited too long. More than
// ReminderFew within ReminderSpan are one card, and no other comes before it is over.
const (
	ReminderFew  = 3
	ReminderSpan = 10 * time.Minute
)

// A Telling is how somebody is told of reminders.
type Telling int

// The ways.
const (
	TellEach Telling = iota
	TellTogether
	TellLater
)

// TellingOf is how somebody hears of so many reminders who has heard of others within
// ReminderSpan.
func TellingOf(fresh, heard int) Telling {
	switch {
	case fresh+heard <= ReminderFew:
		return TellEach
	case heard < ReminderFew:
		return TellTogether
	}
	return TellLater
}

// Reminds tells whether events of the kind tell of a comment that has waited too long.
func (k Kind) Reminds() bool { return k == CommentOverdue || k == CommentStale }
