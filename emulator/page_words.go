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
	errBadRequest    = refusal{"request", 400}
	errBadJSON       = refusal{"bad_json", 400}
	errForbiddenHost = refusal{"forbidden_host", 403}
	errHeaderMissing = refusal{"header_missing", 403}
	errTooBig        = refusal{"too_big", 413}
	errNoSuch        = refusal{"no_such", 404}
	errUnknownPerson = refusal{"nobody", 404}
	errNoChat        = refusal{"chat", 404}
	errNoMessage     = refusal{"message", 404}
	errBadLink       = refusal{"bad_link", 404}
	errNoControl     = refusal{"control", 404}
	errNoRight       = refusal{"right", 403}
	errNoButtonThere = refusal{"button", 409}
	errNotModified   = refusal{"not_modified", 409}
	errBlocked       = refusal{"blocked", 409}
	errNameTaken     = refusal{"taken", 409}
	errNothingDue    = refusal{"due", 409}
	errNobodyIn      = refusal{"nobody_in", 409}
	errFailed        = refusal{"failed", 409}
	errEmpty         = refusal{"empty", 400}
	errTooLong       = refusal{"too_long", 400}
	errTooMany       = refusal{"files", 400}
	errBadName       = refusal{"bad_name", 400}
	errBadPhoto      = refusal{"bad_photo", 400}
	errBadFile       = refusal{"kind", 415}
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
		"request":        {"این درخواست درست نیست.", "That request is not right."},
		"bad_json":       {"این درخواست خوانده نمی‌شود.", "That request cannot be read."},
		"forbidden_host": {"این صفحه فقط روی همین رایانه باز می‌شود.", "This page opens on this computer only."},
		"header_missing": {"این درخواست از خود صفحه نیامده است.", "That request did not come from the page."},
		"too_big":        {"این پرونده بیش از اندازه بزرگ است.", "That file is too big."},
		"no_such":        {"چنین چیزی اینجا نیست.", "There is no such thing here."},
		"nobody":         {"چنین کسی در این دنیا نیست.", "There is nobody like that in this world."},
		"chat":           {"این گفتگو برای این شخص باز نیست.", "This chat is not open to this person."},
		"message":        {"این پیام دیگر آنجا نیست.", "That message is not there any more."},
		"bad_link":       {"این پیوند به جایی نمی‌رسد.", "That link leads nowhere."},
		"control":        {"اینجا نمی‌شود آن را تغییر داد.", "That cannot be changed here."},
		"right":          {"این شخص چنین اجازه‌ای ندارد.", "This person may not do that."},
		"button":         {"این دکمه دیگر آنجا نیست.", "That button is not there any more."},
		"not_modified":   {"چیزی تغییر نکرده است.", "Nothing has changed."},
		"blocked":        {"این شخص ربات را بسته است.", "This person has blocked the bot."},
		"taken":          {"این نام از آنِ دیگری است.", "That name is taken."},
		"due":            {"هیچ پستی در نوبت انتشار نیست.", "No post is waiting for its time."},
		"nobody_in":      {"هیچ حسابی به بلواسکای وصل نیست.", "No account is connected to Bluesky."},
		"failed":         {"این کار نشد. دوباره امتحان کنید.", "That did not work. Please try again."},
		"empty":          {"چیزی برای فرستادن نیست.", "There is nothing to send."},
		"too_long":       {"این متن بیش از اندازه بلند است.", "That text is too long."},
		"files":          {"این تعداد با هم فرستاده نمی‌شود.", "That is too many at once."},
		"bad_name":       {"این نام پذیرفته نمی‌شود.", "That name cannot be used."},
		"bad_photo":      {"این عکس پذیرفته نمی‌شود.", "That photo cannot be used."},
		"kind":           {"این نوع پرونده اینجا فرستاده نمی‌شود.", "That kind of file cannot be sent this way."},
	}
}
