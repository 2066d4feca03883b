package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"peyk/social"
)

// Tries is how often an update is handled before it is put aside.
const Tries = 5

// An Inbox keeps updates from the moment Telegram hands them over until they are
// handled. Whatever an update's body holds must be storable: it is bytes.
type Inbox interface {
	// Keep stores updates in one transaction. An update that is there already,
	// by bot and id, stays as it is. Up to n of them are claimed at once and
	// returned: where a key had nothing to be handled, the oldest of it.
	Keep(ctx context.Context, list []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error)
	// Claim leases up to n updates: of each key the oldest one that is not
	// handled, and none of a key of which one is leased. Where there are more than
	// n, taps go first: somebody looks at a button that waits. Each claim counts as
	// a try. A lease that runs out is free again.
	Claim(ctx context.Context, n int, lease time.Duration) ([]social.Incoming, error)
	// Waiting returns the other updates of in's key that are not handled, oldest
	// first.
	Waiting(ctx context.Context, in social.Incoming) ([]social.Incoming, error)
	// Done ends the handling of updates, whether their effect was marked as
	// handled before (social.Handling) or not, and so frees their key. It goes on
	// as Claim does.
	Done(ctx context.Context, list []social.Incoming, n int, lease time.Duration) ([]social.Incoming, error)
	// Fail frees an update after a pause that grows with its tries, or parks it
	// for people to look at, so that its key goes on.
	Fail(ctx context.Context, in social.Incoming, cause string, park bool) error
}

// An Intake takes updates in; when it returns without error they are safe.
type Intake interface {
	Put(ctx context.Context, list []social.Incoming) error
}

// incoming prepares an update for the inbox.
func incoming(bot int64, raw []byte, now time.Time) (social.Incoming, error) {
	u, err := Decode(raw)
	if err != nil {
		return social.Incoming{}, err
	}
	if u.ID == 0 {
		return social.Incoming{}, fmt.Errorf("an update without id, of %d bytes", len(raw))
	}
	return social.Incoming{Bot: bot, ID: u.ID, Key: u.Key(), Body: raw, At: now}, nil
}

// causeOf is an error as it stands in the inbox: text that PostgreSQL takes, and
// not too much of it.
func causeOf(err error) string {
	text := clean(strings.ToValidUTF8(err.Error(), "\uFFFD"))
	if r := []rune(text); len(r) > 2000 {
		text = string(r[:2000])
	}
	return text
}
