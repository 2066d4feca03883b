package social

// A Picture is what the picture of a brand's week tells. Its words are ready for the
// reader; how it looks is the painter's.
type Picture struct {
	RTL      bool
	Shade    int64 // picks the colour, the same for the same number: the brand's id
	Brand    string
	Subtitle string
	Badge    string // beside the name; may be empty
	Tiles    []Tile // up to four
	Chart    Chart
	Advice   string // may be empty
	Foot     string
}

// A Tile is one number of a Picture.
type Tile struct {
	Label  string
	Value  string // empty: not known, which is not zero
	Change string // against the week before; empty: there is nothing to compare with
	Way    int    // of the change: 1 up, -1 down, 0 neither
	Note   string // beside the change, or instead of it
}

// A Chart is the days of a Picture's week.
type Chart struct {
	Title string
	Bar   string // what the bars are
	Line  string // what the line is; empty: there is none
	Days  []Column
	Empty string // stands instead of bars where there is none
}

// A Column is one day of a Chart.
type Column struct {
	Name, Date string
	Bar        Amount
	Point      Amount
}

// An Amount is a number that may be not known, with its words.
type Amount struct {
	Known bool
	N     int64
	Words string
}
