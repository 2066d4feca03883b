package social

// A Picture is what a picture of a brand's time tells, from above to below. Its words
// are ready for the reader; how it looks is the painter's. What is empty is not there.
type Picture struct {
	RTL      bool
	Shade    int64 // picks the colour, the same for the same number: the brand's id
	Brand    string
	Subtitle string
	Badge    string // beside the name; may be empty
	Tiles    []Tile // up to six
	Chart    Chart
	Rows     []Row   // up to seven
	Legend   []Entry // what the tones of the rows' entries mean
	Advice   string
	Foot     string
}

// A Row is one day of a Picture, or one post, with what belongs to it.
type Row struct {
	Name, Date string
	Note       string // under the date
	Today      bool
	Text       string  // up to two lines above the entries
	Entries    []Entry // up to three lines with the text's
	Empty      string  // stands where there is neither
}

// An Entry is one line of a Row. A Tone of none has no dot.
type Entry struct {
	Tone  Tone
	Lead  string // in bold
	Words string
}

// A Tone is what the dot before an entry looks like.
type Tone int

// The tones; their names are the locale keys "picture.tone.<number>".
const (
	ToneNone    Tone = iota
	ToneOpen         // being written or changed
	ToneWaiting      // somebody has to say something
	ToneReady        // will go out
	ToneDone         // is out
	ToneTrouble      // needs a person
)

// A Tile is one number of a Picture.
type Tile struct {
	Label  string
	Value  string // empty: not known, which is not zero
	Change string // against the week before; empty: there is nothing to compare with
	Way    int    // of the change: 1 up, -1 down, 0 neither
	Note   string // beside the change, or instead of it
}

// A Chart is the days of a Picture; without a title there is none. Days that are many
// have no names.
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
