package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
)

// Parts are put together as they were: nothing between two halves of a word, a
// line's end where an app parted at one, and the formatting where it was.
func TestJoined(t *testing.T) {
	full := social.Text{Plain: strings.Repeat("🌱", bot.MaxText)}
	part := social.Text{Plain: "bold end", Marks: []social.Mark{{Type: "bold", Offset: 0, Length: 4}}}
	got := joined(full, part)
	if got.Plain != full.Plain+"bold end" || got.Marks[0].Offset != 2*bot.MaxText {
		t.Errorf("%d code points, marks %v", got.Len(), got.Marks)
	}
	short := social.Text{Plain: "first line", Marks: []social.Mark{{Type: "italic", Offset: 0, Length: 5}}}
	got = joined(short, part)
	if got.Plain != "first line\nbold end" || !slices.Equal(got.Marks, []social.Mark{short.Marks[0], {Type: "bold", Offset: 11, Length: 4}}) {
		t.Errorf("%q, marks %v", got.Plain, got.Marks)
	}
	if len(short.Marks) != 1 || part.Marks[0].Offset != 0 {
		t.Error("the parts were changed")
	}
}

func TestContinues(t *testing.T) {
	since := at(t, "2026-11-23T08:00:00Z")
	text := social.Text{Plain: "more"}
	for name, c := range map[string]struct {
		message bot.Received
		want    bool
	}{
		"at once":          {bot.Received{At: since, Text: text}, true},
		"soon":             {bot.Received{At: since.Add(pieceWithin), Text: text}, true},
		"too late":         {bot.Received{At: since.Add(pieceWithin + time.Second), Text: text}, false},
		"before":           {bot.Received{At: since.Add(-time.Second), Text: text}, false},
		"nothing to read":  {bot.Received{At: since, Other: "sticker"}, false},
		"a forwarded text": {bot.Received{At: since, Text: text, Forward: &bot.Origin{}}, false},
		"a picture":        {bot.Received{At: since, Text: text, Media: &social.Media{Kind: social.Photo}}, false},
	} {
		if got := continues(&bot.Request{Message: &c.message}, since); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A part goes to the newest text that is long enough to have been parted.
func TestPieceOf(t *testing.T) {
	now := at(t, "2026-11-23T08:00:00Z")
	long := social.Content{Text: social.Text{Plain: strings.Repeat("a", longPiece)}}
	waiting := map[string]pending{
		"9": {Content: long, At: now.Unix()}, "a1": {Content: long, At: now.Unix()},
		"a2": {Content: social.Content{Text: social.Text{Plain: "short"}}, At: now.Unix()},
		"a3": {Content: long, At: now.Add(-time.Hour).Unix()},
	}
	r := &bot.Request{Message: &bot.Received{At: now, Text: social.Text{Plain: "more"}}}
	if got := pieceOf(r, waiting); got != "a1" {
		t.Errorf("%q, want a1", got)
	}
	delete(waiting, "9")
	delete(waiting, "a1")
	if got := pieceOf(r, waiting); got != "" {
		t.Errorf("%q, want none", got)
	}
}
