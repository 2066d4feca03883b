package social

import (
	"math/rand/v2"
	"testing"
)

func known(n int64) Figure { return Figure{Known: true, N: n} }

// The rate is made by the network's formula, and not known without its denominator.
func TestRate(t *testing.T) {
	tele := func(followers Figure, posts int64, reactions, comments Figure) Numbers {
		return Numbers{Account: 1, Platform: Telegram, Followers: followers, Posts: posts, Reactions: reactions, Comments: comments}
	}
	insta := func(reach, reactions, clicks Figure) Numbers {
		return Numbers{Account: 2, Platform: Instagram, Reach: reach, Reactions: reactions, Clicks: clicks}
	}
	linkedin := insta(known(500), known(8), known(2))
	linkedin.Platform = LinkedIn
	for _, c := range []struct {
		name    string
		numbers []Numbers
		want    float64 // negative: not known
		over    Metric
		of      int64
	}{
		{"a channel", []Numbers{tele(known(200), 2, known(10), known(2))}, 3, MetricFollowers, 200},
		{"comments are not known", []Numbers{tele(known(200), 2, known(10), Figure{})}, 2.5, MetricFollowers, 200},
		{"nobody did anything", []Numbers{tele(known(200), 2, known(0), known(0))}, 0, MetricFollowers, 200},
		{"nothing is known of the posts", []Numbers{tele(known(200), 2, Figure{}, Figure{})}, -1, "", 0},
		{"followers are not known", []Numbers{tele(Figure{}, 2, known(10), known(2))}, -1, "", 0},
		{"nobody follows", []Numbers{tele(known(0), 2, known(10), known(2))}, -1, "", 0},
		{"no post", []Numbers{tele(known(200), 0, Figure{}, Figure{})}, -1, "", 0},
		{"two channels", []Numbers{tele(known(200), 2, known(10), known(2)), tele(known(600), 1, known(38), Figure{})}, 5, MetricFollowers, 800},
		{"a channel of which nothing is known", []Numbers{tele(known(200), 2, known(10), known(2)), tele(Figure{}, 9, known(90), Figure{})}, 3, MetricFollowers, 200},
		{"by reach", []Numbers{insta(known(500), known(10), known(90))}, 2, MetricReach, 500},
		{"clicks count", []Numbers{linkedin}, 2, MetricReach, 500},
		{"reach is not known", []Numbers{insta(Figure{}, known(10), Figure{})}, -1, "", 0},
		{"followers go before reach", []Numbers{insta(known(500), known(10), Figure{}), tele(known(200), 2, known(10), known(2))}, 3, MetricFollowers, 200},
		{"nothing", nil, -1, "", 0},
	} {
		r := Figures{Known: true, Numbers: c.numbers}.Rate()
		if r.Known != (c.want >= 0) || r.Known && (r.Percent != c.want || r.Over != c.over || r.Of.N != c.of) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

// Weeks are compared where they tell of the same accounts.
func TestCountSameAccounts(t *testing.T) {
	week := func(followers ...int64) Figures { // negative: not known
		f := Figures{Known: true}
		for i, n := range followers {
			f.Numbers = append(f.Numbers, Numbers{Account: int64(i), Platform: Telegram, Followers: Figure{Known: n >= 0, N: max(n, 0)}})
		}
		return f
	}
	for _, c := range []struct {
		name  string
		weeks []Figures
		want  Trend
	}{
		{"both weeks", []Figures{week(10, 20), week(8, 15)}, Trend{true, 7, 23, 1}},
		{"an account that is new", []Figures{week(10, 20), week(8)}, Trend{}},
		{"one that is not known now", []Figures{week(10, -1), week(8, 99)}, Trend{true, 2, 8, 1}},
		{"one that was not known then", []Figures{week(10, 20), week(8, -1)}, Trend{}},
		{"a gap before", []Figures{week(10), week(8), week(-1), week(4)}, Trend{true, 2, 6, 2}},
		{"nothing now", []Figures{week(-1), week(8)}, Trend{}},
	} {
		d := Digest{Weeks: c.weeks}
		if got := d.Trend(d.Count(MetricFollowers)); got != c.want {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Whatever the numbers are, a rate is known only with its denominator, never negative,
// and a sum is at most as new as what it is made of.
func TestRateOfAnything(t *testing.T) {
	for seed := range uint64(2000) {
		dice := rand.New(rand.NewPCG(seed, 2))
		figure := func() Figure {
			if dice.IntN(3) == 0 {
				return Figure{}
			}
			return known(dice.Int64N(3) * dice.Int64N(100_000))
		}
		var f Figures
		for range dice.IntN(4) {
			f.Numbers = append(f.Numbers, Numbers{
				Platform: Platforms()[dice.IntN(7)], Posts: dice.Int64N(4), Followers: figure(), Reach: figure(),
				Reactions: figure(), Comments: figure(), Shares: figure(), Clicks: figure(),
			})
		}
		r := f.Rate()
		if r.Known != (r.Of.Known && r.Of.N > 0) || r.Percent < 0 || r.Known != (r.Over != "") {
			t.Fatalf("seed %d: %+v of %+v", seed, r, f)
		}
	}
}

// Rates are compared where they tell of the same accounts: one that joins changes what they
// are made of.
func TestRatesOfTheSameAccounts(t *testing.T) {
	channel := func(id, followers, reactions int64) Numbers {
		return Numbers{Account: id, Platform: Telegram, Posts: 1, Followers: known(followers), Reactions: known(reactions)}
	}
	week := func(all ...Numbers) Figures { return Figures{Known: true, Numbers: all} }
	for _, c := range []struct {
		name  string
		weeks []Figures
		want  Trend
	}{
		{"the same", []Figures{week(channel(1, 100, 6)), week(channel(1, 100, 4)), week(channel(1, 100, 2))}, Trend{true, 2, 3, 2}},
		{"one came", []Figures{week(channel(1, 100, 6), channel(2, 900, 0)), week(channel(1, 100, 4))}, Trend{}},
		{"one came before", []Figures{week(channel(1, 100, 6), channel(2, 100, 0)), week(channel(1, 100, 4), channel(2, 100, 0)), week(channel(1, 100, 90))}, Trend{true, 1, 2, 1}},
		{"one had no post", []Figures{week(channel(1, 100, 6)), week(channel(1, 100, 4), channel(2, 100, 0))}, Trend{}},
	} {
		d := Digest{Weeks: c.weeks}
		if got := d.Trend(d.CountRate()); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
