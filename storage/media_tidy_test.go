package storage_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peyk/social"
)

// TestUnusedMediaGo: a file goes when it is old and nothing refers to it; a draft,
// an earlier version and a wish that was spoken keep theirs.
func TestUnusedMediaGo(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	save := func(body string) social.Media {
		t.Helper()
		hash, size, err := l.SaveMedia(t.Context(), strings.NewReader(body), 100)
		check(t, err)
		return social.Media{Kind: social.Photo, Hash: hash, Size: size}
	}
	drafted, first, second, spoken, unused := save("drafted"), save("first"), save("second"), save("spoken"), save("unused")
	l.with(t, drafted)
	revised := l.with(t, first)
	l.changes(t, l.owner, revised.ID, func(p *social.Post, me social.Member) (social.Event, error) {
		return p.Submit(me, nil, l.now)
	})
	l.changes(t, l.client, revised.ID, func(p *social.Post, me social.Member) (social.Event, error) {
		return p.AskChange(me, p.Version, "", &spoken)
	})
	l.holds(t, revised.ID, second)

	l.prunes(t, l.now, 0) // none is older
	l.prunes(t, l.now.Add(time.Minute), 1)
	for _, m := range []social.Media{drafted, first, second, spoken} {
		l.keeps(t, m, true)
	}
	l.keeps(t, unused, false)
	l.prunes(t, l.now.Add(time.Minute), 0)
}

// TestPicturesOfRepliesStay: a reply may wait long for somebody's word, and be tried
// again later than that.
func TestPicturesOfRepliesStay(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	hash, size, err := w.store.SaveMedia(t.Context(), strings.NewReader("the menu"), 100)
	check(t, err)
	found, _, err := w.store.Comments(t.Context(), w.ours.owner.ID, social.InboxFilter{Size: 10})
	check(t, err)
	_, err = w.store.UpdateComment(t.Context(), w.ours.owner.ID, found[1].ID, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Answer(by, social.Text{}, &social.Media{Kind: social.Photo, Hash: hash, Size: size}, w.store.Now())
	})
	check(t, err)
	if n, err := w.store.PruneMedia(t.Context(), w.store.Now().Add(time.Minute)); n != 0 || err != nil {
		t.Errorf("deleted %d: %v", n, err)
	}
	f, err := w.store.OpenMedia(t.Context(), hash)
	check(t, err)
	check(t, f.Close())
}

// TestNoMediaYet: before the first file there is no folder.
func TestNoMediaYet(t *testing.T) {
	t.Parallel()
	s := mediaStore(t, filepath.Join(t.TempDir(), "media"))
	if n, err := s.PruneMedia(t.Context(), time.Now()); n != 0 || err != nil {
		t.Errorf("deleted %d: %v", n, err)
	}
}

// TestMediaAside: what a run has left aside is deleted by the next one, and given
// back where somebody has sent it anew or refers to it.
func TestMediaAside(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	hash, _, err := l.SaveMedia(t.Context(), strings.NewReader("wanted again"), 100)
	check(t, err)
	old := l.now.Add(time.Minute)
	m := social.Media{Kind: social.Photo, Hash: hash}
	place := filepath.Join(l.folder, hash[:2], hash)
	putAside := func() { check(t, os.Rename(place, filepath.Join(l.folder, "gone-"+hash))) }

	putAside() // saved anew before the one run and after the other had looked
	check(t, os.Chtimes(filepath.Join(l.folder, "gone-"+hash), time.Time{}, old.Add(time.Minute)))
	other, _, err := l.SaveMedia(t.Context(), strings.NewReader("old"), 100)
	check(t, err)
	l.prunes(t, old, 1)
	l.keeps(t, m, true)
	l.keeps(t, social.Media{Hash: other}, false)

	check(t, os.Chtimes(place, time.Time{}, l.now))
	p := l.with(t, m)
	putAside()
	l.prunes(t, old, 0)
	l.keeps(t, m, true)

	l.holds(t, p.ID, social.Media{Kind: social.Photo, Hash: strings.Repeat("0", 64)})
	putAside()
	l.prunes(t, old, 1)
	l.keeps(t, m, false)
}

func (l *ledger) prunes(t *testing.T, before time.Time, want int) {
	t.Helper()
	if n, err := l.PruneMedia(t.Context(), before); err != nil || n != want {
		t.Errorf("deleted %d, not %d: %v", n, want, err)
	}
}

func (l *ledger) keeps(t *testing.T, m social.Media, want bool) {
	t.Helper()
	f, err := l.OpenMedia(t.Context(), m.Hash)
	if err == nil {
		check(t, f.Close())
	}
	if (err == nil) != want || err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there: %v, want %v", m.Hash[:8], err, want)
	}
}

// with adds a draft that holds the file.
func (l *ledger) with(t *testing.T, m social.Media) social.Post {
	t.Helper()
	p, err := l.AddPost(t.Context(), l.owner.ID, social.Post{Brand: l.brand, Slot: dusk, Content: social.Content{
		Text: social.Text{Plain: "Look"}, Media: []social.Media{m}, Targets: []social.Target{{Account: l.account.ID}},
	}})
	check(t, err)
	return p
}

// holds gives a post another file.
func (l *ledger) holds(t *testing.T, post int64, m social.Media) {
	t.Helper()
	l.changes(t, l.owner, post, func(p *social.Post, me social.Member) (social.Event, error) {
		return p.Edit(me, func(c *social.Content) { c.Media = []social.Media{m} })
	})
}

func (l *ledger) changes(t *testing.T, who social.Person, post int64, rule social.PostRule) {
	t.Helper()
	_, err := l.UpdatePost(t.Context(), who.ID, post, rule)
	check(t, err)
}
