package social

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestWriteGuide(t *testing.T) {
	tests := []struct {
		name string
		by   Role
		part Guide
		text string
		want error
	}{
		{"an owner", Owner, VoiceGuide, "Warm, never stiff.", nil},
		{"a manager, with blanks around it", Manager, StandardsGuide, "  We answer within a day.\n", nil},
		{"a responder", Responder, VoiceGuide, "x", ErrForbidden},
		{"a client", Approver, VoiceGuide, "x", ErrForbidden},
		{"a stranger", "", VoiceGuide, "x", ErrNotFound},
		{"as long as it may be, in Persian", Manager, VoiceGuide, strings.Repeat("گ", 1000), nil},
		{"longer", Manager, VoiceGuide, strings.Repeat("گ", 1001), ErrGuideLong},
		{"cleared", Manager, VoiceGuide, "", nil},
		{"no part", Manager, "secret", "x", ErrOutdated},
	}
	for _, test := range tests {
		b := Brand{Rules: BrandRules{Voice: "before", Standards: "before"}}
		err := WriteGuide(test.part, test.text)(&b, as(test.by))
		want := strings.TrimSpace(test.text)
		if test.want != nil {
			want = "before"
		}
		if !errors.Is(err, test.want) || b.Guide(test.part) != want {
			t.Errorf("%s: %v, it says %.20q", test.name, err, b.Guide(test.part))
		}
	}
	if (Brand{}).Guided() || !(Brand{Rules: BrandRules{Standards: "x"}}).Guided() {
		t.Error("a brand is guided when something is written")
	}
}

// A reply that names working hours can be used where somebody has set them.
func TestUsable(t *testing.T) {
	reply := SavedReply{ID: 1, Lang: "en", Text: "We are open {hours}."}
	tests := []struct {
		name  string
		rules BrandRules
		want  bool
	}{
		{"nobody has said anything", BrandRules{}, false},
		{"hours", BrandRules{WorkFrom: 540, WorkTo: 1080}, true},
		{"a day off", BrandRules{DaysOff: []time.Weekday{time.Friday}}, true},
	}
	for _, test := range tests {
		c := judged("Are you open?")
		c.Brand.Rules = test.rules
		if got := reply.Usable(c.Brand); got != test.want || len(Fitting([]SavedReply{reply}, c, 3)) == 1 != test.want {
			t.Errorf("%s: usable %t", test.name, got)
		}
	}
	if !(SavedReply{Text: "Hello"}).Usable(Brand{}) {
		t.Error("a reply without hours needs none")
	}
}
