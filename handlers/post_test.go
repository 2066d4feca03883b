package handlers

import (
	"slices"
	"strings"
	"testing"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// trailKinds are the events that a post's trail may hold.
func trailKinds() []social.Kind {
	return []social.Kind{
		social.PostDrafted, social.PostEdited, social.PostMoved, social.PostSubmitted, social.PostAgreed, social.PostApproved,
		social.PostChangeAsked, social.PostHeld, social.PostUndone, social.PostStopped, social.PostRestored, social.PostExpired,
		social.PostSilent, social.PostLate, social.PostClaimed, social.PostFinished, social.PostStuck,
		social.DeliveryLive, social.DeliveryHanded, social.DeliveryRejected, social.DeliveryUnknown, social.DeliveryDelayed,
		social.DeliveryPutOff, social.DeliveryAgain, social.DeliveryWithdrawn, social.DeliveryRetried, social.DeliveryDeleted,
	}
}

// Every event of a post has its words, in both languages, whatever its facts.
func TestTrailHasWords(t *testing.T) {
	p := postOfTwo(t)
	moment := at(t, "2026-11-26T14:30:00Z")
	for _, lang := range []string{"fa", "en"} {
		say := inLang(t, lang, p.Brand)
		for _, kind := range trailKinds() {
			for _, f := range []social.Facts{
				{To: moment, Account: 1, State: social.Published},
				{From: moment, To: moment, Again: true, Note: "a <note>", Account: 1, State: social.Failed},
				{From: moment, To: moment, Account: 1, State: social.Failed, Code: "unapproved"},
			} {
				for _, actor := range []int64{0, 1} {
					e := social.TrailLine{Event: social.Event{Kind: kind, Version: 2, Actor: actor, Facts: f, At: moment}}
					if got := trailText(say, p, e); strings.ContainsAny(got, "⟨{}") || strings.Contains(got, "<note>") {
						t.Errorf("%s %s: %s", lang, kind, got)
					}
				}
			}
		}
	}
}

func TestTrailNewestFirst(t *testing.T) {
	p := postOfTwo(t)
	say := inLang(t, "en", p.Brand)
	var events []social.TrailLine
	for i := range 25 {
		events = append(events, social.TrailLine{Event: social.Event{Kind: social.PostSubmitted, Version: i + 1}, Who: "Sara"})
	}
	first, last := trailCard(say, p, events, 0).HTML, trailCard(say, p, events, 99).HTML
	if strings.Index(first, "version 25 ") > strings.Index(first, "version 16 ") || strings.Contains(first, "version 15 ") {
		t.Error(first)
	}
	if !strings.Contains(last, "version 1 ") || strings.Contains(last, "version 6 ") {
		t.Error(last)
	}
	if events[0].Version != 1 {
		t.Error("the caller's trail was turned over")
	}
}

func postOfTwo(t *testing.T) social.Post {
	t.Helper()
	own := social.Text{Plain: "for Instagram"}
	return social.Post{
		ID: 1 << 40, Brand: someBrand(), Author: 1, State: social.Drafting, Version: 3, Slot: at(t, "2026-11-26T14:30:00Z"),
		Content: social.Content{
			Text: social.Text{Plain: "common text"}, Media: []social.Media{{Kind: social.Photo, Hash: "h"}},
			Targets: []social.Target{{Account: 1}, {Account: 2, Text: &own}},
		},
		Accounts: []social.Account{{ID: 1, Platform: social.Telegram, Handle: "@nobahar"}, {ID: 2, Platform: social.Instagram, ByHand: true}},
	}
}

// What would be refused is named with its account, and each has buttons that
// mend it; a hint is no reason.
func TestIssuesCard(t *testing.T) {
	p := postOfTwo(t)
	say := inLang(t, "en", p.Brand)
	card := issuesCard(say, p, []social.Issue{
		{Code: "needs_media", Blocks: true, Account: 2}, {Code: "ratio", Blocks: true, Account: 2, Params: map[string]any{"n": 1, "width": 1, "height": 9}},
		{Code: "formatting_lost", Account: 1},
	})
	if strings.Contains(card.HTML, "Telegram") || strings.Count(card.HTML, "✗") != 2 {
		t.Error(card.HTML)
	}
	want := []string{bot.Data("vtx", p.ID, 3, "2"), bot.Data("acc", p.ID, 3, "2")}
	var got []string
	for _, row := range card.Keyboard {
		for _, b := range row {
			if strings.HasPrefix(b.Data, "v1:vtx") || strings.HasPrefix(b.Data, "v1:acc") {
				got = append(got, b.Data)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A hint that is the same for several accounts is one line; another one, and what would
// be refused, stand by themselves.
func TestSharedHints(t *testing.T) {
	p := postOfTwo(t)
	missing := func(account int64, n int) social.Issue {
		return social.Issue{Code: "no_alt", Account: account, Params: map[string]any{"count": n}}
	}
	for name, c := range map[string]struct {
		issues       []social.Issue
		hints, ready int
	}{
		"the same":         {[]social.Issue{missing(1, 2), missing(2, 2)}, 1, 2},
		"not quite":        {[]social.Issue{missing(1, 2), missing(2, 1)}, 2, 2},
		"one is not taken": {[]social.Issue{missing(1, 2), {Code: "needs_media", Blocks: true, Account: 2}}, 1, 1},
	} {
		lines := strings.Join(accountLines(inLang(t, "en", p.Brand), p, c.issues), "\n")
		if strings.Count(lines, "💡") != c.hints || strings.Count(lines, "✓") != c.ready || strings.Count(lines, "✗") != 2-c.ready {
			t.Errorf("%s:\n%s", name, lines)
		}
		if name == "the same" && !strings.Contains(lines, "Telegram @nobahar, Instagram") {
			t.Error(lines)
		}
	}
}

func TestMessageList(t *testing.T) {
	ids := []int64{1000, 1001, 1002, 1011}
	args := messageList(ids)
	if got := listedMessages(args[0], args[1]); !slices.Equal(got, ids) {
		t.Errorf("%v came back as %v", ids, got)
	}
	far := messageList([]int64{1000, 5000})
	if got := listedMessages(far[0], far[1]); !slices.Equal(got, []int64{1000}) {
		t.Errorf("%v", got)
	}
	if got := listedMessages("-5", "11"); got != nil {
		t.Errorf("a forged list gives %v", got)
	}
}

// The screens of drafting are whole, fit on a phone and have a way on.
func TestDraftScreens(t *testing.T) {
	for _, lang := range []string{"fa", "en"} {
		p := postOfTwo(t)
		say := inLang(t, lang, p.Brand)
		for name, view := range draftViews(t, say, p) {
			if strings.ContainsAny(view.HTML, "⟨{}") || view.HTML == "" {
				t.Errorf("%s %s: %s", lang, name, view.HTML)
			}
			if len(view.Keyboard) == 0 {
				t.Errorf("%s %s leads nowhere", lang, name)
			}
			for _, row := range view.Keyboard {
				for _, b := range row {
					if len(row) < 7 && b.Data != bot.Data("nop", 0, 0) {
						checkButton(t, lang+" "+name, b, len(row))
					}
				}
			}
		}
	}
}

func draftViews(t *testing.T, say locales.Printer, p social.Post) map[string]bot.Message {
	t.Helper()
	s, day := slotted{post: p}, say.Today().Number()+1
	hand := slotted{post: p, delivery: 1 << 40}
	free := freeTimes(say, p.Brand, nil)
	week := brandWeek{brand: p.Brand, place: social.Member{Role: social.Manager}, first: day - 3, posts: []social.Post{p}, brands: 2}
	approved := p
	approved.State = social.Approved
	return map[string]bot.Message{
		"edit": editCard(say, p, true), "edit approved": editCard(say, approved, false), "issues": issuesCard(say, p, []social.Issue{{Code: "needs_media", Blocks: true, Account: 2}}),
		"which": whichAccount(say, p, "vtx", say.Say("post.which_account")), "brand of": brandOfCard(say, []social.Brand{p.Brand}, p.Content, "zzzz"),
		"slot": slotCard(say, s, free), "slot by hand": slotCard(say, hand, free), "month": monthCard(say, hand.days(), say.Today()),
		"hours": hoursCard(say, hand, day, free[:1]), "minutes": minutesCard(say, hand, free[0]),
		"confirm": confirmCard(say, hand, free[0], moveFacts{true, true}), "which hour": whichHour(say, hand, free[:2]),
		"week": weekCard(say, week), "empty week": weekCard(say, brandWeek{brand: p.Brand, first: day}), "gaps": gapsCard(say, week, free),
		"no gaps": gapsCard(say, week, nil), "trail": trailCard(say, p, nil, 0),
	}
}
