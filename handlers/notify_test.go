package handlers

import (
	"testing"

	"peyk/social"
)

// A client sees each text once, as it will appear: with its formatting where there is
// any, and plain where the network has none.
func TestDifferentVariants(t *testing.T) {
	bold := social.Text{Plain: "same", Marks: []social.Mark{{Type: "bold", Length: 4}}}
	own := social.Text{Plain: "own", Marks: []social.Mark{{Type: "bold", Length: 3}}}
	h := &Handlers{Text: func(_ social.Platform, v social.Variant) string { return v.Text.Plain }}
	p := social.Post{
		Accounts: []social.Account{{ID: 1, Platform: social.X, ByHand: true}, {ID: 2, Platform: social.Telegram}, {ID: 3, Platform: social.LinkedIn, ByHand: true}},
		Content:  social.Content{Text: bold, Targets: []social.Target{{Account: 1}, {Account: 2}, {Account: 3, Text: &own}}},
	}
	got := h.differentVariants(p)
	if len(got) != 2 || got[0].Account != 2 || !got[0].Text.Equal(bold) || !got[1].Text.Equal(social.Text{Plain: "own"}) {
		t.Errorf("%+v", got)
	}
	p.Content.Toggle(2)
	if got := h.differentVariants(p); len(got) != 2 || len(got[0].Text.Marks) != 0 {
		t.Errorf("without Telegram: %+v", got)
	}
}
