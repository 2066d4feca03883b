package social

import "testing"

// A best post is one of three at least; of fewer each is told of once, and a post of other
// times only where none went out.
func TestStandOut(t *testing.T) {
	t.Parallel()
	post := func(id int64, engaged int) Talk {
		return Talk{Post: id, Known: true, Judged: true, Reactions: engaged}
	}
	fresh, spoken := post(4, 0), Talk{Hears: true, Comments: 9, Other: true}
	fresh.Judged = false
	for _, c := range []struct {
		name  string
		talks []Talk
		best  int
		worst int // -1: none
		few   []int
	}{
		{"nothing", nil, 0, -1, nil},
		{"one", []Talk{post(1, 5)}, 0, -1, []int{5}},
		{"one that nobody saw", []Talk{post(1, 0)}, 0, -1, []int{0}},
		{"one on three accounts", []Talk{post(1, 2), post(1, 7), post(1, 3)}, 0, -1, []int{7}},
		{"two, and one that was spoken of", []Talk{spoken, post(1, 5), post(2, 6)}, 0, -1, []int{6, 5}},
		{"three", []Talk{post(1, 5), post(2, 9), post(3, 2)}, 9, 2, nil},
		{"three alike", []Talk{post(1, 5), post(2, 5), post(3, 5)}, 5, -1, nil},
		{"the last had no day yet", []Talk{fresh, post(1, 5), post(2, 9), post(3, 2)}, 9, 2, nil},
		{"only one had a day", []Talk{fresh, {Post: 5, Known: true}, post(1, 5)}, 5, -1, nil},
		{"an earlier one was spoken of most", []Talk{spoken, post(1, 5), post(2, 6), post(3, 2)}, 9, 2, nil},
		{"no post, but an earlier one was spoken of", []Talk{spoken}, 0, -1, []int{9}},
	} {
		var d Digest
		d.StandOut(c.talks)
		if d.Best.Engaged() != c.best {
			t.Errorf("%s: the best has %d, want %d", c.name, d.Best.Engaged(), c.best)
		}
		if worst := d.Worst; (worst == nil) != (c.worst < 0) || worst != nil && worst.Engaged() != c.worst {
			t.Errorf("%s: the weakest is %+v, want %d", c.name, worst, c.worst)
		}
		if len(d.Few) != len(c.few) {
			t.Errorf("%s: %d are told of as they are, want %d", c.name, len(d.Few), len(c.few))
			continue
		}
		for i, want := range c.few {
			if got := d.Few[i].Engaged(); got != want {
				t.Errorf("%s: of the %d. it has %d, want %d", c.name, i+1, got, want)
			}
		}
	}
}
