package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/social"
)

// checkPictures looks at what some scripts have sent to the client omid. With
// PEYK_PICTURES a folder keeps it, to be looked at.
func (s *stage) checkPictures(t *testing.T, script string) {
	t.Helper()
	switch noun, _, _ := strings.Cut(script, "."); noun {
	case "digest":
		s.checkDigest(t, script)
	case "report":
		s.checkReport(t, script)
	}
}

// checkDigest sees that a digest stands under a picture, in the size that fills a phone.
func (s *stage) checkDigest(t *testing.T, script string) {
	t.Helper()
	under := s.captioned("📊")
	if len(under) == 0 {
		t.Error("no digest came under a picture")
	}
	for _, m := range under {
		shape, err := png.DecodeConfig(bytes.NewReader(s.photo(t, m, script)))
		if err != nil || shape.Width != 1080 || shape.Height != 1350 {
			t.Errorf("a picture of %d × %d (%v)", shape.Width, shape.Height, err)
		}
	}
}

// checkReport sees that a month comes as an album of two pages, the text under the
// first of them.
func (s *stage) checkReport(t *testing.T, script string) {
	t.Helper()
	var pages []*emulator.Message
	for _, m := range s.telegram.Messages(1002) {
		if m.MediaGroup != "" {
			pages = append(pages, m)
		}
	}
	if len(pages) != 2 || pages[0].MediaGroup != pages[1].MediaGroup || !strings.HasPrefix(pages[0].Caption, "🗓") || pages[1].Caption != "" {
		t.Fatalf("%d pages: %+v", len(pages), pages)
	}
	for _, m := range append(pages, s.captioned("📈")...) {
		s.photo(t, m, script)
	}
}

// captioned are omid's messages whose caption begins so.
func (s *stage) captioned(begin string) []*emulator.Message {
	var list []*emulator.Message
	for _, m := range s.telegram.Messages(1002) {
		if strings.HasPrefix(m.Caption, begin) {
			list = append(list, m)
		}
	}
	return list
}

// photo is the picture of a message.
func (s *stage) photo(t *testing.T, m *emulator.Message, script string) []byte {
	t.Helper()
	data := sentPhoto(t, s.telegram, m)
	if dir := os.Getenv("PEYK_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", script, m.ID)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

func sentPhoto(t *testing.T, telegram *emulator.Emulator, m *emulator.Message) []byte {
	t.Helper()
	if len(m.Photo) == 0 {
		t.Fatal("a digest without a photo")
	}
	data, ok := telegram.FileData(m.Photo[len(m.Photo)-1].FileID)
	if !ok {
		t.Fatal("its file is not there")
	}
	return data
}

// A fault of the painter is an error, and the next picture has its turn.
func TestEaselLivesOn(t *testing.T) {
	t.Parallel()
	broken := easel{turns: make(chan struct{}, 1), folder: t.TempDir()}
	for range 3 {
		if _, err := broken.Draw(t.Context(), social.Picture{Brand: "Nobahar"}); err == nil {
			t.Fatal("a painter that is not there drew a picture")
		}
	}
	busy := easel{turns: make(chan struct{}), folder: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := busy.Draw(ctx, social.Picture{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// A picture that was drawn ahead lies ready until what it tells has changed; there is
// room for so many, and none stays longer than a day.
func TestPicturesLieReady(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "pictures")
	e, err := newEasel(folder)
	must(t, err)
	week := social.Picture{Brand: "Nobahar", Tiles: []social.Tile{{Label: "Followers", Value: "4"}}}
	must(t, e.Ahead(t.Context(), week))
	ready := easel{turns: make(chan struct{}, 1), folder: folder} // without a painter
	drawn, err := ready.Draw(t.Context(), week)
	if err != nil || len(drawn) < 1000 {
		t.Fatal(len(drawn), err)
	}
	week.Tiles = []social.Tile{{Label: "Followers", Value: "5"}}
	if _, err := ready.Draw(t.Context(), week); err == nil {
		t.Error("what was drawn ahead stands for other numbers")
	}
	if other, err := e.Draw(t.Context(), week); err != nil || bytes.Equal(other, drawn) {
		t.Error("what has changed is not drawn at its hour", err)
	}
	for n := range keptPictures + 10 {
		must(t, os.WriteFile(filepath.Join(folder, strconv.Itoa(n)), nil, 0o600))
	}
	must(t, e.makeRoom(time.Now()))
	left, err := os.ReadDir(folder)
	if err != nil || len(left) >= keptPictures {
		t.Error(len(left), err)
	}
	must(t, e.makeRoom(time.Now().Add(keptFor)))
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Error(len(left), err)
	}
	if _, err := newEasel(folder); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a new program finds the pictures of an old one", err)
	}
}
