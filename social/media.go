package social

import "slices"

// A MediaKind is the way a file is shown.
type MediaKind string

// The kinds of media that a draft may carry.
const (
	Photo     MediaKind = "photo"
	Video     MediaKind = "video"
	Animation MediaKind = "animation"
	Document  MediaKind = "document"
	Audio     MediaKind = "audio"
	Voice     MediaKind = "voice"
)

// MaxDownload is the largest file a bot can fetch from Telegram's own server,
// in bytes (getFile, Bot API 10.3).
const MaxDownload = 20 << 20

// Media is one file of a post. Hash is the hex SHA-256 of its bytes and names it
// in our own store; FileID names it at Telegram for this bot.
type Media struct {
	Kind     MediaKind `json:"kind"`
	Hash     string    `json:"hash"`
	FileID   string    `json:"file_id,omitempty"`
	MIME     string    `json:"mime,omitempty"`
	Name     string    `json:"name,omitempty"`
	Size     int64     `json:"size,omitempty"`     // bytes
	Width    int       `json:"width,omitempty"`    // pixels
	Height   int       `json:"height,omitempty"`   // pixels
	Duration int       `json:"duration,omitempty"` // seconds
	Alt      string    `json:"alt,omitempty"`      // what is to be seen, for those who do not see; empty: nobody has said
}

// Visual tells whether the file can stand in an album beside photos.
func (m Media) Visual() bool { return m.Kind == Photo || m.Kind == Video }

// Describe says what is to be seen on the n-th file of the post, from 0, for those who
// do not see it; nothing takes the description away. Hash is the file that was meant.
func (p *Post) Describe(by Member, n int, hash, alt string) (Event, error) {
	if err := by.Can(Draft); err != nil {
		return Event{}, err
	}
	if !p.Content.HasFile(n, hash) {
		return Event{}, ErrOutdated
	}
	return p.Edit(by, func(c *Content) {
		c.Media = slices.Clone(c.Media)
		c.Media[n].Alt = alt
	})
}

// HasFile tells whether the n-th file, from 0, is the one with the hash.
func (c Content) HasFile(n int, hash string) bool {
	return n >= 0 && n < len(c.Media) && c.Media[n].Hash == hash
}
