package social

import "time"

// A Door is the signed address at which comments on an account that the bot cannot
// listen to are told by a tool of the agency.
type Door struct {
	Account int64
	Brand   int64
	Key     string    // what the address ends with; nobody can guess it
	Sealed  string    // the secret with which what comes is signed
	Made    time.Time // when the secret was made; of one that is to be opened, that of the one whose place it takes
	Last    time.Time // when something came last; zero: never
}

// The refusals about doors.
const (
	ErrDoorByHand = Rule("door_by_hand") // the bot hears of comments there by itself
	ErrNoDoor     = Rule("no_door")      // there is none any more
	ErrNoAddress  = Rule("no_address")   // the world cannot reach this Peyk
)
