package emulator

import (
	"errors"
	"net/http"
)

// refusal is why the page does not do what it was asked for: a code for programs, which is also the key of words for people.
type refusal struct {
	code   string
	status int
}

// Error gives the code.
func (r refusal) Error() string { return r.code }

// Refusals of the page.
var (
	errBadRequest    = refusal{"bad_request", 400}
	errBadJSON       = refusal{"bad_json", 400}
	errForbiddenHost = refusal{"forbidden_host", 403}
	errHeaderMissing = refusal{"header_missing", 403}
	errTooBig        = refusal{"too_big", 413}
	errNoSuch        = refusal{"no_such", 404}
	errUnknownPerson = refusal{"unknown_person", 404}
	errNoChat        = refusal{"no_chat", 404}
	errNoMessage     = refusal{"no_message", 404}
	errBadLink       = refusal{"bad_link", 404}
	errNoControl     = refusal{"no_control", 404}
	errNoRight       = refusal{"no_right", 403}
	errNoButtonThere = refusal{"no_button", 409}
	errNotModified   = refusal{"not_modified", 409}
	errBlocked       = refusal{"blocked", 409}
	errNameTaken     = refusal{"name_taken", 409}
	errNothingDue    = refusal{"nothing_due", 409}
	errFailed        = refusal{"failed", 409}
	errEmpty         = refusal{"empty", 400}
	errTooLong       = refusal{"too_long", 400}
	errTooMany       = refusal{"too_many", 400}
	errBadName       = refusal{"bad_name", 400}
	errBadPhoto      = refusal{"bad_photo", 400}
	errBadFile       = refusal{"bad_file", 415}
)

// refuse answers with a code and words, in the language of the phone it is shown on. What is no refusal of ours is written to
// the log and shown as a plain "that did not work".
func (g *Page) refuse(w http.ResponseWriter, p *Phone, err error) {
	var why refusal
	if !errors.As(err, &why) {
		g.e.opts.Log("emulator: page: %v", err)
		why = errFailed
	}
	lang := g.opts.Lang
	if p != nil && p.User().LanguageCode != "" {
		lang = p.User().LanguageCode
	}
	words := pageWords()[why.code]
	text := words.en
	if lang == "fa" {
		text = words.fa
	}
	g.reply(w, why.status, map[string]string{"error": why.code, "text": text})
}

type bilingual struct{ fa, en string }

func pageWords() map[string]bilingual {
	return map[string]bilingual{
		"bad_request":    {"این درخواست درست نیست.", "That request is not right."},
		"bad_json":       {"این درخواست خوانده نمی‌شود.", "That request cannot be read."},
		"forbidden_host": {"این صفحه فقط روی همین رایانه باز می‌شود.", "This page opens on this computer only."},
		"header_missing": {"این درخواست از خود صفحه نیامده است.", "That request did not come from the page."},
		"too_big":        {"این پرونده بیش از اندازه بزرگ است.", "That file is too big."},
		"no_such":        {"چنین چیزی اینجا نیست.", "There is no such thing here."},
		"unknown_person": {"چنین کسی در این دنیا نیست.", "There is nobody like that in this world."},
		"no_chat":        {"این گفتگو برای این شخص باز نیست.", "This chat is not open to this person."},
		"no_message":     {"این پیام دیگر آنجا نیست.", "That message is not there any more."},
		"bad_link":       {"این پیوند به جایی نمی‌رسد.", "That link leads nowhere."},
		"no_control":     {"اینجا نمی‌شود آن را تغییر داد.", "That cannot be changed here."},
		"no_right":       {"این شخص چنین اجازه‌ای ندارد.", "This person may not do that."},
		"no_button":      {"این دکمه دیگر آنجا نیست.", "That button is not there any more."},
		"not_modified":   {"چیزی تغییر نکرده است.", "Nothing has changed."},
		"blocked":        {"این شخص ربات را بسته است.", "This person has blocked the bot."},
		"name_taken":     {"این نام از آنِ دیگری است.", "That name is taken."},
		"nothing_due":    {"هیچ پستی در نوبت انتشار نیست.", "No post is waiting for its time."},
		"failed":         {"این کار نشد. دوباره امتحان کنید.", "That did not work. Please try again."},
		"empty":          {"چیزی برای فرستادن نیست.", "There is nothing to send."},
		"too_long":       {"این متن بیش از اندازه بلند است.", "That text is too long."},
		"too_many":       {"این تعداد با هم فرستاده نمی‌شود.", "That is too many at once."},
		"bad_name":       {"این نام پذیرفته نمی‌شود.", "That name cannot be used."},
		"bad_photo":      {"این عکس پذیرفته نمی‌شود.", "That photo cannot be used."},
		"bad_file":       {"این نوع پرونده اینجا فرستاده نمی‌شود.", "That kind of file cannot be sent this way."},
	}
}
