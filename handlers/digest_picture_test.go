package handlers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"peyk/bot"
	"peyk/social"
)

// A digest whose picture cannot be drawn goes out as it is, and one that can be keeps
// its words and buttons.
func TestDigestWithoutPicture(t *testing.T) {
	h := speaking(t)
	h.Log = slog.New(slog.DiscardHandler)
	d := longestDigest("fa")
	say := h.sayIn(social.Person{Lang: "fa"}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
	plain := bot.Message{HTML: "words", NoPreview: true}
	h.Paint = func(context.Context, social.Picture) ([]byte, error) { return nil, errors.New("no paint") }
	if m := h.pictured(t.Context(), plain, digestPicture(say, d)); m.HTML != "words" || len(m.Media) != 0 {
		t.Errorf("%+v", m)
	}
	h.Paint = func(context.Context, social.Picture) ([]byte, error) { return []byte("drawn"), nil }
	m := h.pictured(t.Context(), plain, digestPicture(say, d))
	if m.HTML != "words" || len(m.Media) != 1 || m.Open == nil {
		t.Fatalf("%+v", m)
	}
	file, err := m.Open(t.Context(), m.Media[0].Hash)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(file); err != nil || string(data) != "drawn" {
		t.Errorf("%q, %v", data, err)
	}
}

// What is not known has no value in the picture; nothing is made a zero.
func TestPictureTellsWhatIsKnown(t *testing.T) {
	h := speaking(t)
	d := longestDigest("en")
	say := h.sayIn(social.Person{Lang: "en"}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
	for _, tile := range digestPicture(say, d).Tiles {
		if tile.Value == "" || tile.Change == "" {
			t.Errorf("all is known, and the picture has %+v", tile)
		}
	}
	d.Weeks = []social.Figures{{Known: false}}
	for _, tile := range digestPicture(say, d).Tiles {
		if tile.Value != "" || tile.Change != "" || tile.Label == "" {
			t.Errorf("nothing is known, and the picture has %+v", tile)
		}
	}
	chart := digestPicture(say, d).Chart
	if len(chart.Days) != 7 || chart.Empty == "" {
		t.Errorf("%+v", chart)
	}
}

// The line of followers is drawn where at least two days know theirs.
func TestPictureOfFollowers(t *testing.T) {
	h := speaking(t)
	d := longestDigest("en")
	say := h.sayIn(social.Person{Lang: "en"}, d.Brand).At(d.Week.To.Add(9 * time.Hour))
	d.Followers = make([]social.Figure, 7)
	d.Followers[2] = social.Figure{Known: true, N: 120}
	if c := digestPicture(say, d).Chart; c.Line != "" {
		t.Errorf("one day makes a line: %+v", c)
	}
	d.Followers[3] = social.Figure{Known: true, N: 135}
	c := digestPicture(say, d).Chart
	if c.Line == "" || c.Days[3].Point != (social.Amount{Known: true, N: 135}) || c.Days[4].Point.Known || len(c.Days[3].Name) != 3 {
		t.Errorf("%+v", c)
	}
}
