package social

import "testing"

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
