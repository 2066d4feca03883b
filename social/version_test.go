package social

import (
	"errors"
	"slices"
	"testing"
)

// The hash covers every variant's text, media content, first comment and target
// accounts, and nothing else.
func TestHashCoversWhatIsApproved(t *testing.T) {
	base := func() Content {
		return Content{
			Text:    Text{Plain: "سلام", Marks: []Mark{{Type: "bold", Offset: 0, Length: 4}}},
			Media:   []Media{{Kind: Photo, Hash: "aa", FileID: "f1"}},
			Targets: []Target{{Account: 1}, {Account: 2}},
		}
	}
	other := Text{Plain: "other"}
	changes := map[string]func(*Content){
		"text":          func(c *Content) { c.Text.Plain = "سلام!" },
		"a mark":        func(c *Content) { c.Text.Marks[0].Type = "italic" },
		"media content": func(c *Content) { c.Media[0].Hash = "bb" },
		"media kind":    func(c *Content) { c.Media[0].Kind = Document },
		"a description": func(c *Content) { c.Media[0].Alt = "tea" },
		"media order":   func(c *Content) { c.Media = append([]Media{{Kind: Photo, Hash: "cc"}}, c.Media...) },
		"an account":    func(c *Content) { c.Toggle(2) },
		"own text":      func(c *Content) { c.SetText(2, &other) },
		"first comment": func(c *Content) { c.Targets[0].FirstComment = "hi" },
	}
	for name, change := range changes {
		c := base()
		change(&c)
		if c.Hash() == base().Hash() {
			t.Errorf("%s is not covered", name)
		}
	}
	same := map[string]func(*Content){
		"Telegram's file id":    func(c *Content) { c.Media[0].FileID = "f2" },
		"the order of accounts": func(c *Content) { c.Targets[0], c.Targets[1] = c.Targets[1], c.Targets[0] },
		"who is credited":       func(c *Content) { c.Credited = "@someone" },
		"own text that is the same": func(c *Content) {
			text := c.Text
			c.SetText(1, &text)
		},
	}
	for name, change := range same {
		c := base()
		change(&c)
		if c.Hash() != base().Hash() {
			t.Errorf("%s changes the hash", name)
		}
	}
}

func TestChanges(t *testing.T) {
	was := Content{Text: Text{Plain: "one"}, Targets: []Target{{Account: 1}, {Account: 2}}}
	now := was
	now.Text.Plain = "two"
	if got := now.Changes(was); len(got) != 1 || got[0].Code != "text" {
		t.Errorf("one change of the common text shows as %v", got)
	}
	own := Text{Plain: "own"}
	now = was
	now.SetText(2, &own)
	now.Toggle(1)
	now.Toggle(3)
	codes := ""
	for _, c := range now.Changes(was) {
		codes += c.Code + " "
	}
	if codes != "variant account_added account_removed " {
		t.Errorf("got %q", codes)
	}
	now = was
	now.Text.Marks = []Mark{{Type: "bold", Length: 3}}
	if got := now.Changes(was); len(got) != 1 || got[0] != (Change{Code: "text_format"}) {
		t.Errorf("bold shows as %v", got)
	}
	bold := Text{Plain: "own", Marks: now.Text.Marks}
	was.SetText(2, &own)
	now = was
	now.SetText(2, &bold)
	if got := now.Changes(was); len(got) != 1 || got[0] != (Change{Code: "variant_format", Account: 2}) {
		t.Errorf("bold on one account shows as %v", got)
	}
	was.SetText(2, nil)
	if was.Targets[1].Text != nil {
		t.Error("changing a copy changed the original")
	}
}

// Descriptions of the same files are named one by one; of other files there is nothing
// to compare.
func TestChangesOfDescriptions(t *testing.T) {
	was := Content{Media: []Media{{Hash: "a", Alt: "tea"}, {Hash: "b"}, {Hash: "c", Alt: "salt"}, {Hash: "d", Alt: "same"}}}
	now := Content{Media: []Media{{Hash: "a", Alt: "coffee"}, {Hash: "b", Alt: "bread"}, {Hash: "c"}, {Hash: "d", Alt: "same"}}}
	want := []Change{
		{Code: "alt", N: 1, Was: "tea", Now: "coffee"}, {Code: "alt_added", N: 2, Now: "bread"}, {Code: "alt_removed", N: 3, Was: "salt"},
	}
	if got := now.Changes(was); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	now.Media = now.Media[1:]
	if got := now.Changes(was); !slices.Equal(got, []Change{{Code: "media"}}) {
		t.Errorf("other files show as %v", got)
	}
}

// A description is an edit like any other: it takes approvals away, needs the right to
// draft, and goes to the file that was meant or to none.
func TestDescribe(t *testing.T) {
	editor := Member{Role: Editor}
	post := func() Post {
		return Post{State: Approved, Approvals: []Approval{{}}, Content: Content{Media: []Media{{Hash: "a"}, {Hash: "b"}}}}
	}
	was := post()
	p := was
	e, err := p.Describe(editor, 1, "b", "bread")
	if err != nil || e.Kind != PostEdited || p.State != Drafting || len(p.Approvals) != 0 || p.Content.Media[1].Alt != "bread" {
		t.Errorf("%v, %v: %+v", e, err, p)
	}
	if was.Content.Media[1].Alt != "" {
		t.Error("what was before has changed too")
	}
	going := post()
	going.State = Publishing
	for name, c := range map[string]struct {
		post Post
		by   Member
		n    int
		hash string
		want error
	}{
		"a viewer": {post(), Member{Role: Viewer}, 1, "b", ErrForbidden}, "a viewer, of another file": {post(), Member{Role: Viewer}, 0, "b", ErrForbidden},
		"another file": {post(), editor, 0, "b", ErrOutdated},
		"no such file": {post(), editor, 2, "b", ErrOutdated}, "none": {post(), editor, -1, "", ErrOutdated},
		"too late": {going, editor, 1, "b", ErrInPublishing},
	} {
		if _, err := c.post.Describe(c.by, c.n, c.hash, "bread"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
