package social

import "time"

// An Exit is an account that was taken out of its brand, with what lets us in to its
// network still: it is to be given back there.
type Exit struct {
	Account Account
	By      int64 // who took it out
	Sealed  string
	Since   time.Time
}

// exitPatience is for how long a network is asked to take back what lets us in.
const exitPatience = time.Hour

// Again is when a network that did not take it back is asked once more: soon at first,
// later and later. Zero: it is not, and people have to see to it there.
func (e Exit) Again(now time.Time) time.Time {
	gone := now.Sub(e.Since)
	if gone >= exitPatience {
		return time.Time{}
	}
	return now.Add(min(max(gone/4, time.Second), 5*time.Minute))
}
