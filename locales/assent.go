package locales

import (
	"slices"
	"strings"
	"unicode"
)

// assents are words that agree and say nothing else, as Fold spells them. People
// mix the languages, so there is one list.
var assents = strings.Split("ok,okay,k,yes,yep,yeah,sure,fine,good,great,perfect,nice,approved,approve,agreed,confirmed,"+
	"looks good,lgtm,go ahead,all good,thanks,thank you,"+
	"باشه,باشد,اوکی,اوکیه,اکی,بله,بلی,اره,حتما,خوبه,خوب است,عالی,عالیه,عالی است,تایید,تایید است,تاییده,تایید میشه,تایید می شود,"+
	"مورد تایید است,موافقم,مشکلی نیست,مشکلی نداره,بفرستید,منتشر کنید,ممنون,مرسی,سپاس,درسته,درست است", ",")

// Assents tells whether a text does no more than agree: «باشه», "ok 👍", or a
// thumb alone. Signs and smileys do not count.
func Assents(text string) bool {
	words := strings.FieldsFunc(Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if len(words) == 0 {
		return strings.ContainsAny(text, "👍👌✅🙏❤")
	}
	return slices.Contains(assents, strings.Join(words, " "))
}
