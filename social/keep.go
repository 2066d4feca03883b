package social

import "time"

// How long things are kept that nobody needs any more: updates hold what people
// wrote. Those that were put aside are kept longer, for somebody to look at.
const (
	KeepUpdates  = 3 * 24 * time.Hour
	KeepParked   = 30 * 24 * time.Hour
	KeepGuesses  = 24 * time.Hour
	KeepPushes   = 7 * 24 * time.Hour  // what was told at a door: networks tell again for 36 hours
	KeepMedia    = 30 * 24 * time.Hour // a file that nothing refers to, since it was last sent
	QuestionLife = 24 * time.Hour      // how long a question waits for its answer
)
