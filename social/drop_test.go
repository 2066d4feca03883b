package social_test

import (
	"reflect"
	"testing"
	"time"

	"peyk/social"
)

// level are n weeks with the same figure, the latest first.
func level(n int, v float64) []social.Weekly {
	weeks := make([]social.Weekly, n)
	for i := range weeks {
		weeks[i] = counted(v)
	}
	return weeks
}

func TestFallOf(t *testing.T) {
	off, unknown := counted(100), counted(0)
	off.Off, unknown.Known = true, false
	for _, c := range []struct {
		name  string
		weeks []social.Weekly
		want  bool
	}{
		{"nothing", nil, false},
		{"as ever", level(9, 200), false},
		{"half", append(level(1, 100), level(8, 200)...), true},
		{"a fifth less", append(level(2, 160), level(8, 200)...), false},
		{"two weeks a bit too low for one", append(level(2, 145), level(8, 200)...), true},
		{"one such week", append(level(1, 145), level(8, 200)...), false},
		{"more", append(level(1, 400), level(8, 200)...), false},
		{"too few weeks", append(level(1, 100), level(4, 200)...), false},
		{"too few deeds", append(level(1, 40), level(8, 80)...), false},
		{"unknown is not zero", append([]social.Weekly{unknown}, level(8, 200)...), false},
		{"a week of holidays", append([]social.Weekly{off}, level(8, 200)...), false},
		{"after holidays", append(append(level(1, 200), off, off, off, off, off), level(5, 200)...), false},
	} {
		if f, got := social.FallOf(c.weeks); got != c.want {
			t.Errorf("%s: %v, %+v", c.name, got, f)
		}
	}
}

// watched are weeks of a channel with 1,000 followers and four posts each.
func watched(deeds ...int64) social.Watch {
	var w social.Watch
	figure := func(n int64) social.Figure { return social.Figure{Known: true, N: n} }
	for _, n := range deeds {
		w.Weeks = append(w.Weeks, social.Figures{
			Known: true, Planned: 4, Published: 4, Comments: 10, Answered: 10,
			Numbers: []social.Numbers{{Account: 1, Platform: social.Telegram, Posts: 4, Followers: figure(1000), Reactions: figure(n)}},
		})
		evening := social.Habit{Hour: 18, Type: "photo"}
		w.Habits = append(w.Habits, []social.Habit{evening, evening, evening, evening})
		w.Holidays = append(w.Holidays, 0)
	}
	return w
}

func TestReasonsOfADrop(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*social.Watch)
		want   []social.DropReason
		do     []social.DropAction
	}{
		"nothing is seen": {func(*social.Watch) {}, nil, []social.DropAction{{Code: "best"}, {Code: "question"}}},
		"fewer posts": {
			func(w *social.Watch) { w.Weeks[0].Published = 2 },
			[]social.DropReason{{Code: "posts", Was: 4, Now: 2}}, []social.DropAction{{Code: "posts", N: 4}},
		},
		"unanswered": {
			func(w *social.Watch) { w.Weeks[0].Answered = 3 },
			[]social.DropReason{{Code: "answers", Was: 100, Now: 30}}, []social.DropAction{{Code: "answers", N: 7}},
		},
		"other hours": {
			func(w *social.Watch) {
				w.Habits[0] = []social.Habit{{Hour: 9, Type: "photo"}, {Hour: 10, Type: "photo"}}
			},
			[]social.DropReason{{Code: "hours", Was: 18, Now: 21}}, []social.DropAction{{Code: "hours", N: 19}},
		},
		"other types": {
			func(w *social.Watch) { w.Habits[0] = []social.Habit{{Hour: 18, Type: "text"}} },
			[]social.DropReason{{Code: "types", Type: "photo"}}, []social.DropAction{{Code: "types", Type: "photo"}},
		},
		"a holiday": {
			func(w *social.Watch) { w.Holidays[0] = 1 },
			[]social.DropReason{{Code: "holiday"}}, []social.DropAction{{Code: "holiday"}},
		},
		"all at once": {
			func(w *social.Watch) {
				w.Weeks[0].Published, w.Weeks[0].Answered, w.Holidays[0] = 1, 0, 1
				w.Habits[0] = []social.Habit{{Hour: 3, Type: "text"}}
			},
			[]social.DropReason{
				{Code: "posts", Was: 4, Now: 1}, {Code: "answers", Was: 100}, {Code: "hours", Was: 18, Now: 21},
				{Code: "types", Type: "photo"}, {Code: "holiday"},
			},
			[]social.DropAction{{Code: "posts", N: 4}, {Code: "answers", N: 10}, {Code: "hours", N: 19}},
		},
	} {
		w := watched(80, 200, 200, 200, 200, 200, 200, 200, 200)
		c.change(&w)
		d, found := w.Drop()
		if !found || d.Metric != social.MetricRate || d.Was != 5 || d.Now != 2 || d.Part() != 60 {
			t.Fatalf("%s: %v %+v", name, found, d)
		}
		if !reflect.DeepEqual(d.Reasons, c.want) {
			t.Errorf("%s, reasons: %+v, not %+v", name, d.Reasons, c.want)
		}
		if !reflect.DeepEqual(d.Actions, c.do) {
			t.Errorf("%s, actions: %+v, not %+v", name, d.Actions, c.do)
		}
	}
}

// Weeks that tell of other accounts are not compared, nor those of holidays.
func TestWhatIsNoDrop(t *testing.T) {
	other := watched(80, 200, 200, 200, 200, 200, 200, 200, 200)
	for i := range other.Weeks[1:] {
		other.Weeks[1+i].Numbers[0].Account = 2
	}
	feast := watched(80, 200, 200, 200, 200, 200, 200, 200, 200)
	feast.Holidays[0] = 2
	for name, w := range map[string]social.Watch{"other accounts": other, "holidays": feast, "nothing": {}} {
		if d, found := w.Drop(); found {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestADropEnds(t *testing.T) {
	d := social.Drop{Was: 200, Now: 80}
	for _, c := range []struct {
		now   social.Weekly
		weeks int
		want  bool
	}{
		{counted(90), 1, false},
		{counted(180), 1, true},
		{social.Weekly{Value: 300}, 1, false}, // not known
		{counted(90), 8, true},                // what was low is usual now
	} {
		if got := d.Over(c.now, c.weeks); got != c.want {
			t.Errorf("%+v after %d weeks: %v", c.now, c.weeks, got)
		}
	}
}

// The posts of a watch are those of its weeks by the brand's clock, each once however
// many accounts it went out on.
func TestWatchOf(t *testing.T) {
	b := social.Brand{Zone: "Asia/Tehran", Rules: social.DefaultRules(social.Gregorian)}
	week := b.Week(time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC))
	at := func(post, account int64, live time.Time, kind social.PostType) social.Sample {
		return social.Sample{Post: post, Account: account, Live: live, Type: kind}
	}
	d := social.Digest{Brand: b, Week: week, Weeks: make([]social.Figures, 2), Samples: []social.Sample{
		at(1, 1, week.From.AddDate(0, 0, -8), social.TypeText), // before the weeks
		at(2, 1, week.From.Add(-time.Minute), social.TypeText),
		at(3, 1, week.From, social.TypePhoto),
		at(3, 2, week.From.Add(2*time.Hour), social.TypePhoto),
		at(4, 1, week.From.Add(18*time.Hour), social.TypeVideo),
	}}
	got := social.WatchOf(d, []int{1, 0})
	want := [][]social.Habit{
		{{Hour: 0, Type: social.TypePhoto}, {Hour: 18, Type: social.TypeVideo}}, {{Hour: 23, Type: social.TypeText}},
	}
	if !reflect.DeepEqual(got.Habits, want) || !reflect.DeepEqual(got.Holidays, []int{1, 0}) || len(got.Weeks) != 2 {
		t.Errorf("got %+v", got)
	}
}

// What fell in two weeks together is explained by the weeks before both.
func TestReasonsOfADropOfTwoWeeks(t *testing.T) {
	w := watched(140, 140, 200, 200, 200, 200, 200, 200, 200, 200)
	w.Weeks[0].Answered, w.Weeks[1].Answered = 3, 0
	d, found := w.Drop()
	if !found || d.Low != 2 || d.Was != 5 || d.Part() < 29.9 || d.Part() > 30.1 {
		t.Fatalf("%v %+v", found, d)
	}
	if want := []social.DropReason{{Code: "answers", Was: 100, Now: 30}}; !reflect.DeepEqual(d.Reasons, want) {
		t.Errorf("reasons: %+v, not %+v", d.Reasons, want)
	}
	if one, found := watched(80, 200, 200, 200, 200, 200, 200).Drop(); !found || one.Low != 1 {
		t.Errorf("one week: %v %+v", found, one)
	}
}
