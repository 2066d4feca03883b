package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// The codes of refusals that this connector gives: locale keys "reason.<code>".
// The others are codes of issues (package platforms).
const (
	CodeRefused      = "refused"       // the server's words are in the detail
	CodeBadFile      = "bad_file"      // the file cannot be read, or the server could not work on it
	CodeMediaMissing = "media_missing" // the file is not in our store
	CodeBadServer    = "bad_instance"  // nothing that speaks Mastodon's interface is there
	CodeBadCode      = "bad_code"      // the code is wrong, used up or too old
	CodeCannotHide   = "cannot_hide"   // the network lets nobody take away what others wrote
	CodePostGone     = social.CodePostGone
	CodeOther        = "other_account" // somebody else has signed in than the one whom it was about
	CodeForgotten    = "app_forgotten" // the server does not know the program any more
)

// serverPause is how long a call waits that the server does not know: it is being
// changed, or an operator must mend its address.
const serverPause = time.Minute

// A failure is a call that did not succeed. Status and Message are the answer;
// Status 0: there was none, and Begun tells whether the request had begun to leave.
type failure struct {
	request
	Status  int
	Message string
	Pause   time.Duration // the server asks for it
	Begun   bool
	Cause   error
}

// Error names the call and what was answered.
func (f *failure) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s %s: %v", f.method, f.path, f.Cause)
	}
	return fmt.Sprintf("%s %s: %d %s", f.method, f.path, f.Status, f.Message)
}

// Unwrap returns what stood in the way, where nothing was answered.
func (f *failure) Unwrap() error { return f.Cause }

func failed(err error) (*failure, bool) {
	var f *failure
	ok := errors.As(err, &f)
	return f, ok
}

// answered tells whether the server answered with one of the statuses.
func answered(err error, statuses ...int) bool {
	f, ok := failed(err)
	for _, status := range statuses {
		if ok && f.Cause == nil && f.Status == status {
			return true
		}
	}
	return false
}

// gone tells whether what was asked for is not there, or not shown to us.
func gone(err error) bool { return answered(err, http.StatusNotFound, http.StatusGone) }

// maxWords is how much of a server's words is kept, in bytes.
const maxWords = 400

// read takes in an answer that is not a success; secrets that the server says
// back to us are struck out.
func (f *failure) read(body []byte, h http.Header, now time.Time, secrets ...string) *failure {
	var words struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &words); err != nil {
		words.Error = "the answer is not one of Mastodon's interface"
	}
	f.Message = strings.TrimSpace(words.Error + " " + words.Description)
	for _, secret := range secrets {
		if secret != "" {
			f.Message = strings.ReplaceAll(f.Message, secret, "…")
		}
	}
	f.Message = cut(f.Message)
	f.Pause = pause(h, now)
	return f
}

func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxWords)], "") }

// pause reads when a call is welcome again: X-RateLimit-Reset is a moment in ISO
// 8601 (mastodon/documentation bbf2634, api/rate-limits), Retry-After a number of
// seconds, which proxies set.
func pause(h http.Header, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if reset, err := time.Parse(time.RFC3339, h.Get("X-RateLimit-Reset")); err == nil {
		return max(reset.Sub(now), 0)
	}
	return 0
}

// sorted turns an error of a call into the typed error that says what is known
// about it. Whatever went wrong after a call began that is not to be repeated is
// ambiguous, 500s included; a call that may be repeated is.
func sorted(err error) error {
	f, ok := failed(err)
	switch {
	case err == nil || platforms.Typed(err):
		return err
	case !ok:
		return &platforms.Transient{Cause: err}
	case f.Cause != nil || f.Status < 400 || f.Status >= 500 && f.Status != http.StatusNotImplemented:
		if f.once && f.Begun {
			return &platforms.Ambiguous{Cause: err}
		}
		return &platforms.Transient{RetryAfter: f.Pause, Cause: err}
	}
	return f.refusal()
}

// refusal reads an answer of the 400s, which comes before anything was done.
func (f *failure) refusal() error {
	switch f.Status {
	case http.StatusTooManyRequests:
		return &platforms.RateLimited{RetryAfter: f.Pause}
	case http.StatusUnauthorized:
		return &platforms.AccountLost{Detail: f.Error()}
	case http.StatusForbidden:
		return f.forbidden()
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusRequestTimeout:
		return &platforms.Transient{RetryAfter: serverPause, Cause: f}
	case http.StatusRequestEntityTooLarge:
		return &platforms.Rejected{Code: platforms.IssueFileTooBig, Detail: f.Error()}
	}
	return f.rejected()
}

// shut are the words about an account that may not be used, in lower case
// (mastodon/mastodon, app/controllers/api/base_controller.rb, read 2026-11-28).
var shut = []string{"login is currently disabled", "suspended", "missing a confirmed", "pending approval", "has moved"}

// forbidden is an account that is not in use any more, or a scope that was not
// granted.
func (f *failure) forbidden() error {
	words := strings.ToLower(f.Message)
	for _, s := range shut {
		if strings.Contains(words, s) {
			return &platforms.AccountLost{Detail: f.Error()}
		}
	}
	return &platforms.PermissionMissing{Rights: []string{f.right}, Detail: f.Error()}
}

// refusals are the servers' words, in lower case, and what they mean: the first
// that fits counts (mastodon/mastodon, config/locales/en.yml and
// app/services/post_status_service.rb; gotosocial's words beside them; read
// 2026-11-28). An account speaks English to programs unless its server's default
// is another language: what does not fit is "refused", with the words in the trail.
var refusals = []struct{ words, code string }{
	{"character limit", platforms.IssueTooLong},
	{"too long", platforms.IssueTooLong},
	{"more than 4 files", platforms.IssueTooManyMedia},
	{"too many media", platforms.IssueTooManyMedia},
	{"that already contains", platforms.IssueMixedAlbum},
	{"contains other media", platforms.IssueMixedAlbum},
	{"exceeds max", platforms.IssueFileTooBig},
	{"must be less than", platforms.IssueFileTooBig},
	{"content type", platforms.IssueFormat},
	{"could not be verified", platforms.IssueFormat},
	{"not supported", platforms.IssueFormat},
	{"error processing", CodeBadFile},
}

// passing are the words about uploads that are not ready, or were used up by an
// earlier try; the next Prepare looks after them.
var passing = []string{"not finished processing", "not found or already attached", "media not found"}

func (f *failure) rejected() error {
	words := strings.ToLower(f.Message)
	for _, s := range passing {
		if strings.Contains(words, s) {
			return &platforms.Transient{Cause: f}
		}
	}
	for _, row := range refusals {
		if strings.Contains(words, row.words) {
			return &platforms.Rejected{Code: row.code, Detail: f.Error()}
		}
	}
	return &platforms.Rejected{Code: CodeRefused, Detail: f.Error()}
}

// commentGone is an answer to a comment that is not there any more.
func commentGone(remote string) error {
	return &platforms.Rejected{Code: social.CodeCommentGone, Detail: remote}
}
