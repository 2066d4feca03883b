package social

import "time"

// An Ear is one time to ask a network what has been written to an account.
type Ear struct {
	Account Account
	Cursor  string   // where the reading stands; empty: at its beginning
	Tries   int      // that failed since the last that did not
	Sweep   bool     // the threads are to be read as a whole too
	Threads []string // then those of its recent posts, by their ids on the network
	Doubt   bool     // something that was looked for was not shown: it is looked for again soon
}

// How often a network is asked: what was written since, and all that stands under
// recent posts, since networks were seen to leave some of it out.
const (
	ListenPause = 20 * time.Second
	SweepPause  = 30 * time.Minute
	// SweepLife is how long after its publishing the thread of a post is swept.
	SweepLife = 7 * 24 * time.Hour
	// SweepMost is how many threads a sweep reads, the newest first.
	SweepMost = 25
	// LookMost is how many comments that wait, and that no sweep has shown, are looked
	// for one by one with each sweep.
	LookMost = 50
)

// NextSweep is when the threads are read again.
func (e Ear) NextSweep(now time.Time) time.Time {
	if e.Doubt {
		return now.Add(MissPause)
	}
	return now.Add(SweepPause)
}

// listenPatience is the longest pause after rounds that failed.
const listenPatience = 15 * time.Minute

// Again is when a round that has failed is tried again: always twice as late, and not
// before the network wants it.
func (e Ear) Again(now, soonest time.Time) time.Time {
	at := now.Add(min(ListenPause<<min(e.Tries, 10), listenPatience))
	if at.Before(soonest) {
		return soonest
	}
	return at
}
