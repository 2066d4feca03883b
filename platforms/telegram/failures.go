package telegram

import (
	"errors"
	"strings"
	"time"

	"peyk/platforms"
	"peyk/social"
)

// The codes of refusals that only this connector gives: locale keys
// "reason.<code>". The others are codes of issues (package platforms).
const (
	CodeRefused      = "refused"       // Telegram's words are in the detail
	CodeBadFile      = "bad_file"      // Telegram cannot read the file
	CodeMediaMissing = "media_missing" // the file is not in our store
	CodeFormatting   = "bad_formatting"
)

// botPause is how long a call waits that the bot's own token or server refused:
// people must mend it, and nothing is lost meanwhile.
const botPause = time.Minute

// A meaning is what a refusal tells about the post.
type meaning int

const (
	refused   meaning = iota // for good, with a code
	lost                     // the channel is gone for the bot
	noRight                  // a right is missing
	staleFile                // the file's id is no longer known
	doubtful                 // part of it may be out
)

// refusals are Telegram's words, in lower case, and what they mean: the first
// that fits counts. Sources: tdlib/telegram-bot-api 10.0 Client.cpp (texts in
// words), the MTProto error lists of its methods (TEXTS_IN_CAPITALS), read in
// May 2026. Every 400 and 403 is an answer before anything was published, save
// those marked doubtful.
var refusals = []struct {
	code  int
	words string
	means meaning
	why   string
}{
	{400, "group send failed", doubtful, ""},
	{400, "message to be replied not found", refused, social.CodeCommentGone},
	{400, "message to reply not found", refused, social.CodeCommentGone},
	{400, "reply_message_id_invalid", refused, social.CodeCommentGone},
	{400, "message to delete not found", refused, social.CodeCommentGone},
	{400, "wrong file identifier", staleFile, ""},
	{400, "wrong remote file identifier", staleFile, ""},
	{400, "file reference", staleFile, ""},
	{400, "file_reference", staleFile, ""},
	{400, "wrong file_id", staleFile, ""},
	{400, "chat not found", lost, ""},
	{400, "channel_private", lost, ""},
	{400, "channel_invalid", lost, ""},
	{400, "peer_id_invalid", lost, ""},
	{400, "group chat was deactivated", lost, ""},
	{400, "need administrator rights", noRight, ""},
	{400, "not enough rights", noRight, ""},
	{400, "have no rights", noRight, ""},
	{400, "chat_admin_required", noRight, ""},
	{400, "chat_write_forbidden", noRight, ""},
	{400, "chat_send_", noRight, ""},
	{400, "caption is too long", refused, platforms.IssueCaptionTooLong},
	{400, "caption_too_long", refused, platforms.IssueCaptionTooLong},
	{400, "message is too long", refused, platforms.IssueTooLong},
	{400, "message_too_long", refused, platforms.IssueTooLong},
	{400, "text is empty", refused, platforms.IssueEmpty},
	{400, "text must be non-empty", refused, platforms.IssueEmpty},
	{400, "message_empty", refused, platforms.IssueEmpty},
	{400, "can't be mixed", refused, platforms.IssueMixedAlbum},
	{400, "can't be sent as an album", refused, platforms.IssueMixedAlbum},
	{400, "photo_invalid_dimensions", refused, platforms.IssueRatio},
	{400, "too big", refused, platforms.IssueFileTooBig},
	{413, "", refused, platforms.IssueFileTooBig},
	{400, "image_process_failed", refused, CodeBadFile},
	{400, "photo_ext_invalid", refused, CodeBadFile},
	{400, "file must be non-empty", refused, CodeBadFile},
	{400, "media_invalid", refused, CodeBadFile},
	{400, "entities_too_long", refused, CodeFormatting},
	{400, "can't parse", refused, CodeFormatting},
	{400, "entity", refused, CodeFormatting},
	{400, "", refused, CodeRefused},
	{403, "was kicked", lost, ""},
	{403, "was blocked", lost, ""},
	{403, "not a member", lost, ""},
	{403, "deactivated", lost, ""},
	{403, "need administrator rights", noRight, ""},
	{403, "not enough rights", noRight, ""},
	{403, "have no rights", noRight, ""},
	{403, "chat_write_forbidden", noRight, ""},
	{403, "", refused, CodeRefused},
}

// failure returns the Failure in err, whether it was given as a value or behind
// a pointer.
func failure(err error) (Failure, bool) {
	var value Failure
	if errors.As(err, &value) {
		return value, true
	}
	var behind *Failure
	if errors.As(err, &behind) {
		return *behind, true
	}
	return Failure{}, false
}

// reads looks the failure up; Telegram's words are compared in lower case.
func (f Failure) reads() (means meaning, why string, known bool) {
	words := strings.ToLower(f.Description)
	for _, row := range refusals {
		if row.code == f.Code && strings.Contains(words, row.words) {
			return row.means, row.why, true
		}
	}
	return doubtful, "", false
}

// stale tells whether Telegram no longer knows a file by its id.
func (f Failure) stale() bool {
	means, _, _ := f.reads()
	return means == staleFile
}

// sorted turns an error of a call into the error that says what is known about
// the post. What Telegram did not answer is ambiguous, unless the client knows
// that nothing left, and so is every code that the table does not know (500s).
func sorted(err error) error {
	f, ok := failure(err)
	switch {
	case typed(err):
		return err
	case !ok || f.Maybe:
		return &platforms.Ambiguous{Cause: err}
	case f.Code == 0:
		return &platforms.Transient{RetryAfter: f.RetryAfter, Cause: err}
	case f.Code == 429:
		return &platforms.RateLimited{RetryAfter: f.RetryAfter}
	case f.Code == 401 || f.Code == 404 || f.Code == 409 || f.MigrateTo != 0:
		return &platforms.Transient{RetryAfter: botPause, Cause: err}
	}
	return f.refusal(err)
}

func (f Failure) refusal(err error) error {
	means, why, known := f.reads()
	switch {
	case !known || means == doubtful:
		return &platforms.Ambiguous{Cause: err}
	case means == lost:
		return &platforms.AccountLost{Detail: f.Description}
	case means == noRight:
		return &platforms.PermissionMissing{Rights: []string{RightPost}, Detail: f.Description}
	case means == staleFile:
		return &platforms.Rejected{Code: CodeBadFile, Detail: f.Description}
	}
	return &platforms.Rejected{Code: why, Detail: f.Description}
}

// typed tells whether err is already one of the errors of package platforms.
func typed(err error) bool {
	var (
		later *platforms.Transient
		no    *platforms.Rejected
	)
	return errors.As(err, &later) || errors.As(err, &no)
}
