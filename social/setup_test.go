package social

import (
	"slices"
	"testing"
	"time"
)

func brandOf() Brand {
	return Brand{ID: 1, Name: "x", Zone: "Asia/Tehran", Calendar: Jalali, Rules: DefaultRules(Jalali), Slots: DefaultSlots(Jalali)}
}

func TestOnlyClientsLetSilencePublish(t *testing.T) {
	want := map[Role]error{
		Owner: ErrNotClient, Manager: ErrNotClient, Editor: ErrNotClient, Responder: ErrNotClient,
		Approver: nil, Viewer: ErrNotClient, "": ErrNotFound,
	}
	for role, err := range want {
		b := brandOf()
		if got := TakeSilence(SilencePublish)(&b, Member{Role: role}); got != err {
			t.Errorf("%s lets silence publish: %v, want %v", role, got, err)
		}
		if switched := b.Rules.Silence == SilencePublish; switched != (err == nil) {
			t.Errorf("%s: silence publishes = %v after %v", role, switched, err)
		}
	}
	for _, role := range []Role{Owner, Manager, Approver} {
		b := brandOf()
		b.Rules.Silence = SilencePublish
		if err := TakeSilence(SilenceHold)(&b, Member{Role: role}); err != nil || b.Rules.Silence != SilenceHold {
			t.Errorf("%s ends it: %v", role, err)
		}
	}
}

func TestSettingsNeedTheRight(t *testing.T) {
	settings := map[string]Setting{
		"name": Rename("y"), "zone": MoveZone("Europe/Berlin"), "calendar": UseCalendar(Gregorian), "week": StartWeek(time.Sunday),
		"stages": AskStages(), "need": AskNeed(All), "own": AllowOwn(true), "quiet": KeepQuiet(0, 60),
		"add": AddSlot(Slot{Day: time.Monday, Minute: 5}), "drop": DropSlot(Slot{Day: time.Monday, Minute: 18 * 60}),
	}
	for name, set := range settings {
		for _, role := range append(Roles(), "") {
			b := brandOf()
			err := set(&b, Member{Role: role})
			if allowed := role == Owner || role == Manager; (err == nil) != allowed {
				t.Errorf("%s by %q: %v", name, role, err)
			}
		}
	}
}

func TestSettingsRefuseNonsense(t *testing.T) {
	me := Member{Role: Manager}
	for name, set := range map[string]Setting{
		"empty name": Rename(" "), "no zone": MoveZone("Mars/Base"), "local": MoveZone("Local"), "path": MoveZone("../etc/passwd"),
		"calendar": UseCalendar("lunar"), "four stages": AskStages(Manager, Owner, Manager, Approver), "viewer": AskStages(Viewer),
		"quiet": KeepQuiet(0, 1440), "slot": AddSlot(Slot{Day: time.Monday, Minute: 1440}), "silence": TakeSilence("maybe"),
	} {
		b := brandOf()
		if err := set(&b, me); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAddSlotOnceAndInOrder(t *testing.T) {
	b := brandOf()
	b.Slots = nil
	for _, s := range []Slot{{Day: 2, Minute: 600}, {Day: 1, Minute: 900}, {Day: 1, Minute: 60}, {Day: 2, Minute: 600}} {
		if err := AddSlot(s)(&b, Member{Role: Manager}); err != nil {
			t.Fatal(err)
		}
	}
	want := []Slot{{Day: 1, Minute: 60}, {Day: 1, Minute: 900}, {Day: 2, Minute: 600}}
	if len(b.Slots) != len(want) {
		t.Fatalf("slots %v, want %v", b.Slots, want)
	}
	for i := range want {
		if b.Slots[i] != want[i] {
			t.Errorf("slot %d is %v, want %v", i, b.Slots[i], want[i])
		}
	}
}

func TestStagesKeepTheirNeed(t *testing.T) {
	b := brandOf()
	me := Member{Role: Owner}
	for _, set := range []Setting{AskNeed(All), AskStages(Manager, Approver)} {
		if err := set(&b, me); err != nil {
			t.Fatal(err)
		}
	}
	if s := b.Rules.Stages; len(s) != 2 || s[0] != (Stage{Manager, Any}) || s[1] != (Stage{Approver, All}) {
		t.Errorf("stages are %v", s)
	}
}

// The calendar by which a brand lives brings the usual beginning of its weeks, with it the
// digest's day, and the usual posting times; what somebody has chosen stays.
func TestCalendarBringsItsWeek(t *testing.T) {
	nine := func(d time.Weekday) Slot { return Slot{Day: d, Minute: 9 * 60} }
	own := []Slot{{Day: time.Friday, Minute: 600}}
	for _, c := range []struct {
		name   string
		chosen []Setting
		digest Slot
		slots  []Slot
	}{
		{"nothing was chosen", nil, nine(time.Monday), DefaultSlots(Gregorian)},
		{"there and back and there", []Setting{UseCalendar(Gregorian), UseCalendar(Jalali)}, nine(time.Monday), DefaultSlots(Gregorian)},
		{"the week begins on Sundays", []Setting{StartWeek(time.Sunday)}, nine(time.Sunday), DefaultSlots(Gregorian)},
		{"the digest comes on Wednesdays", []Setting{TellWeeks(nine(time.Wednesday), time.Now())}, nine(time.Wednesday), DefaultSlots(Gregorian)},
		{"posting times of its own", []Setting{func(b *Brand, _ Member) error { b.Slots = own; return nil }}, nine(time.Monday), own},
	} {
		b := brandOf()
		if b.DigestSlot() != nine(time.Saturday) {
			t.Fatalf("a Jalali brand is told at %+v", b.DigestSlot())
		}
		for _, set := range append(c.chosen, UseCalendar(Gregorian)) {
			if err := set(&b, Member{Role: Manager}); err != nil {
				t.Fatal(err)
			}
		}
		if b.DigestSlot() != c.digest || !slices.Equal(b.Slots, c.slots) {
			t.Errorf("%s: told at %+v, posts at %v", c.name, b.DigestSlot(), b.Slots)
		}
	}
}
