package bluesky

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
	CodeRefused        = "refused"          // the server's words are in the detail
	CodeBadFile        = "bad_file"         // the picture cannot be read
	CodeMediaMissing   = "media_missing"    // the file is not in our store
	CodeBadLogin       = "bad_login"        // the name or the app password is wrong
	CodeNotAppPassword = "not_app_password" // the server wants an app password instead
	CodeBadServer      = "bad_server"       // no server of the AT protocol is there
	CodeNotOurThread   = "not_our_thread"   // only whoever began a thread hides in it
	CodeHiddenFull     = "hidden_full"      // the thread hides as many as it can
	CodePostGone       = social.CodePostGone
	CodeEmail          = "handle_email"    // an e-mail address was given as a handle
	CodeBadHandle      = "handle_bad"      // no handle looks like that
	CodeNoHandle       = "handle_unknown"  // nobody has the handle
	CodeUnproven       = "handle_unproven" // handle and account do not name each other
)

// Names of errors in XRPC answers (bluesky-social/atproto d6296a1cfd, 2026-08-20:
// pds/src/auth-verifier.ts, xrpc-server/src/errors.ts and the lexicons).
const (
	expiredToken   = "ExpiredToken"
	recordNotFound = "RecordNotFound"
	invalidSwap    = "InvalidSwap"
)

// lostNames are the errors after which the account is not ours to use any more,
// until somebody signs in again.
var lostNames = map[string]bool{
	"InvalidToken": true, "AuthenticationRequired": true, "AuthMissing": true, "AccountTakedown": true,
	"AccountDeactivated": true, "AccountNotFound": true, "RepoTakendown": true, "RepoDeactivated": true,
	"RepoSuspended": true,
}

// serverPause is how long a call waits that the server does not know: it is being
// changed, or an operator must mend its address.
const serverPause = time.Minute

// right is what a session lacks where the server forbids a call.
const right = "atproto"

// A failure is a call that did not succeed. Status, Name and Message are the
// answer; Status 0: there was none, and Begun tells whether the request had begun
// to leave.
type failure struct {
	Method  string
	Status  int
	Name    string
	Message string
	Pause   time.Duration // the server asks for it
	Begun   bool
	Once    bool // the call is not one to repeat
	Cause   error
}

// Error names the method and what was answered.
func (f *failure) Error() string {
	if f.Cause != nil {
		return fmt.Sprintf("%s: %v", f.Method, f.Cause)
	}
	return fmt.Sprintf("%s: %d %s: %s", f.Method, f.Status, f.Name, f.Message)
}

// Unwrap returns what stood in the way, where nothing was answered.
func (f *failure) Unwrap() error { return f.Cause }

func failed(err error) (*failure, bool) {
	var f *failure
	ok := errors.As(err, &f)
	return f, ok
}

// named tells whether the server answered with the error of this name.
func named(err error, name string) bool {
	f, ok := failed(err)
	return ok && f.Name == name
}

// maxWords is how much of a server's words is kept, in bytes.
const maxWords = 400

// read takes in an answer that is not a success; secrets that the server says
// back to us are struck out.
func (f *failure) read(body []byte, h http.Header, now time.Time, secrets ...string) *failure {
	var words struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(body, &words); err != nil {
		words.Message = "the answer is not one of the AT protocol"
	}
	for _, secret := range secrets {
		if secret != "" {
			words.Error = strings.ReplaceAll(words.Error, secret, "…")
			words.Message = strings.ReplaceAll(words.Message, secret, "…")
		}
	}
	f.Name, f.Message = cut(words.Error), cut(words.Message)
	f.Pause = pause(h, now)
	return f
}

func cut(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxWords)], "") }

// pause reads when a call is welcome again: ratelimit-reset is a moment in Unix
// seconds, Retry-After a number of seconds.
func pause(h http.Header, now time.Time) time.Duration {
	if reset, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64); err == nil {
		return max(time.Unix(reset, 0).Sub(now), 0)
	}
	if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
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
	case platforms.Inside(err):
		return &platforms.Rejected{Code: CodeBadServer, Detail: "the server's address is not on the internet"}
	case f.Status == 0 || f.Status < 400 || f.Status >= 500 && f.Status != http.StatusNotImplemented:
		if f.Once && f.Begun {
			return &platforms.Ambiguous{Cause: err}
		}
		return &platforms.Transient{RetryAfter: f.Pause, Cause: err}
	}
	return f.refusal()
}

// refusal reads an answer of the 400s, which comes before anything was done.
func (f *failure) refusal() error {
	switch {
	case f.Status == http.StatusTooManyRequests || f.Name == "RateLimitExceeded":
		return &platforms.RateLimited{RetryAfter: f.Pause}
	case f.Name == expiredToken:
		return &platforms.Transient{RetryAfter: serverPause, Cause: f}
	case f.Status == http.StatusUnauthorized || lostNames[f.Name]:
		return &platforms.AccountLost{Detail: f.Error()}
	case f.Status == http.StatusForbidden:
		return &platforms.PermissionMissing{Rights: []string{right}, Detail: f.Error()}
	case f.Status == http.StatusNotFound || f.Status == http.StatusMethodNotAllowed || f.Status == http.StatusNotImplemented:
		return &platforms.Transient{RetryAfter: serverPause, Cause: f}
	}
	return f.rejected()
}

// refusals are the servers' words, in lower case, and what they mean: the first
// that fits counts (bluesky-social/atproto d6296a1cfd, 2026-08-20:
// pds/src/repo/prepare.ts, actor-store/blob/transactor.ts, lexicon validation).
var refusals = []struct{ words, code string }{
	{"grapheme too big", platforms.IssueTooLong},
	{"string too big", platforms.IssueTooLong},
	{"too large", platforms.IssueFileTooBig},
	{"blob too big", platforms.IssueFileTooBig},
	{"mimetype", platforms.IssueFormat},
	{"mime type", platforms.IssueFormat},
}

// lostBlob are the words about a picture that was uploaded too long ago and was
// thrown away meanwhile; the next Prepare uploads it again.
const lostBlob = "could not find blob"

func (f *failure) rejected() error {
	words := strings.ToLower(f.Message)
	if strings.Contains(words, lostBlob) {
		return &platforms.Transient{Cause: f}
	}
	if f.Status == http.StatusRequestEntityTooLarge {
		return &platforms.Rejected{Code: platforms.IssueFileTooBig, Detail: f.Error()}
	}
	for _, row := range refusals {
		if strings.Contains(words, row.words) {
			return &platforms.Rejected{Code: row.code, Detail: f.Error()}
		}
	}
	return &platforms.Rejected{Code: CodeRefused, Detail: f.Error()}
}
