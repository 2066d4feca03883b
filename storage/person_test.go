package storage_test

import (
	"testing"

	"peyk/social"
)

// TestBackIsToldOnce blocks and unblocks the bot for somebody with two brands: each
// brand's managers hear that he is gone, and he hears once that he is back (U14).
func TestBackIsToldOnce(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	second, err := l.AddBrand(t.Context(), l.owner.ID, social.Brand{
		AgencyID: l.brand.AgencyID, Name: "Yas", Zone: "Asia/Tehran", Calendar: social.Jalali, Rules: social.DefaultRules(social.Jalali),
	})
	check(t, err)
	i := invited(t, l.Store, l.owner.ID, l.client.ID, second.ID, social.Approver)
	_, err = l.DecideInvitation(t.Context(), l.owner.ID, i.ID, true)
	check(t, err)
	for range 2 { // Telegram says it twice
		check(t, l.LosePerson(t.Context(), l.client.TelegramID))
	}
	for range 2 {
		check(t, l.FindPerson(t.Context(), l.client.TelegramID))
	}
	for kind, want := range map[social.Kind]int{social.PersonLost: 2, social.PersonBack: 1} {
		if n := l.number(t, `SELECT count(*) FROM events WHERE kind = $1`, kind); n != want {
			t.Errorf("%d events of the kind %s, not %d", n, kind, want)
		}
	}
}
