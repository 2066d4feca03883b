package social

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// posts are samples of one account at an hour in Tehran, one a day, with so many reactions each.
func posts(account int64, hour int, kind PostType, reactions ...int64) []Sample {
	var all []Sample
	for n, r := range reactions {
		at := time.Date(2026, 10, 1+n, hour, 5, 0, 0, Brand{Zone: "Asia/Tehran"}.Location())
		all = append(all, Sample{Account: account, Live: at, Type: kind, Reactions: Figure{Known: true, N: r}})
	}
	return all
}

func joined(lists ...[]Sample) []Sample {
	var all []Sample
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func TestBest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		samples []Sample
		how     Confidence
		hour    int
		lift    float64 // of the hour
	}{
		{"nothing", nil, TooFew, 0, 0},
		{"seven posts", posts(1, 18, TypeText, 9, 9, 9, 9, 9, 9, 9), TooFew, 0, 0},
		{"one hour alone stands beside none", posts(1, 18, TypeText, 9, 9, 9, 9, 9, 9, 9, 9), NoneBest, 0, 0},
		{"no difference", joined(posts(1, 18, TypeText, 5, 9, 7, 8), posts(1, 9, TypeText, 8, 7, 5, 9)), NoneBest, 0, 0},
		{"plain", joined(posts(1, 18, TypePhoto, 20, 21, 19, 20), posts(1, 9, TypeText, 10, 11, 9, 10)), Sure, 18, (4*20/15.+3)/7 - 1},
		{"scattered", joined(posts(1, 18, TypePhoto, 5, 40, 10, 25), posts(1, 9, TypeText, 10, 11, 9, 10)), Likely, 18, 0},
		{"two lucky posts are no hour", joined(posts(1, 22, TypeText, 90, 90), posts(1, 9, TypeText, 10, 11, 9, 10, 12, 9)), NoneBest, 0, 0},
		{"a big account does not drown a small one",
			joined(posts(1, 9, TypeText, 1000, 1000, 1000, 1000), posts(2, 18, TypeText, 10, 10, 10, 10), posts(2, 9, TypeText, 5, 5, 5, 5)), Sure, 18, 0},
		{"nobody ever did anything", posts(1, 18, TypeText, 0, 0, 0, 0, 0, 0, 0, 0, 0), TooFew, 0, 0},
	} {
		d := Digest{Brand: Brand{Zone: "Asia/Tehran"}, Samples: c.samples}
		b := d.BestHour(now)
		if b.How != c.how || b.Hour != c.hour && b.Found() || c.lift != 0 && math.Abs(b.Lift-c.lift) > 1e-9 {
			t.Errorf("%s: %+v", c.name, b)
		}
	}
	plain := Digest{Samples: joined(posts(1, 18, TypePhoto, 20, 21, 19, 20), posts(1, 9, TypeText, 10, 11, 9, 10))}
	if b := plain.BestType(now); b.How != Sure || b.Type != TypePhoto || b.Posts != 4 || b.Of != 8 {
		t.Errorf("the best type: %+v", b)
	}
}

// What is younger than a day, and of which nothing is known, does not count.
func TestBestCountsSettledPosts(t *testing.T) {
	t.Parallel()
	all := posts(1, 9, TypeText, 5, 5, 5, 5, 5, 5, 5, 5)
	all[0].Reactions = Figure{}
	last := all[len(all)-1].Live
	d := Digest{Samples: all}
	if b := d.BestHour(last.Add(24 * time.Hour)); b.Of != 7 {
		t.Errorf("a day later %d posts count", b.Of)
	}
	if b := d.BestHour(last.Add(24*time.Hour - time.Second)); b.Of != 6 {
		t.Errorf("before %d posts count", b.Of)
	}
}

// Where hours make no difference, few brands are told that one is surely better: the
// best of six hours lies two standard errors above the rest by chance now and then.
func TestBestIsSeldomWrong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	wrong, right := 0, 0
	const brands = 150
	for seed := range uint64(brands) {
		rng := rand.New(rand.NewPCG(seed, 5))
		same, better := Digest{}, Digest{}
		for n := range 30 {
			hour := 9 + 3*(n%3)
			r := int64(50 + 12*rng.NormFloat64())
			same.Samples = append(same.Samples, posts(1, hour, TypeText, max(r, 0))...)
			if hour == 12 {
				r = r * 3 / 2
			}
			better.Samples = append(better.Samples, posts(1, hour, TypeText, max(r, 0))...)
		}
		if same.BestHour(now).How == Sure {
			wrong++
		}
		if b := better.BestHour(now); b.How == Sure && b.Posts == 10 {
			right++
		}
	}
	t.Logf("of %d brands %d were told wrongly, %d of the true one", brands, wrong, right)
	if wrong > brands/8 || right < brands*9/10 {
		t.Errorf("of %d brands %d were told wrongly, %d of the true one", brands, wrong, right)
	}
}

func TestUsualOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	d := Digest{Samples: posts(1, 9, TypeText, 5, 5, 5, 5, 5, 5, 5, 45)}
	d.Samples[7].Link = "https://t.me/nobahar/8"
	if times, of, known := d.UsualOf("https://t.me/nobahar/8", now); !known || of != 8 || times != 4.5 {
		t.Errorf("%v of %d, %t", times, of, known)
	}
	if _, _, known := d.UsualOf("", now); known {
		t.Error("a post without a link is one of the others")
	}
	d.Samples = d.Samples[1:]
	if _, _, known := d.UsualOf("https://t.me/nobahar/8", now); known {
		t.Error("seven posts say what is usual")
	}
}
