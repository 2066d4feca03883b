package handlers

import (
	"strings"
	"testing"
	"unicode/utf8"

	"peyk/social"
)

func TestHomeCountsOnlyWhatWaitsForTheReader(t *testing.T) {
	b, other := someBrand(), someBrand()
	other.ID, other.AgencyID = 8, 2
	approver := social.Member{Person: social.Person{ID: 5}, AgencyID: 1, BrandID: b.ID, Role: social.Approver}
	review := social.Post{
		Brand: b, State: social.InReview, Eligible: []social.Member{approver},
		Content: social.Content{Text: social.Text{Plain: "x"}}, Version: 1,
	}
	failed := social.Post{Brand: b, State: social.Failed}
	foreign := review
	foreign.Brand = other
	foreignFailed := social.Post{Brand: other, State: social.Failed}
	posts := []social.Post{review, failed, foreign, foreignFailed}
	if n := waitingFor(posts, []social.Member{approver}); n[b.ID] != 1 || n[other.ID] != 0 {
		t.Errorf("the approver waits for %v", n)
	}
	owner := social.Member{Person: social.Person{ID: 6}, AgencyID: 1, Role: social.Owner}
	if n := waitingFor(posts, []social.Member{owner}); n[b.ID] != 1 || n[other.ID] != 0 {
		t.Errorf("the owner waits for %v", n)
	}
}

func TestOnlyOwnersMakeBrands(t *testing.T) {
	h := speaking(t)
	me := Reader{Person: social.Person{ID: 5, LangChosen: true}, Say: h.say(social.Person{Lang: "en"})}
	b := someBrand()
	for _, role := range social.Roles() {
		m := social.Member{AgencyID: 1, BrandID: b.ID, Role: role}
		if role == social.Owner {
			m.BrandID = 0
		}
		made := newBrands(me, homeFacts{brands: []social.Brand{b}, places: []social.Member{m}})
		if (len(made) == 1) != (role == social.Owner) {
			t.Errorf("%s is offered %v", role, made)
		}
	}
}

func TestSampleIsLabelledAndDead(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	views := welcome(say, social.Approver, "Nobahar")
	if len(views) != 2 {
		t.Fatalf("an approver gets %d messages", len(views))
	}
	card := views[1]
	if !strings.Contains(card.HTML, "sample") {
		t.Errorf("the sample does not say so: %s", card.HTML)
	}
	for _, row := range card.Keyboard {
		for _, b := range row {
			if !strings.HasPrefix(b.Data, "v1:sample:") {
				t.Errorf("%q would do %q", b.Text, b.Data)
			}
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		say := h.say(social.Person{Lang: lang})
		for _, key := range []string{"start.stranger", "help.stranger", "rule.bad_link"} {
			if strings.Contains(say.Say(key), "{") {
				t.Errorf("%s of %s tells of something", key, lang)
			}
		}
	}
}

func TestHelpFollowsTheRole(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	text := func(r social.Role) string { return helpCard(say, []social.Member{{Role: r}}).HTML }
	for _, c := range []struct {
		role social.Role
		key  string
		want bool
	}{
		{social.Approver, "help.approve", true}, {social.Approver, "help.setup", false}, {social.Approver, "help.draft", false},
		{social.Manager, "help.setup", true}, {social.Manager, "help.approve", false}, {social.Editor, "help.draft", true},
		{social.Editor, "help.plan", false}, {social.Viewer, "help.approve", false},
	} {
		if got := strings.Contains(text(c.role), say.Say(c.key)); got != c.want {
			t.Errorf("%s reads %s: %v", c.role, c.key, got)
		}
	}
}

func TestCommandsInBothLanguages(t *testing.T) {
	h := speaking(t)
	fa, en := h.Commands("fa", PrivateChats), h.Commands("en", PrivateChats)
	if len(fa) == 0 || len(fa) != len(en) || len(h.Commands("fa", GroupChats)) != 0 {
		t.Fatalf("fa has %d, en %d", len(fa), len(en))
	}
	for i := range fa {
		if fa[i].Name != en[i].Name || fa[i].Description == en[i].Description || strings.Contains(fa[i].Description, "⟨") {
			t.Errorf("%v and %v", fa[i], en[i])
		}
	}
}

// What the bot says of itself fits where Telegram shows it (Bot API 10.3).
func TestAboutFits(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		short, long := h.About(lang)
		if n := utf8.RuneCountInString(short); n == 0 || n > 120 {
			t.Errorf("%s: %d characters for the profile: %s", lang, n, short)
		}
		if n := utf8.RuneCountInString(long); n == 0 || n > 512 {
			t.Errorf("%s: %d characters for an empty chat: %s", lang, n, long)
		}
	}
}

func TestHomeTurnsPages(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	brands := make([]social.Brand, 45)
	for i := range brands {
		brands[i].ID = int64(i + 1)
	}
	for _, c := range []struct{ page, first, shown, turns int }{
		{0, 1, 20, 1}, {1, 21, 20, 2}, {2, 41, 5, 1}, {9, 41, 5, 1}, {-3, 1, 20, 1},
	} {
		got, turns := pageOf(say, brands, c.page)
		if len(got) != c.shown || got[0].ID != int64(c.first) || len(turns) != 1 || len(turns[0]) != c.turns {
			t.Errorf("page %d shows %d from %d, turns %v", c.page, len(got), got[0].ID, turns)
		}
	}
	if got, turns := pageOf(say, nil, 0); len(got) != 0 || len(turns) != 0 {
		t.Errorf("without brands: %v %v", got, turns)
	}
}
