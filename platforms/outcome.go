package platforms

import (
	"errors"
	"strings"
	"time"

	"peyk/social"
)

// The codes of outcomes that no platform words: locale keys "reason.<code>".
const (
	CodeAccountLost   = "account_lost"
	CodeRightsMissing = "rights_missing"
	CodeRateLimited   = social.CodeRateLimited
	CodeUnreachable   = "unreachable" // provably not executed; tried again
	CodeNoAnswer      = social.CodeNoAnswer
)

// maxDetail is how much of a platform's words the trail keeps, in bytes.
const maxDetail = 500

// OutcomeOf says what came of a Commit. Only what is provably not executed is
// tried again or rejected; everything else is social.Unknown. Retry is the
// earliest moment of the next try; a caller that counts tries may move it later
// by social.Backoff.
func OutcomeOf(p Published, err error, now time.Time) social.Outcome {
	switch {
	case err != nil:
		return failed(err, now)
	case p.Handed:
		return social.Outcome{State: social.Handed, Remote: p.Remote, Link: p.Link}
	case p.Remote == "" && p.Link == "":
		return social.Outcome{State: social.Unknown, Code: CodeNoAnswer, Detail: "published without an id"}
	}
	return social.Outcome{State: social.Live, Remote: p.Remote, Link: p.Link}
}

// PrepareOutcome says what came of a Prepare that failed with err. Prepare makes no
// irreversible call, so what is not a refusal is tried again.
func PrepareOutcome(err error, now time.Time) social.Outcome {
	o := failed(err, now)
	if o.State != social.Unknown {
		return o
	}
	return waiting(CodeUnreachable, o.Detail, 0, now)
}

// lookPause is how long until an ambiguous call is looked for again.
const lookPause = 20 * time.Second

// FindingOutcome says what came of a Reconcile: Live, Waiting for another try at
// once, or Unknown: with a Retry until the next look, without one until a person
// looks.
func FindingOutcome(f Finding, err error, now time.Time) social.Outcome {
	unknown := social.Outcome{State: social.Unknown, Code: CodeNoAnswer}
	switch {
	case err != nil:
		unknown.Detail = detail(err.Error())
		if o := failed(err, now); o.State == social.Waiting {
			unknown.Retry = later(o.Retry, now.Add(lookPause))
		}
	case f.Verdict == Landed:
		return OutcomeOf(f.Published, nil, now)
	case f.Verdict == NotLanded:
		return social.Outcome{State: social.Waiting, Code: CodeUnreachable, Retry: now}
	case f.Verdict == Early:
		unknown.Retry = now.Add(lookPause)
	}
	return unknown
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// failed sorts an error of Commit. Ambiguous is looked for first, so that a
// doubt wins over whatever it is wrapped or joined with.
func failed(err error, now time.Time) social.Outcome {
	var (
		doubt *Ambiguous
		lost  *AccountLost
		right *PermissionMissing
		no    *Rejected
		limit *RateLimited
		later *Transient
	)
	switch {
	case errors.As(err, &doubt):
	case errors.As(err, &lost):
		return social.Outcome{State: social.Rejected, Code: CodeAccountLost, Detail: detail(lost.Detail)}
	case errors.As(err, &right):
		words := strings.Join(right.Rights, ", ") + ": " + right.Detail
		return social.Outcome{State: social.Rejected, Code: CodeRightsMissing, Detail: detail(words)}
	case errors.As(err, &no):
		return social.Outcome{State: social.Rejected, Code: no.Code, Detail: detail(no.Detail)}
	case errors.As(err, &limit):
		return waiting(CodeRateLimited, limit.Error(), limit.RetryAfter, now)
	case errors.As(err, &later):
		return waiting(CodeUnreachable, later.Error(), later.RetryAfter, now)
	}
	return social.Outcome{State: social.Unknown, Code: CodeNoAnswer, Detail: detail(err.Error())}
}

func waiting(code, words string, pause time.Duration, now time.Time) social.Outcome {
	if pause <= 0 {
		pause = social.Backoff(0)
	}
	return social.Outcome{State: social.Waiting, Code: code, Detail: detail(words), Retry: now.Add(pause)}
}

// detail makes foreign words fit for a row: valid UTF-8, no NUL, not long.
func detail(s string) string {
	s = strings.ReplaceAll(s[:min(len(s), maxDetail)], "\x00", "")
	return strings.ToValidUTF8(s, "")
}
