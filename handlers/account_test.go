package handlers

import (
	"strings"
	"testing"

	"peyk/social"
)

func TestConnectedOrWhatIsMissing(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	b := someBrand()
	a := social.Account{Platform: social.Telegram, Handle: "@nobahar"}
	if card := connectedCard(say, b, a, ""); !strings.Contains(card.HTML, "ready") || strings.Contains(card.HTML, "rights") {
		t.Errorf("with all rights: %s", card.HTML)
	}
	a.Missing = []string{"can_post_messages"}
	if card := connectedCard(say, b, a, ""); !strings.Contains(card.HTML, say.Plain("right.can_post_messages")) {
		t.Errorf("does not name the right: %s", card.HTML)
	}
}

func TestHandles(t *testing.T) {
	for typed, want := range map[string]string{
		"@nobahar": "@nobahar", " Café Nobahar ": "Café Nobahar", "https://www.instagram.com/nobahar/?hl=fa": "@nobahar",
		"https://x.com/@nobahar": "@nobahar",
	} {
		if got, err := cleanHandle(typed); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "   ", strings.Repeat("x", 65)} {
		if got, err := cleanHandle(typed); err != social.ErrBadName {
			t.Errorf("%.20q is %q, %v", typed, got, err)
		}
	}
}

func TestChannelLink(t *testing.T) {
	want := "https://t.me/peyk_bot?startchannel&admin=post_messages+edit_messages+delete_messages"
	if got := addToChannel("https://t.me/peyk_bot?start="); got != want {
		t.Errorf("the link is %s", got)
	}
}

func TestTogglesNameTheStateTheyLeadTo(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	card := othersCard(say, someBrand(), []social.Account{{ID: 2, Platform: social.Instagram, ByHand: true}})
	on, off := 0, 0
	for _, row := range card.Keyboard {
		for _, b := range row {
			switch {
			case strings.HasPrefix(b.Data, "v1:toggle:") && strings.HasSuffix(b.Data, ":0"):
				on++
			case strings.HasPrefix(b.Data, "v1:toggle:"):
				off++
			}
		}
	}
	if on != 1 || off != 5 {
		t.Errorf("%d toggles are on, %d off", on, off)
	}
}
