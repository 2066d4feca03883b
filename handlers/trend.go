package handlers

import (
	"context"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// trendDays is how far back the picture of a brand's days goes.
const trendDays = 30

// trendPicture sends the last days of a brand as a picture: what followers made of the
// posts of each, and how many they were.
func (h *Handlers) trendPicture(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Trend(ctx, me.Person.ID, r.ID(), trendDays)
	if err != nil {
		return err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	_, err = r.Reply(ctx, h.pictured(ctx, bot.Message{HTML: trendText(say, d)}, trendCard(say, d)))
	return err
}

func trendCard(say locales.Printer, d social.Digest) social.Picture {
	t := tiler{say, d, say.Plain("picture.note_trend")}
	return social.Picture{
		RTL: say.Lang() == "fa", Shade: d.Brand.ID, Brand: d.Brand.Name, Badge: onlyNetwork(say, d),
		Subtitle: say.Plain("picture.trend", "days", locales.HTML(say.Span(d.Week.From, d.Week.Last()))),
		Tiles:    noted(say, append(t.seen(), t.published())), Chart: daysChart(say, d, "trend"),
		Foot: say.Plain("picture.foot", "agency", d.Agency, "at", d.Week.To),
	}
}

// trendText has all figures of the picture, and those of each day as far as there is room.
func trendText(say locales.Printer, d social.Digest) string {
	lines := []string{say.Say("trend.head", "brand", d.Brand.Name, "n", len(d.Days())), say.Say("digest.week", "from", d.Week.From, "to", d.Week.Last()), ""}
	w := d.Weeks[0]
	if !w.Known {
		return strings.Join(append(lines, say.Say("report.unknown")), "\n")
	}
	lines = append(lines, followLines(say, d)...)
	posts := say.Say("trend.no_posts")
	if w.Planned > 0 {
		posts = say.Say("digest.posts", "n", w.Published, "planned", w.Planned)
	}
	lines = append(lines, posts+trend(say, d.Trend(social.CountPublished)))
	if best := bestDay(say, d); best != "" {
		lines = append(lines, best)
	}
	lines = append(lines, followersFromTo(say, d)...)
	if gaps := unknownLine(say, w); gaps != "" {
		lines = append(lines, gaps)
	}
	if d.Trend(social.CountPublished).Known {
		lines = append(lines, "<i>"+say.Say("trend.legend")+"</i>")
	}
	days := dayFigures(say, d, "trend.days")
	if text := strings.Join(append(lines, folded([]string{days})), "\n"); days != "" && seen(text) <= captionSize {
		return text
	}
	return strings.Join(lines, "\n")
}

// followersFromTo tells where the line of followers begins and ends, and how many of its
// days are not known.
func followersFromTo(say locales.Printer, d social.Digest) []string {
	days := d.Days()
	if !social.FollowersLine(days) {
		return nil
	}
	var first, last social.Day
	gaps := 0
	for _, day := range days {
		switch {
		case !day.Followers.Known:
			gaps++
		case !first.Followers.Known:
			first = day
		default:
			last = day
		}
	}
	lines := []string{say.Say("trend.followers", "from", first.Followers.N, "first", first.From, "to", last.Followers.N, "last", last.From)}
	if gaps > 0 {
		lines = append(lines, say.Say("trend.gaps", "n", gaps))
	}
	return lines
}
