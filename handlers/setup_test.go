package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// speaking is a set of handlers that can only speak: no store, no network.
func speaking(t testing.TB) *Handlers {
	t.Helper()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &Handlers{Words: words, Clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))}
}

func someBrand() social.Brand {
	return social.Brand{
		ID: 7, AgencyID: 1, Name: "Nobahar", Zone: "Asia/Tehran", Calendar: social.Jalali,
		Rules: social.DefaultRules(social.Jalali), Slots: social.DefaultSlots(social.Jalali),
	}
}

// labels are the texts of a message's buttons.
func labels(m bot.Message) []string {
	var texts []string
	for _, row := range m.Keyboard {
		for _, b := range row {
			texts = append(texts, b.Text)
		}
	}
	return texts
}

func TestTypedSlots(t *testing.T) {
	h := speaking(t)
	for typed, want := range map[string]social.Slot{
		"Sat 18:00":         {Day: time.Saturday, Minute: 18 * 60},
		"saturday, 9:05":    {Day: time.Saturday, Minute: 9*60 + 5},
		"  TUESDAY 7 ":      {Day: time.Tuesday, Minute: 7 * 60},
		"شنبه ۱۸:۰۰":        {Day: time.Saturday, Minute: 18 * 60},
		"سه‌شنبه ۹:۳۰":      {Day: time.Tuesday, Minute: 9*60 + 30},
		"سه شنبه ساعت ٩:٣٠": {Day: time.Tuesday, Minute: 9*60 + 30},
		"پنج شنبه، ۲۳:۵۹":   {Day: time.Thursday, Minute: 23*60 + 59},
		"جمعه ۱۰":           {Day: time.Friday, Minute: 600},
	} {
		if got, ok := h.typedSlot(typed); !ok || got != want {
			t.Errorf("%q is %v, %v; want %v", typed, got, ok, want)
		}
	}
	for _, typed := range []string{
		"", "Sat", "18:00", "Sat 24:00", "Sat 18:60", "Sat 18:00 20:00", "S 18:00", "someday 18:00", "شنبه یکشنبه ۱۸",
		"Sat Sun 18:00", strings.Repeat("9", 5000),
	} {
		if got, ok := h.typedSlot(typed); ok {
			t.Errorf("%.40q was taken as %v", typed, got)
		}
	}
}

func TestTypedQuietHours(t *testing.T) {
	for typed, want := range map[string][2]int{
		"22:30 تا ۷": {22*60 + 30, 7 * 60}, "22-8": {22 * 60, 8 * 60}, "۲۳:۰۰-۰۷:۰۰": {23 * 60, 7 * 60},
	} {
		if from, to, ok := twoClocks(typed); !ok || from != want[0] || to != want[1] {
			t.Errorf("%q is %d–%d, %v; want %v", typed, from, to, ok, want)
		}
	}
	for _, typed := range []string{"", "22", "22-25", "1 2 3", "never"} {
		if _, _, ok := twoClocks(typed); ok {
			t.Errorf("%q was taken", typed)
		}
	}
}

func TestTypedZones(t *testing.T) {
	h := speaking(t)
	for typed, want := range map[string]string{
		"Asia/Tehran": "Asia/Tehran", "تهران": "Asia/Tehran", "tehran": "Asia/Tehran", " برلین ": "Europe/Berlin",
		"new york": "America/New_York", "karachi": "Asia/Karachi", "Mexico city": "America/Mexico_City", "UTC": "UTC",
	} {
		if got, err := h.findZone(typed); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "Local", "Atlantis", "../etc/passwd", "Asia/../Asia/Tehran", strings.Repeat("x", 5000), "مریخ"} {
		if got, err := h.findZone(typed); err != social.ErrBadZone {
			t.Errorf("%.40q is %q, %v", typed, got, err)
		}
	}
}

func TestOfferedZonesExistAndAreNamed(t *testing.T) {
	h := speaking(t)
	for _, zone := range zones() {
		if !social.ValidZone(zone) {
			t.Errorf("%s is no zone", zone)
		}
		for _, lang := range []string{"fa", "en"} {
			if !h.Words.Has(lang, "zone."+zone) {
				t.Errorf("%s has no name in %s", zone, lang)
			}
		}
	}
	for _, code := range []string{"", "fa", "de-AT", "en", "en-GB", "en-us", "tr", "xx"} {
		if zone := guessZone(code); !social.ValidZone(zone) {
			t.Errorf("the guess for %q is %q", code, zone)
		}
	}
}

func TestProposedBrand(t *testing.T) {
	fa := proposedBrand(social.Person{Lang: "fa"}, "en-GB", "x", 3)
	if fa.Zone != "Asia/Tehran" || fa.Calendar != social.Jalali || fa.Rules.WeekStart != time.Saturday || fa.AgencyID != 3 {
		t.Errorf("for a reader of Persian: %+v", fa)
	}
	en := proposedBrand(social.Person{Lang: "en"}, "en-GB", "x", 3)
	if en.Zone != "Europe/London" || en.Calendar != social.Gregorian || en.Rules.WeekStart != time.Monday {
		t.Errorf("for a reader of English: %+v", en)
	}
	own := proposedBrand(social.Person{Lang: "fa", Zone: "Europe/Paris", Calendar: social.Gregorian}, "fa", "x", 3)
	if own.Zone != "Europe/Paris" || own.Calendar != social.Gregorian {
		t.Errorf("for somebody who has chosen: %+v", own)
	}
}

func TestRulesDoorsByRole(t *testing.T) {
	say := speaking(t).say(social.Person{Lang: "en"})
	b := someBrand()
	manager := labels(rulesCard(say, b, social.Member{Role: social.Manager}))
	approver := labels(rulesCard(say, b, social.Member{Role: social.Approver}))
	if len(manager) != 10 || len(approver) != 2 {
		t.Errorf("the manager has %v, the approver %v", manager, approver)
	}
	if !slices.Contains(approver, say.Label("button.silence")) {
		t.Errorf("the approver lacks the silence policy: %v", approver)
	}
}

func TestStagesKey(t *testing.T) {
	for want, roles := range map[string][]social.Role{
		"stages.none": nil, "stages.client": {social.Approver}, "stages.manager_client": {social.Manager, social.Approver},
		"stages.other": {social.Approver, social.Manager},
	} {
		b := someBrand()
		if err := social.AskStages(roles...)(&b, social.Member{Role: social.Owner}); err != nil {
			t.Fatal(err)
		}
		if got := stagesKey(b.Rules.Stages); got != want {
			t.Errorf("%v is %s, want %s", roles, got, want)
		}
	}
}

// Labels have room on a phone: 15 letters two a row, 9 three a row; data fits.
func TestButtonsFit(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		me := Reader{Person: social.Person{ID: 1 << 40, Name: "Sara", Lang: lang}, Say: h.say(social.Person{Lang: lang})}
		for name, view := range allViews(me) {
			for _, row := range view.Keyboard {
				for _, b := range row {
					checkButton(t, lang+" "+name, b, len(row))
				}
			}
		}
	}
}

func checkButton(t *testing.T, where string, b bot.Button, inRow int) {
	t.Helper()
	room := map[int]int{1: 40, 2: 19, 3: 11, 4: 8}[inRow] // a mark and its space come on top
	if n := utf8.RuneCountInString(b.Text); n == 0 || n > room {
		t.Errorf("%s: %q has %d signs, %d a row", where, b.Text, n, inRow)
	}
	if strings.Contains(b.Text, "⟨") || strings.Contains(b.Text, "{") {
		t.Errorf("%s: %q lacks words", where, b.Text)
	}
	if len(b.Data) > bot.MaxData || (b.Data == "" && b.URL == "") {
		t.Errorf("%s: %q carries %q", where, b.Text, b.Data)
	}
}

// allViews draws every screen of setting up once.
func allViews(me Reader) map[string]bot.Message {
	say, b := me.Say, someBrand()
	b.ID = 1 << 40
	owner := social.Member{Person: me.Person, AgencyID: 1, Role: social.Owner}
	other := social.Member{Person: social.Person{ID: 1 << 41, Name: "Omid"}, BrandID: b.ID, Role: social.Approver}
	accounts := []social.Account{
		{ID: 1, Platform: social.Telegram, Handle: "@nobahar", Missing: []string{"can_post_messages"}},
		{ID: 2, Platform: social.Instagram, ByHand: true}, {ID: 3, Platform: social.Telegram, Handle: "x", Lost: true},
	}
	free := social.Channel{Chat: -1001234567890123, Title: "Nobahar", Missing: []string{"can_post_messages"}}
	views := map[string]bot.Message{
		"home": homeCard(me, homeFacts{
			brands: []social.Brand{b}, places: []social.Member{owner}, agencies: []social.Agency{{ID: 1, Name: "A"}},
			waiting: map[int64]int{b.ID: 3},
		}),
		"bound": bound(me, social.Approver, "Nobahar", "Omid"), "stranger": stranger(say, true),
		"made": madeCard(say, b), "brand": brandCard(say, b, owner, accounts), "rules": rulesCard(say, b, owner),
		"stages": stagesCard(say, b), "silence": silenceCard(say, b), "quiet": quietCard(say, b), "times": timesCard(say, b),
		"people": peopleCard(say, b, owner, []social.Member{owner, other}), "invite": inviteCard(say, b, owner, ""),
		"invite new": inviteCard(say, b, owner, making), "invited": invitedCard(say, b, social.Invitation{Role: social.Approver}, "x"),
		"forward": forwardable(say, social.Invitation{Role: social.Approver}, "x", "https://t.me/x?start=y"),
		"confirm": invitationCard(say, "Omid", social.Approver, "Nobahar", 1<<40), "confirmed": confirmedCard(say, "Omid", social.Invitation{BrandID: 1, Role: social.Viewer}),
		"accounts": new(Handlers).accountsCard(say, b, accounts), "account": accountCard(say, b, accounts[0]), "others": othersCard(say, b, accounts),
		"channel": channelCard(say, b, channelWays{mark: making, add: "https://t.me/x", free: []social.Channel{free}}),
		"offer":   offerCard(say, []social.Brand{b}, free), "connected": connectedCard(say, b, accounts[0], making),
		"settings": settingsCard(me, true), "help": helpCard(say, []social.Member{owner}), "help stranger": helpCard(say, nil),
		"morning": myMorningCard(say, 540),
		"zone": zoneCard(say, zoneDoors{
			head: "x", back: setupDoor(b.ID, making, left),
			set: func(zone string) string { return bot.Data("zone_set", b.ID, 0, zone, making) },
		}),
	}
	for _, role := range social.Roles() {
		for i, m := range welcome(say, role, "Nobahar") {
			views["welcome "+string(role)+itoa(int64(i))] = m
		}
	}
	return views
}

// No screen shows a missing key or an unfilled hole, and each has a way on.
func TestScreensAreWhole(t *testing.T) {
	h := speaking(t)
	for _, lang := range []string{"fa", "en"} {
		me := Reader{Person: social.Person{ID: 5, Name: "Sara", Lang: lang, LangChosen: true}, Say: h.say(social.Person{Lang: lang})}
		for name, view := range allViews(me) {
			if strings.ContainsAny(view.HTML, "⟨{}") || view.HTML == "" {
				t.Errorf("%s %s: %s", lang, name, view.HTML)
			}
			ends := []string{"stranger", "help stranger", "bound", "forward", "welcome approver0"}
			if len(view.Keyboard) == 0 && !slices.Contains(ends, name) {
				t.Errorf("%s %s leads nowhere", lang, name)
			}
		}
	}
}
