package social

import (
	"cmp"
	"slices"
	"time"
)

// A Push is what one call at a door tells.
type Push struct {
	ID    string // of the call: what is told once more under it has no effect
	Told  []Told
	Wrong []Refused // what could not be read
	Fold  func(string) string
}

// A ToldKind is what a push tells of a comment.
type ToldKind string

// The kinds.
const (
	ToldNew     ToldKind = "new"
	ToldEdited  ToldKind = "edited"
	ToldDeleted ToldKind = "deleted"
)

// A Told comment is what a push tells of one. At is when it was written; where an
// edit or a deletion is told, which do not say so, when that was.
type Told struct {
	Index int // its place in the push
	Kind  ToldKind
	Heard
}

// MaxTold is how many comments one push may tell of.
const MaxTold = 1000

// Why a comment that was told is not taken in.
const (
	WrongShape = "bad_shape" // no object, or a field of another type
	WrongKind  = "unknown_kind"
	WrongID    = "bad_id"
	WrongTime  = "bad_time"
	WrongAhead = "time_ahead" // it claims to be of tomorrow
	WrongPost  = "no_post"    // nothing says under which post it stands
	WrongText  = "no_text"
	WrongLong  = "too_long"
	WrongLink  = "bad_link"
)

// A Refused comment of a push was not taken in; Reason is one of the constants.
type Refused struct {
	Index  int    `json:"index"`
	ID     string `json:"id,omitempty"`
	Reason string `json:"reason"`
}

// A Receipt says what came of a push.
type Receipt struct {
	Fresh    int       `json:"new"`
	Late     int       `json:"late"` // of the new ones: too old to be told of as news
	Changed  int       `json:"edited"`
	Gone     int       `json:"deleted"`
	Own      int       `json:"own"`
	Repeated int       `json:"repeated"` // had no effect: known before, or told twice
	Refused  []Refused `json:"refused"`
	Again    bool      `json:"again,omitempty"` // the push itself had come before
}

// toldAhead is how far clocks of networks may be ahead of ours.
const toldAhead = 10 * time.Minute

// InTime refuses what claims to be of a time that has not come.
func (t Told) InTime(now time.Time) bool {
	return !t.At.After(now.Add(toldAhead)) && !t.Edited.After(now.Add(toldAhead))
}

// Settled returns what a push tells with one entry a comment, whatever was told of it
// in whichever order: the words of the newest edit, deleted when anything says so.
// Older comments come first, and what the account itself wrote comes last, since it
// may answer one of the others.
func Settled(told []Told) []Told {
	var ids []string
	reports := map[string][]Told{}
	for _, t := range told {
		if reports[t.Remote] == nil {
			ids = append(ids, t.Remote)
		}
		reports[t.Remote] = append(reports[t.Remote], t)
	}
	settled := make([]Told, len(ids))
	for i, id := range ids {
		settled[i] = together(reports[id])
	}
	slices.SortStableFunc(settled, func(a, b Told) int {
		if a.Own != b.Own {
			return map[bool]int{false: -1, true: 1}[a.Own]
		}
		return a.At.Compare(b.At)
	})
	return settled
}

// together is what all reports of one comment say.
func together(reports []Told) Told {
	order := []ToldKind{ToldNew, ToldEdited, ToldDeleted}
	slices.SortStableFunc(reports, func(a, b Told) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), a.Edited.Compare(b.Edited))
	})
	t := reports[0]
	for _, r := range reports[1:] {
		switch r.Kind {
		case ToldEdited:
			t.Text, t.Media, t.Edited = r.Text, r.Media, r.Edited
		case ToldDeleted:
			t.Kind = ToldDeleted
		case ToldNew: // told twice
		}
		t.Index, t.Own = min(t.Index, r.Index), t.Own || r.Own
		for _, part := range []struct{ into, from *string }{
			{&t.Parent, &r.Parent}, {&t.Author, &r.Author}, {&t.AuthorID, &r.AuthorID}, {&t.Link, &r.Link},
			{&t.Post.Remote, &r.Post.Remote}, {&t.Post.Link, &r.Post.Link}, {&t.Post.Words, &r.Post.Words},
		} {
			*part.into = cmp.Or(*part.into, *part.from)
		}
	}
	return t
}
