package handlers

import (
	"math"
	"strconv"
	"time"

	"peyk/locales"
	"peyk/social"
)

// digestPicture is what the picture of a week tells.
func digestPicture(say locales.Printer, d social.Digest) social.Picture {
	p := social.Picture{
		RTL: say.Lang() == "fa", Shade: d.Brand.ID, Brand: d.Brand.Name, Badge: onlyNetwork(say, d),
		Subtitle: say.Plain("picture.week", "days", locales.HTML(say.Span(d.Week.From, d.Week.Last()))),
		Tiles:    digestTiles(say, d), Chart: digestChart(say, d),
		Foot: say.Plain("picture.foot", "agency", d.Agency, "at", d.Week.To),
	}
	if d.Brand.Before(d.Week, -2).From.After(say.Now()) {
		if advice := d.Advice(say.Now()); advice != "" {
			p.Advice = say.Plain("digest.advice." + string(advice))
		}
	}
	return p
}

// onlyNetwork names the network of the brand's accounts, where all are on one.
func onlyNetwork(say locales.Printer, d social.Digest) string {
	name := ""
	for _, n := range d.Weeks[0].Numbers {
		switch is := say.Label("platform." + string(n.Platform)); name {
		case "", is:
			name = is
		default:
			return ""
		}
	}
	return name
}

// digestTiles are the four numbers of the week. What is not known has no value.
func digestTiles(say locales.Printer, d social.Digest) []social.Tile {
	w := d.Weeks[0]
	seen := social.MetricReactions
	if w.Sum(social.MetricReach).Known {
		seen = social.MetricReach
	}
	tiles := []social.Tile{sumTile(say, d, social.MetricFollowers), sumTile(say, d, seen)}
	rate := social.Tile{Label: say.Plain("picture.rate")}
	if r := w.Rate(); r.Known {
		rate.Value = say.Share(r.Percent)
		rate = changed(say, rate, d.Trend(d.CountRate()))
	}
	work := social.Tile{Label: say.Plain("picture.published")}
	switch {
	case !w.Known:
	case w.Comments > 0:
		work = social.Tile{Label: say.Plain("picture.answered"), Value: say.Plain("picture.of", "n", w.Answered, "all", w.Comments)}
		work = changed(say, work, d.Trend(social.CountAnswered))
	case w.Planned > 0:
		work.Value = say.Plain("picture.of", "n", w.Published, "all", w.Planned)
		work = changed(say, work, d.Trend(social.CountPublished))
	default:
		work.Value = say.Number(0)
		work = changed(say, work, d.Trend(social.CountPublished))
	}
	return noted(say, append(tiles, rate, work))
}

// noted says under each number why it stands alone.
func noted(say locales.Printer, tiles []social.Tile) []social.Tile {
	for i, t := range tiles {
		switch {
		case t.Value == "":
			tiles[i].Note = say.Plain("picture.unknown")
		case t.Change == "":
			tiles[i].Note = say.Plain("picture.alone")
		}
	}
	return tiles
}

func sumTile(say locales.Printer, d social.Digest, m social.Metric) social.Tile {
	t := social.Tile{Label: say.Plain("picture." + string(m))}
	f := d.Weeks[0].Sum(m)
	if !f.Known {
		return t
	}
	t.Value = say.Number(f.N)
	return changed(say, t, d.Trend(d.Count(m)))
}

// changed compares a number with the week before, where that is known.
func changed(say locales.Printer, t social.Tile, c social.Trend) social.Tile {
	if !c.Known {
		return t
	}
	t.Note, t.Change = say.Plain("picture.note"), say.Plain("picture.same")
	switch by := math.Round(c.By*10) / 10; {
	case by > 0:
		t.Way, t.Change = 1, say.Percent(by)
	case by < 0:
		t.Way, t.Change = -1, say.Percent(-by)
	}
	return t
}

// digestChart shows what followers made of the posts of each day of the week, and how
// many there were at its end.
func digestChart(say locales.Printer, d social.Digest) social.Chart {
	c := social.Chart{Title: say.Plain("picture.days"), Bar: say.Plain("picture.bars"), Empty: say.Plain("picture.no_posts")}
	days := d.Days()
	if social.FollowersLine(days) {
		c.Line = say.Plain("picture.followers")
	}
	for _, day := range days {
		if day.Posts > 0 {
			c.Empty = say.Plain("picture.not_known")
		}
		bar := social.Amount{Known: day.Posts == 0 || day.Engaged.Known, N: day.Engaged.N}
		if day.Posts > 0 {
			bar.Words = say.Compact(bar.N)
		}
		noon := day.From.Add(12 * time.Hour) // the same date in most zones of readers
		c.Days = append(c.Days, social.Column{
			Name: say.Label("picture.day." + strconv.Itoa(int(noon.Weekday()))), Date: say.BriefDay(noon), Bar: bar,
			Point: social.Amount{Known: day.Followers.Known, N: day.Followers.N},
		})
	}
	return c
}
