package social

import (
	"slices"
	"time"
)

// A Platform is a social network.
type Platform string

// The platforms of the seed, and Bluesky and Mastodon, which let programs in.
const (
	Telegram  Platform = "telegram"
	Instagram Platform = "instagram"
	Facebook  Platform = "facebook"
	X         Platform = "x"
	LinkedIn  Platform = "linkedin"
	Pinterest Platform = "pinterest"
	Snapchat  Platform = "snapchat"
	Bluesky   Platform = "bluesky"
	Mastodon  Platform = "mastodon"
)

// Platforms lists them in the order in which people see them.
func Platforms() []Platform {
	return []Platform{Telegram, Instagram, Facebook, X, LinkedIn, Pinterest, Snapchat, Bluesky, Mastodon}
}

// An Account is one profile of a brand on one platform.
type Account struct {
	ID       int64
	BrandID  int64
	Platform Platform
	RemoteID string   // the platform's own id; empty when it is published by hand
	Handle   string   // @name or page name, as people know it
	ByHand   bool     // a person publishes, with what the bot hands over
	Missing  []string // rights the bot lacks there, as the platform names them
	Lost     bool     // the bot is no longer in it

	Discussion        int64    // the chat in which its comments are; 0: none that the bot is in
	DiscussionMissing []string // rights the bot lacks there

	Limits Limits // what the account's own server allows, where it has said so
}

// LimitsLife is how long what a server has said of its limits counts as fresh.
const LimitsLife = 24 * time.Hour

// Limits are what the server of an account allows, on networks of many servers. What
// is zero is not known: the network's own rule holds.
type Limits struct {
	Text    int       `json:"text,omitempty"`    // the length of a post
	Link    int       `json:"link,omitempty"`    // what an address counts in it
	Whole   bool      `json:"whole,omitempty"`   // it counts every code point, whatever it belongs to
	Media   int       `json:"media,omitempty"`   // pictures in a post
	Picture int64     `json:"picture,omitempty"` // bytes
	Area    int64     `json:"area,omitempty"`    // of a picture, width × height in pixels
	Video   int64     `json:"video,omitempty"`   // bytes
	Formats []string  `json:"formats,omitempty"` // MIME types
	Alt     int       `json:"alt,omitempty"`     // the length of a file's description
	At      time.Time `json:"at,omitzero"`       // when the server said so
}

// Ready tells whether a post can go out on the account.
func (a Account) Ready() bool { return a.ByHand || (!a.Lost && len(a.Missing) == 0) }

// Hears tells whether comments on the account reach us.
func (a Account) Hears() bool {
	if a.Platform.SignsIn() {
		return a.Ready() && !a.ByHand
	}
	return a.Discussion != 0 && !slices.Contains(a.DiscussionMissing, RightAdmin)
}

// Hides tells what keeps comments on the account from being taken away.
func (a Account) Hides() error {
	if a.ByHand {
		return ErrHidesByHand
	}
	if a.Platform == Mastodon {
		return ErrNoHiding
	}
	if len(a.DiscussionMissing) > 0 || a.Lost {
		return ErrAccountLost
	}
	return nil
}

// RightAdmin is missing where the bot is an ordinary member of a group: Telegram
// keeps what people write there from it.
const RightAdmin = "admin"

// The refusals about accounts.
const (
	ErrAccountLost  = Rule("account_lost")  // the bot cannot publish there now
	ErrAccountTaken = Rule("account_taken") // the channel belongs to another brand
	ErrNoChannel    = Rule("no_channel")    // no channel waits to be connected
	ErrHidesByHand  = Rule("hides_by_hand") // the network does not let us in: a person hides there
	ErrNoHiding     = Rule("no_hiding")     // the network lets nobody take away what others wrote
)

// An Issue is something about a variant that a platform refuses or that people
// should know. Code is the locale key "issue.<code>"; Params fill its holes.
type Issue struct {
	Code    string
	Blocks  bool // false: only a hint
	Account int64
	Params  map[string]any
}

// A Channel is a Telegram channel that the bot has been put into.
type Channel struct {
	Chat     int64
	Title    string
	Username string
	AddedBy  int64    // person
	Missing  []string // rights the bot lacks
	Present  bool
}

// Handle is how people know the channel.
func (c Channel) Handle() string {
	if c.Username != "" {
		return "@" + c.Username
	}
	return c.Title
}
