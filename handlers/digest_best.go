package handlers

import (
	"math"
	"strings"
	"time"

	"peyk/locales"
	"peyk/social"
)

// bestLine tells at which hour and with what posts do best, and how sure that is; or
// that it cannot be told yet. Where nothing is known of any post it is not spoken of.
func bestLine(say locales.Printer, d social.Digest) string {
	hour, kind := d.BestHour(say.Now()), d.BestType(say.Now())
	switch {
	case hour.Of == 0:
		return ""
	case hour.How == social.TooFew:
		return say.Say("digest.few", "n", hour.Of, "need", social.MinSamples)
	case !hour.Found() && !kind.Found():
		return say.Say("digest.none", "n", hour.Of)
	}
	var found []string
	if hour.Found() {
		found = append(found, say.Plain("digest.best_hour", "at", clock(say, hour.Hour*60),
			"lift", lift(hour), "n", hour.Posts, "how", say.Plain("digest.how."+string(hour.How))))
	}
	if kind.Found() {
		found = append(found, say.Plain("digest.best_type", "type", say.Plain("digest.type."+string(kind.Type)),
			"lift", lift(kind), "n", kind.Posts, "how", say.Plain("digest.how."+string(kind.How))))
	}
	return say.Say("digest.works", "what", locales.HTML(strings.Join(found, " · ")))
}

// lift is how much more than usual followers do, in whole percent.
func lift(b social.Best) int { return int(math.Round(100 * b.Lift)) }

// usual compares a post with what is usual on its account, where that is known.
func usual(say locales.Printer, d social.Digest, link string) string {
	times, _, known := d.UsualOf(link, say.Now())
	if !known {
		return ""
	}
	return say.Say("digest.usual", "times", times)
}

// timeTrend compares a duration, counted in minutes, with the weeks before.
func timeTrend(say locales.Printer, c social.Trend) string {
	if !c.Known {
		return ""
	}
	minutes := func(n float64) time.Duration { return time.Duration(math.Round(n)) * time.Minute }
	words := say.Say("digest.same")
	switch by := minutes(c.By); {
	case by > 0:
		words = say.Say("digest.up_time", "by", by)
	case by < 0:
		words = say.Say("digest.down_time", "by", -by)
	}
	if c.Weeks > 1 {
		words += say.Say("digest.mean_time", "mean", max(minutes(c.Mean), time.Minute))
	}
	return words
}
