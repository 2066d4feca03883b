package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"peyk/emulator"
	"peyk/social"
)

// The digest that people get stands under a picture, in the size that fills a phone.
// With PEYK_PICTURES a folder keeps what was sent, to be looked at.
func TestDigestHasAPicture(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fa", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			path := "testdata/scripts/digest." + lang + ".txt"
			s := newStage(t, beginOf(t, path))
			s.start(t)
			emulator.RunScript(t, s.telegram, path, s.hooks(t))
			s.check(t)
			n := 0
			for _, m := range s.telegram.Messages(1002) {
				if !strings.HasPrefix(m.Caption, "📊") {
					continue
				}
				n++
				data := sentPhoto(t, s.telegram, m)
				if dir := os.Getenv("PEYK_PICTURES"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, lang+".png"), data, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				if shape, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || shape.Width != 1080 || shape.Height != 1350 {
					t.Errorf("a picture of %d × %d (%v)", shape.Width, shape.Height, err)
				}
			}
			if n == 0 {
				t.Error("no digest came under a picture")
			}
		})
	}
}

// A month goes to a client as an album of two pages, the text under the first of them.
func TestReportIsAnAlbum(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fa", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			path := "testdata/scripts/report." + lang + ".txt"
			s := newStage(t, beginOf(t, path))
			s.start(t)
			emulator.RunScript(t, s.telegram, path, s.hooks(t))
			s.check(t)
			var pages []*emulator.Message
			for _, m := range s.telegram.Messages(1002) {
				if m.MediaGroup != "" {
					pages = append(pages, m)
				}
			}
			if len(pages) != 2 || pages[0].MediaGroup != pages[1].MediaGroup || !strings.HasPrefix(pages[0].Caption, "🗓") || pages[1].Caption != "" {
				t.Fatalf("%d pages: %+v", len(pages), pages)
			}
			for n, m := range pages {
				if dir := os.Getenv("PEYK_PICTURES"); dir != "" {
					if err := os.WriteFile(filepath.Join(dir, "report-"+lang+strconv.Itoa(n)+".png"), sentPhoto(t, s.telegram, m), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if dir := os.Getenv("PEYK_PICTURES"); dir != "" {
				all := s.telegram.Messages(1002)
				for _, m := range all {
					if strings.HasPrefix(m.Caption, "📈") {
						_ = os.WriteFile(filepath.Join(dir, "trend-"+lang+".png"), sentPhoto(t, s.telegram, m), 0o600)
					}
				}
			}
		})
	}
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
	broken := easel{nil, make(chan struct{}, 1)}
	for range 3 {
		if _, err := broken.Draw(t.Context(), social.Picture{Brand: "Nobahar"}); err == nil {
			t.Fatal("a painter that is not there drew a picture")
		}
	}
	busy := easel{nil, make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := busy.Draw(ctx, social.Picture{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
