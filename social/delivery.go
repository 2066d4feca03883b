package social

import (
	"errors"
	"time"
)

// A DeliveryState is where one account's share of a post stands.
type DeliveryState string

// The states of a delivery.
const (
	Waiting    DeliveryState = "waiting"    // claimed or put off; the queue brings it
	Attempting DeliveryState = "attempting" // the irreversible call may be on its way
	Handed     DeliveryState = "handed"     // a person has the material and publishes by hand
	Unknown    DeliveryState = "unknown"    // it may be out or not: a person looks
	Live       DeliveryState = "live"
	Rejected   DeliveryState = "rejected"  // the platform refused it
	Withdrawn  DeliveryState = "withdrawn" // a person called it off before it went out
	Deleted    DeliveryState = "deleted"   // it was live, and its network does not have it any more
)

// Ended tells whether nothing more happens to the delivery by itself or waits
// for anybody.
func (s DeliveryState) Ended() bool { return s.WentOut() || s == Rejected || s == Withdrawn }

// WentOut tells whether the account has had the post, so that it is not sent again.
func (s DeliveryState) WentOut() bool { return s == Live || s == Deleted }

// A Delivery is one account's share of a post that is going out.
type Delivery struct {
	ID      int64
	PostID  int64
	Account int64
	Version int
	State   DeliveryState
	Due     time.Time // when the next attempt may start
	Tries   int
	Code    string // why it was rejected or put off: locale key "reason.<code>"
	Detail  string // the platform's own words, for the trail; never shown raw
	Remote  string // the platform's id
	Link    string
	At      time.Time // of the last change
	Missed  time.Time // since when its network does not show it, though it is live; zero: it does
}

// The refusals about deliveries.
const (
	ErrBadAddress = Rule("bad_post_link") // what was pasted is not a web address
	ErrNotHanded  = Rule("not_handed")
	ErrNotUnknown = Rule("not_unknown")
)

// An Outcome is what came of one attempt.
type Outcome struct {
	State  DeliveryState // Live, Rejected, Unknown, Handed, or Waiting for another try
	Remote string
	Link   string
	Code   string
	Detail string
	Retry  time.Time // of Waiting the next try, of Unknown the next look; zero: a person looks
}

// Apply writes the outcome into the delivery.
func (d *Delivery) Apply(o Outcome, now time.Time) {
	d.State, d.Code, d.Detail, d.At = o.State, o.Code, o.Detail, now
	switch o.State {
	case Live:
		d.Remote, d.Link = o.Remote, o.Link
	case Waiting:
		d.Due = o.Retry
	}
}

// Backoff is the pause before try n+1 of something that provably did not happen:
// 5 s doubling to 5 min.
func Backoff(n int) time.Duration {
	return min(5*time.Second<<min(n, 10), 5*time.Minute)
}

// Found records a person's word that the post is live, with its link.
func (d *Delivery) Found(by Member, link string, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	if d.State != Unknown && d.State != Handed {
		return ErrNotUnknown
	}
	d.Apply(Outcome{State: Live, Link: link}, now)
	return nil
}

// Absent records a person's word that the post is not there, so that it may be
// sent again.
func (d *Delivery) Absent(by Member, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	if d.State != Unknown {
		return ErrNotUnknown
	}
	d.Apply(Outcome{State: Waiting, Retry: now}, now)
	return nil
}

// never is when a delivery is due whose account is not connected.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Stall is what becomes of an attempt that found its account signed out: the
// delivery waits until somebody has connected it again (U7). What lies with a channel
// or with an account that is gone stays refused.
func (o Outcome) Stall(a Account) Outcome {
	if o.State == Rejected && o.Code == CodeAccountLost && a.Platform.SignsIn() && !a.ByHand {
		o.State, o.Retry = Waiting, never
	}
	return o
}

// Stalled tells whether the delivery waits for its account to be connected.
func (d *Delivery) Stalled() bool { return d.State == Waiting && !d.Due.Before(never) }

// Release lets a stalled delivery go out at a time, now or later.
func (d *Delivery) Release(by Member, a Account, to, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	switch {
	case !d.Stalled():
		return ErrOutdated
	case !a.Ready():
		return ErrAccountLost
	}
	d.Apply(Outcome{State: Waiting, Retry: to}, now)
	return nil
}

// PutOff gives a delivery that a person publishes by hand another time. One that
// was taken over after a refusal has none: the program would send it again.
func (d *Delivery) PutOff(by Member, to, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	switch {
	case d.State != Handed || d.TakenOver():
		return ErrNotHanded
	case !to.After(now):
		return ErrPastSlot
	}
	d.Apply(Outcome{State: Waiting, Retry: to}, now)
	return nil
}

// Withdraw calls off a delivery that a person would publish by hand, one that a
// person has found not to be there, or one that waits for its account.
func (d *Delivery) Withdraw(by Member, now time.Time) error {
	if err := by.Can(Plan); err != nil {
		return err
	}
	if d.State != Handed && d.State != Unknown && !d.Stalled() {
		return ErrNotHanded
	}
	d.Apply(Outcome{State: Withdrawn}, now)
	return nil
}

// The codes of a rejection that lies with the account and not with the content.
const (
	CodeAccountLost   = "account_lost"
	CodeRightsMissing = "rights_missing"
)

// CodeGaveUp says that a network could not be reached for too long.
const CodeGaveUp = "gave_up"

// CodeNoAnswer says that a call may have been carried out or not.
const CodeNoAnswer = "no_answer"

// CodeRateLimited says that a network wants to be left alone for a while.
const CodeRateLimited = "rate_limited"

// CodePostGone says that a post which was live is not there any more.
const CodePostGone = "post_gone"

// MissPause is how long after a network did not show a post or a comment it is looked
// for a second time: one wrong answer makes nothing deleted.
const MissPause = 10 * time.Minute

// missed keeps since when a network does not show something, and tells whether that
// is long enough.
func missed(since *time.Time, now time.Time) bool {
	if since.IsZero() {
		*since = now
	}
	return now.Sub(*since) >= MissPause
}

// Miss records that the network does not show a post that was live, and tells whether
// that makes it deleted: it does when a look some time ago did not find it either (U12).
func (d *Delivery) Miss(now time.Time) bool {
	if d.State != Live || !missed(&d.Missed, now) {
		return false
	}
	d.Apply(Outcome{State: Deleted, Code: CodePostGone}, now)
	return true
}

// AccountFault tells whether the platform refused because of the account.
func (d *Delivery) AccountFault() bool {
	return d.Code == CodeAccountLost || d.Code == CodeRightsMissing
}

// Repeatable tells whether the same content may be sent once more: it was not what
// the platform refused (U8).
func (d *Delivery) Repeatable() bool { return d.AccountFault() || d.Code == CodeGaveUp }

// TakenOver tells whether a person publishes by hand what the platform refused from us.
func (d *Delivery) TakenOver() bool { return d.State == Handed && d.Code != "" }

// Unfit tells whether the words are what the platform refused: no hand mends that.
func (d *Delivery) Unfit() bool {
	switch d.Code {
	case "too_long", "caption_too_long", "too_many_hashtags", "too_many_mentions", "empty", "needs_media", "alt_too_long":
		return true
	}
	return false
}

// AboutMedia tells whether other pictures or videos would help.
func (d *Delivery) AboutMedia() bool {
	switch d.Code {
	case "needs_media", "too_many_media", "wrong_media", "mixed_album", "file_too_big", "ratio", "format",
		"video_too_short", "video_too_long", "bad_file", "media_missing":
		return true
	}
	return false
}

// An Attempt is one try to bring a delivery to its platform: a line of the ledger.
type Attempt struct {
	ID       int64
	N        int // from 1
	Delivery Delivery
	Brand    int64
	Post     int64
	Author   int64
	Account  Account
	Variant  Variant
	Hash     string    // of the approved content, so that a look-up can be recognised
	Slot     time.Time // when the post was due
	Since    time.Time // from when on it is tried: its slot, or when somebody let it go out after that
	Until    time.Time // the call must have ended by then; another worker may look after that
	Sent     bool      // the irreversible call may have been made by a worker that is gone
	SentAt   time.Time // when it was, or may have been
	Others   []string  // what else of us is on the account since, by its ids there
}

// What the ledger answers to a worker; people never see it.
var (
	ErrLeased  = errors.New("another worker is on it")
	ErrNotDue  = errors.New("put off, or ended in the meantime")
	ErrNotOurs = errors.New("the lease has run out")
)

// A DeliveryRule changes a delivery of a post on behalf of a member, or refuses
// to, and names what it did.
type DeliveryRule func(p *Post, d *Delivery, me Member) (Kind, error)
