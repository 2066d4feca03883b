package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// aside begins the name of a file that is about to be deleted.
const aside = "gone-"

// PruneMedia deletes the files that were last saved before the given time and that
// no draft, version, reply, spoken wish or typed week refers to. It returns how many there were.
//
// A file is first put aside, and looked for once more: whoever sends the same bytes
// meanwhile makes the file anew, and whoever has come to refer to it gets it back.
func (s *Store) PruneMedia(ctx context.Context, before time.Time) (int, error) {
	old, err := s.oldMedia(before)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	used, err := s.usedMedia(ctx)
	if err != nil {
		return 0, err
	}
	for hash := range old {
		if used[hash] {
			continue
		}
		if err := ignore(os.Rename(s.mediaPath(hash), s.asidePath(hash)), fs.ErrNotExist); err != nil {
			return 0, fmt.Errorf("putting a file aside: %w", err)
		}
	}
	return s.endAside(ctx, before)
}

func (s *Store) asidePath(hash string) string { return filepath.Join(s.media, aside+hash) }

// oldMedia are the hashes of the files that were last saved before the time, also
// of those that an earlier run has left aside.
func (s *Store) oldMedia(before time.Time) (map[string]bool, error) {
	old := map[string]bool{}
	err := filepath.WalkDir(s.media, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() { // no entry comes with an error
			return ignore(err, fs.ErrNotExist) // nobody has sent a file yet
		}
		hash := strings.TrimPrefix(entry.Name(), aside)
		if !isHash(hash) {
			return nil
		}
		info, err := entry.Info()
		if err == nil && info.ModTime().Before(before) {
			old[hash] = true
		}
		return ignore(err, fs.ErrNotExist) // somebody else may be tidying too
	})
	return old, err
}

// usedMedia are the hashes of all files that something refers to.
func (s *Store) usedMedia(ctx context.Context) (map[string]bool, error) {
	var list []string
	err := s.run(ctx, s.clock, func(tx *Tx) error {
		return tx.SelectContext(ctx, &list, `
			SELECT m->>'hash' FROM posts, jsonb_path_query(content, '$.media[*]') AS m
			UNION SELECT m->>'hash' FROM versions, jsonb_path_query(content, '$.media[*]') AS m
			UNION SELECT picture->>'hash' FROM replies WHERE picture IS NOT NULL
			UNION SELECT facts->'voice'->>'hash' FROM events WHERE facts ? 'voice'
			UNION SELECT facts->'picture'->>'hash' FROM events WHERE facts ? 'picture'`)
	})
	if err != nil {
		return nil, fmt.Errorf("asking which files are needed: %w", err)
	}
	used := make(map[string]bool, len(list))
	for _, hash := range list {
		used[hash] = true
	}
	return used, nil
}

// endAside deletes what was put aside, or brings it back where it was made anew or
// is referred to by now.
func (s *Store) endAside(ctx context.Context, before time.Time) (n int, err error) {
	used, err := s.usedMedia(ctx)
	if err != nil {
		return 0, err
	}
	paths, err := filepath.Glob(filepath.Join(s.media, aside+"*"))
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		deleted, failed := s.endOne(path, used, before)
		if deleted {
			n++
		}
		err = errors.Join(err, ignore(failed, fs.ErrNotExist)) // another process was faster
	}
	return n, err
}

func (s *Store) endOne(path string, used map[string]bool, before time.Time) (deleted bool, err error) {
	hash := strings.TrimPrefix(filepath.Base(path), aside)
	if !isHash(hash) {
		return false, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	if used[hash] || !info.ModTime().Before(before) {
		return false, os.Rename(path, s.mediaPath(hash))
	}
	err = os.Remove(path)
	return err == nil, err
}
