package platforms

import (
	"errors"
	"fmt"
	"time"
)

// RateLimited says that the platform refused for now; nothing was published.
type RateLimited struct {
	RetryAfter time.Duration // 0: the platform did not say
}

// Error tells how long to wait.
func (e *RateLimited) Error() string { return fmt.Sprintf("rate limited for %s", e.RetryAfter) }

// Rejected says that the platform, or our own check before it, refused this post
// for good; nothing was published. Code is the locale key "reason.<code>".
type Rejected struct {
	Code   string
	Detail string // the platform's own words
}

// Error names the code and the platform's words.
func (e *Rejected) Error() string { return "rejected (" + e.Code + "): " + e.Detail }

// Transient says that the call provably did not happen and may be tried again.
type Transient struct {
	RetryAfter time.Duration // 0: as the caller's backoff says
	Cause      error
}

// Error tells what stood in the way.
func (e *Transient) Error() string { return fmt.Sprintf("not executed: %v", e.Cause) }

// Unwrap returns what stood in the way.
func (e *Transient) Unwrap() error { return e.Cause }

// Ambiguous says that the post may be out or not. It is never sent again without
// Reconcile or a person's word.
type Ambiguous struct {
	Cause error
}

// Error tells what was seen instead of an answer.
func (e *Ambiguous) Error() string { return fmt.Sprintf("may have been executed: %v", e.Cause) }

// Unwrap returns what was seen instead of an answer.
func (e *Ambiguous) Unwrap() error { return e.Cause }

// PermissionMissing says that the account lacks rights; nothing was published.
type PermissionMissing struct {
	Rights []string // as the platform names them
	Detail string
}

// Error names the rights.
func (e *PermissionMissing) Error() string { return fmt.Sprintf("rights missing: %v", e.Rights) }

// AccountLost says that the account is not reachable any more (removed, deleted,
// disconnected); nothing was published.
type AccountLost struct {
	Detail string
}

// Error gives the platform's words.
func (e *AccountLost) Error() string { return "account lost: " + e.Detail }

// Typed tells whether err is one of the errors of this package already.
func Typed(err error) bool {
	var (
		doubt *Ambiguous
		lost  *AccountLost
		right *PermissionMissing
		no    *Rejected
		limit *RateLimited
		later *Transient
	)
	return errors.As(err, &doubt) || errors.As(err, &lost) || errors.As(err, &right) ||
		errors.As(err, &no) || errors.As(err, &limit) || errors.As(err, &later)
}
