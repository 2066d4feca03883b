package social

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// report is one thing that is told of a comment, minute by minute.
func report(id string, kind ToldKind, minute int, text string) Told {
	at := time.Date(2026, 11, 28, 10, minute, 0, 0, time.UTC)
	t := Told{Kind: kind, Heard: Heard{Remote: id, Text: text, At: at}}
	switch kind {
	case ToldNew:
		t.Author, t.Post.Remote = "Sara", "9"
	case ToldEdited:
		t.Edited = at
	case ToldDeleted:
	}
	return t
}

// F28: whatever the order and however often, one comment is told once, with its
// newest words.
func TestSettledInAnyOrder(t *testing.T) {
	t.Parallel()
	all := []Told{
		report("a", ToldNew, 1, "opne?"), report("a", ToldEdited, 3, "open today?"), report("a", ToldEdited, 2, "open?"), report("a", ToldNew, 1, "opne?"),
		report("b", ToldDeleted, 9, ""), report("b", ToldNew, 0, "spam"),
		report("c", ToldEdited, 5, "edited before anybody told of it"),
	}
	for range 50 {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for i := range all {
			all[i].Index = i
		}
		got := Settled(all)
		ids := ""
		for _, s := range got {
			ids += s.Remote
		}
		if ids != "bac" {
			t.Fatalf("they come as %s", ids)
		}
		b, a, c := got[0], got[1], got[2]
		if a.Kind != ToldNew || a.Text != "open today?" || a.At.Minute() != 1 || a.Edited.Minute() != 3 || a.Author != "Sara" || a.Post.Remote != "9" {
			t.Errorf("a is %+v", a)
		}
		if b.Kind != ToldDeleted {
			t.Errorf("b is %+v", b)
		}
		if c.Kind != ToldEdited || c.At.Minute() != 5 {
			t.Errorf("c is %+v", c)
		}
		first := slices.IndexFunc(all, func(o Told) bool { return o.Remote == "a" })
		if a.Index != first {
			t.Errorf("a stands at %d, and is named %d", first, a.Index)
		}
	}
}

// What the brand itself wrote may answer any of the others, so it comes last.
func TestSettledOwnComesLast(t *testing.T) {
	t.Parallel()
	own := report("z", ToldNew, 0, "thank you")
	own.Own, own.Parent = true, "a"
	got := Settled([]Told{own, report("a", ToldNew, 5, "nice"), report("b", ToldNew, 4, "fine")})
	if got[0].Remote != "b" || got[1].Remote != "a" || got[2].Remote != "z" {
		t.Errorf("they come as %+v", got)
	}
}

func TestInTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	for minute, ok := range map[int]bool{0: true, 10: true, 11: false} {
		if report("a", ToldEdited, minute, "x").InTime(now) != ok {
			t.Errorf("%d minutes ahead: %v", minute, !ok)
		}
	}
}
