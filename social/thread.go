package social

import (
	"strings"
	"time"
)

// A Thread is a post on a network with the comments under it.
type Thread struct {
	ID      int64
	Account int64
	Remote  string // the post's id on the network
	Root    string // where its comments begin, where the network names that apart
	Link    string
	Words   string // how the post begins
	Deleted bool   // the post is ours, and its network does not have it any more
}

// A Heard comment is what a network tells of one, new or edited. Networks tell
// twice, late and out of order.
type Heard struct {
	Place    int64  // the discussion group's chat; 0: Post.Account tells whose it is
	Post     Thread // Root is always known; the rest where the network tells it
	Remote   string
	Parent   string // the comment that it answers
	Author   string
	AuthorID string
	Text     string
	Search   string // author and text in the spelling in which they are searched
	Media    MediaKind
	Link     string
	At       time.Time
	Edited   time.Time
	Own      bool // the account itself wrote it, as the network says
}

// Legible returns what was heard without what no text can hold: zero bytes, and
// bytes that are no letters.
func (h Heard) Legible() Heard {
	for _, s := range []*string{&h.Author, &h.Text, &h.Search, &h.Link, &h.Post.Words, &h.Post.Link} {
		*s = strings.ToValidUTF8(strings.ReplaceAll(*s, "\x00", ""), "\uFFFD")
	}
	return h
}

// A Fold is a burst of comments on one post, which people see as one card.
type Fold struct {
	ID     int64
	Brand  Brand
	Handle string // of the account
	Thread Thread
	Count  int
	Open   int // of them still without an answer
	Bad    int // of them complaints
	Last   time.Time
	Latest []Comment // the newest few, the last one first
}

// A burst is more than burstSize comments on a post within BurstSpan. It ends when
// none has come for as long.
const (
	BurstSize = 5
	BurstSpan = 10 * time.Minute
)

// NewsLife is how old a comment may be when it reaches us and still be news: what
// is older stands in the inbox and rings nowhere.
const NewsLife = 24 * time.Hour
