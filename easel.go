package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"peyk/pictures"
	"peyk/social"
)

const (
	// easels is how many pictures are drawn at a time: drawing takes a core, and who taps
	// a button meanwhile shall not wait for one.
	easels = 2
	// keptPictures is how many pictures that were drawn ahead lie ready: some 60 KB each.
	keptPictures = 4000
	// keptFor is how long they do.
	keptFor = 24 * time.Hour
)

// An easel draws pictures, a few at a time. What was drawn lies in a folder under the
// hash of what it tells, for whoever reads the same: where that has changed since,
// another picture is drawn.
type easel struct {
	painter *pictures.Painter
	turns   chan struct{}
	ahead   chan struct{} // one picture at a time is drawn ahead
	folder  string
}

// newEasel returns an easel with nothing ready: another version of the program may have
// drawn otherwise.
func newEasel(folder string) (easel, error) {
	p, err := pictures.New()
	return easel{p, make(chan struct{}, easels), make(chan struct{}, 1), folder}, errors.Join(err, os.RemoveAll(folder))
}

// Draw gives a picture that lies ready, or draws it when its turn has come. A fault of
// the painter is an error: what the picture was for goes out without it.
func (e easel) Draw(ctx context.Context, p social.Picture) ([]byte, error) {
	place := e.place(p)
	if ready, err := os.ReadFile(place); err == nil {
		return ready, nil
	}
	drawn, err := e.paint(ctx, e.turns, p)
	if err == nil {
		_ = e.keep(place, drawn) // it is there; Ahead tells of a folder that cannot be written to
	}
	return drawn, err
}

// Ahead draws a picture and lays it ready.
func (e easel) Ahead(ctx context.Context, p social.Picture) error {
	place := e.place(p)
	if _, err := os.Stat(place); err == nil {
		return nil
	}
	drawn, err := e.paint(ctx, e.ahead, p)
	if err != nil {
		return err
	}
	return e.keep(place, drawn)
}

// keep lays a picture ready. Whoever else draws the same lays the same there.
func (e easel) keep(place string, drawn []byte) error {
	if err := e.makeRoom(time.Now()); err != nil {
		return fmt.Errorf("making room for pictures: %w", err)
	}
	part, err := os.CreateTemp(e.folder, "*.part")
	if err != nil {
		return err
	}
	_, err = part.Write(drawn)
	if err := errors.Join(err, part.Close()); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return os.Rename(part.Name(), place)
}

// place is where a picture lies ready.
func (e easel) place(p social.Picture) string {
	told, _ := json.Marshal(p) // strings, numbers and nothing else
	sum := sha256.Sum256(told)
	return filepath.Join(e.folder, hex.EncodeToString(sum[:16]))
}

func (e easel) paint(ctx context.Context, turns chan struct{}, p social.Picture) (drawn []byte, err error) {
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		<-turns
		if fault := recover(); fault != nil {
			err = fmt.Errorf("drawing a picture: %v", fault)
		}
	}()
	return e.painter.Card(p)
}

// makeRoom removes pictures that are old, and the oldest where there are too many.
func (e easel) makeRoom(now time.Time) error {
	if err := os.MkdirAll(e.folder, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(e.folder)
	if err != nil {
		return err
	}
	var kept []fs.FileInfo
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			kept = append(kept, info)
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for i, info := range kept {
		if len(kept)-i < keptPictures && now.Sub(info.ModTime()) < keptFor {
			break
		}
		if err := os.Remove(filepath.Join(e.folder, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
