package social

import "testing"

// Which words ring in quiet hours.
func TestRings(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		text string
		loud bool
		want bool
	}{
		{"a complaint", CommentCame, "Terrible", false, false},
		{"a complaint where the brand wants it", CommentCame, "Terrible", true, true},
		{"praise there", CommentCame, "Lovely", true, false},
		{"a complaint that waited too long", CommentStale, "Terrible", true, true},
		{"the other events of a complaint", CommentRefused, "Terrible", true, false},
		{"a reply that failed, always", CommentFailed, "Lovely", false, true},
	}
	for _, test := range tests {
		a := Affair{Event: Event{Kind: test.kind}, Brand: Brand{Rules: BrandRules{LoudBad: test.loud}}, Comment: judged(test.text)}
		if got := a.Rings(); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
	burst := Affair{Event: Event{Kind: CommentsFolded}, Brand: Brand{Rules: BrandRules{LoudBad: true}}, Fold: Fold{Bad: 1}}
	if !burst.Rings() {
		t.Error("a burst with a complaint does not ring")
	}
	if burst.Fold.Bad = 0; burst.Rings() {
		t.Error("a burst without one rings")
	}
}
