package social

// A Calendar says in which calendar a reader sees and types dates.
type Calendar string

// The calendars that Peyk writes and reads.
const (
	Jalali    Calendar = "jalali"
	Gregorian Calendar = "gregorian"
)
