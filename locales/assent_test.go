package locales

import "testing"

// Whoever only agrees asks for no change; whoever says more may.
func TestAssents(t *testing.T) {
	for text, want := range map[string]bool{
		"ok": true, "OK 👍": true, "👍": true, "👍👍": true, "Looks good!": true, "باشه": true, "باشه.": true, "تأیید است": true,
		"تایید می‌شود": true, "عالی‌ست": false, "آره": true, "خوبه 🙏": true, "Thank you!": true, "آرِه": true,
		"": false, "?": false, "…": false, "ok but write ten": false, "باشه ولی ساعت را درست کنید": false, "no": false, "نه": false,
		"🙁": false, "10": false, "good morning at nine": false,
	} {
		if got := Assents(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
