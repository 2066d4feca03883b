package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrSame is a drawing's word that a message shows already what it should.
var ErrSame = errors.New("the message shows it already")

// ErrGone is a message that no longer stands where it should be edited, or that
// Telegram does not let the bot edit any more: send it afresh.
var ErrGone = errors.New("the message is gone")

// ErrTooLong is a text that does not fit into the message to be edited.
var ErrTooLong = errors.New("the text is too long for one message")

// An Error is a call of the Bot API that did not succeed.
type Error struct {
	Method      string
	Code        int           // Telegram's error code; 0: no answer came
	Description string        // Telegram's words, or what broke; never with the token
	RetryAfter  time.Duration // with code 429
	MigrateTo   int64         // the group is now this chat
	// Maybe is true when the call may have been carried out: the request had been
	// written and no answer of Telegram came, or only "internal error".
	Maybe bool

	cause error
}

// Error tells the method, the code and Telegram's words.
func (e *Error) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("telegram %s: %s", e.Method, e.Description)
	}
	return fmt.Sprintf("telegram %s: %d %s", e.Method, e.Code, e.Description)
}

// Unwrap gives a context's error or the error of opening a file, if that was it.
func (e *Error) Unwrap() error { return e.cause }

// says tells whether err is Telegram's refusal with this code (0: any) in one of
// these words, which are in lower case.
func says(err error, code int, words ...string) bool {
	var e *Error
	if !errors.As(err, &e) || (code != 0 && e.Code != code) {
		return false
	}
	text := strings.ToLower(e.Description)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// IsNotModified tells whether an edit would have changed nothing.
func IsNotModified(err error) bool { return says(err, 400, "message is not modified") }

// IsGone tells whether the message to edit, delete or answer is not there, or
// can no longer be changed.
func IsGone(err error) bool {
	return errors.Is(err, ErrGone) || says(err, 400,
		"message to edit not found", "message to delete not found", "message can't be edited",
		"message can't be deleted", "message_id_invalid", "message not found")
}

// IsBlocked tells whether nothing can be sent to the chat at all: the person
// blocked the bot or is gone, or the bot was removed (code 403), or the chat is
// unknown.
func IsBlocked(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == 403 || says(err, 400, "chat not found", "peer_id_invalid")
}

// IsOldQuery tells whether the tap can no longer be answered.
func IsOldQuery(err error) bool {
	return says(err, 400, "query is too old", "query id is invalid", "query_id_invalid")
}

// IsParse tells whether Telegram could not read the formatting.
func IsParse(err error) bool {
	return says(err, 400, "can't parse entities", "can't parse message text", "can't parse caption")
}

// isMaybe tells whether the call may have been carried out.
func isMaybe(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Maybe
}

// never tells whether the call provably was not carried out and another try may
// help: nobody answered because nothing was asked.
func never(err error) bool {
	var e *Error
	var open *openError
	return errors.As(err, &e) && e.Code == 0 && !e.Maybe && !errors.As(err, &open)
}

// errUnanswered says that an update had its effect, and that Telegram was not
// there to take the answer to it.
var errUnanswered = errors.New("the answer did not go out")

// unreached tells whether Telegram was not there, or too busy, for the call.
func unreached(err error) bool {
	var e *Error
	var open *openError
	return errors.As(err, &e) && (e.Code == 0 || e.Code == 429 || e.Code >= 500) && !errors.As(err, &open)
}

// retryAfter is how long Telegram asks to wait; 0: it does not.
func retryAfter(err error) time.Duration {
	var e *Error
	if !errors.As(err, &e) || e.Code != 429 {
		return 0
	}
	return max(e.RetryAfter, time.Second)
}
