package social

import "time"

// A Takeout is all that is kept about one person, for him to have: readable JSON.
type Takeout struct {
	Body []byte
	Cut  bool // some list was too long, and holds its newest entries only
}

// TakeoutPause is how long after a takeout there may be another.
const TakeoutPause = time.Hour

// MaxTakeoutList is how many bytes of a list go into a takeout, so that all of it is
// a file that a bot may send (50 MB; Bot API 10.3, sendDocument).
const MaxTakeoutList = 2 << 20
