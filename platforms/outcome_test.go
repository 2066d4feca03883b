package platforms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"peyk/social"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestOutcomeOf(t *testing.T) {
	cause := errors.New("reset")
	for _, c := range []struct {
		name string
		err  error
		want social.DeliveryState
		code string
		wait time.Duration
	}{
		{"a refusal", &Rejected{Code: "too_long"}, social.Rejected, "too_long", 0},
		{"a wrapped refusal", fmt.Errorf("x: %w", &Rejected{Code: "too_long"}), social.Rejected, "too_long", 0},
		{"a lost account", &AccountLost{}, social.Rejected, "account_lost", 0},
		{"missing rights", &PermissionMissing{Rights: []string{"can_post_messages"}}, social.Rejected, "rights_missing", 0},
		{"a limit", &RateLimited{RetryAfter: 17 * time.Second}, social.Waiting, "rate_limited", 17 * time.Second},
		{"a limit without a time", &RateLimited{}, social.Waiting, "rate_limited", 5 * time.Second},
		{"not executed", &Transient{Cause: cause}, social.Waiting, "unreachable", 5 * time.Second},
		{"ambiguous", &Ambiguous{Cause: cause}, social.Unknown, "no_answer", 0},
		{"a doubt about something sure", &Ambiguous{Cause: &Transient{Cause: cause}}, social.Unknown, "no_answer", 0},
		{"a sure thing beside a doubt", errors.Join(&Rejected{Code: "x"}, &Ambiguous{Cause: cause}), social.Unknown, "no_answer", 0},
		{"anything else", io.ErrUnexpectedEOF, social.Unknown, "no_answer", 0},
		{"a cancelled call", context.Canceled, social.Unknown, "no_answer", 0},
		{"a deadline", context.DeadlineExceeded, social.Unknown, "no_answer", 0},
	} {
		o := OutcomeOf(Published{}, c.err, now)
		if o.State != c.want || o.Code != c.code {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, o.State, o.Code, c.want, c.code)
		}
		if c.want == social.Waiting && !o.Retry.Equal(now.Add(c.wait)) {
			t.Errorf("%s: again at %s, want in %s", c.name, o.Retry, c.wait)
		}
		if before := PrepareOutcome(c.err, now); before.State == social.Unknown || before.State == social.Live {
			t.Errorf("%s: before the irreversible call it is %s", c.name, before.State)
		}
	}
}

func TestOutcomeOfSuccess(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Published
		want social.DeliveryState
	}{
		{"published", Published{Remote: "12", Link: "https://t.me/a/12"}, social.Live},
		{"handed over", Published{Handed: true}, social.Handed},
		{"published without a trace", Published{}, social.Unknown},
	} {
		if o := OutcomeOf(c.p, nil, now); o.State != c.want || o.Remote != c.p.Remote || o.Link != c.p.Link {
			t.Errorf("%s: %+v, want %s", c.name, o, c.want)
		}
	}
}

func TestFindingOutcome(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Finding
		err  error
		want social.DeliveryState
	}{
		{"it is there", Finding{Verdict: Landed, Published: Published{Remote: "1"}}, nil, social.Live},
		{"it is not", Finding{Verdict: NotLanded}, nil, social.Waiting},
		{"nobody knows", Finding{Verdict: Unsure}, nil, social.Unknown},
		{"an empty finding", Finding{}, nil, social.Unknown},
		{"the look failed", Finding{Verdict: NotLanded}, io.EOF, social.Unknown},
	} {
		if o := FindingOutcome(c.f, c.err, now); o.State != c.want {
			t.Errorf("%s: %s, want %s", c.name, o.State, c.want)
		}
	}
}

func TestDetailFitsARow(t *testing.T) {
	o := OutcomeOf(Published{}, &Rejected{Code: "refused", Detail: "\x00" + strings.Repeat("س", 4000)}, now)
	if len(o.Detail) > maxDetail || !utf8.ValidString(o.Detail) || strings.Contains(o.Detail, "\x00") {
		t.Errorf("%d bytes: %q", len(o.Detail), o.Detail)
	}
}
