// Package platforms is the hands of Peyk: how a post reaches each social
// network, and what each network allows, as dated data.
package platforms

import (
	"context"
	"encoding/json"
	"time"

	"peyk/social"
)

// A Connector publishes on one platform. Prepare may be called any number of
// times; Commit makes the one irreversible call, so at most one runs for an
// intent and the caller records the attempt before it. Both return the typed
// errors of this package; any other error of Commit counts as ambiguous.
type Connector interface {
	// Prepare does what can be done before the irreversible call and can be
	// repeated without being seen: checks, uploads. The stage goes into Commit.
	Prepare(ctx context.Context, in Intent) (Stage, error)
	// Commit publishes. A context that has ended before the first byte is sent
	// gives a *Transient.
	Commit(ctx context.Context, in Intent) (Published, error)
	// Reconcile looks whether an ambiguous Commit is on the platform. It answers
	// NotLanded only where the platform's own list proves it, and Early while the
	// platform may still be carrying the call out.
	Reconcile(ctx context.Context, in Intent) (Finding, error)
}

// A Registry holds the connector of each platform.
type Registry map[social.Platform]Connector

// An Intent is one post that shall go out on one account. Key is made before the
// first attempt and stays the same for all of them.
type Intent struct {
	Key     string
	Account social.Account
	Variant social.Variant
	Stage   Stage // what Prepare returned; nil before it
	Attempt int   // from 1

	Sent   time.Time // when the call was made that Reconcile looks for
	Others []string  // posts on the account that are known to be others, by their ids there
}

// A Stage is what a connector keeps between Prepare and Commit, as JSON. It is
// stored, so it holds no secret.
type Stage = json.RawMessage

// Published tells where the post is. Handed: it is with a person, who publishes.
type Published struct {
	Remote string // the platform's id; an album's ids are joined with commas
	Link   string // the address of the post, https
	Handed bool
}

// A Verdict is what Reconcile found.
type Verdict string

// The verdicts.
const (
	Landed    Verdict = "landed"     // it is on the platform
	NotLanded Verdict = "not_landed" // it is provably not there
	Early     Verdict = "early"      // it is not there, but may still come: look again later
	Unsure    Verdict = "unsure"     // the platform cannot tell: a person looks
)

// A Finding is the answer of Reconcile; Published is set when it landed.
type Finding struct {
	Verdict   Verdict
	Published Published
}
