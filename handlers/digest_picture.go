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

// A tiler makes the tiles of a picture.
type tiler struct {
	say  locales.Printer
	d    social.Digest
	note string // beside each change: against what
}

// digestTiles are the four numbers of the week. What is not known has no value.
func digestTiles(say locales.Printer, d social.Digest) []social.Tile {
	t := tiler{say, d, say.Plain("picture.note")}
	work := t.published()
	if w := d.Weeks[0]; w.Known && w.Comments > 0 {
		work = t.answered()
	}
	return noted(say, append(t.seen(), work))
}

// seen are followers, what they saw or did, and the rate of that.
func (t tiler) seen() []social.Tile {
	w := t.d.Weeks[0]
	second := social.MetricReactions
	if w.Sum(social.MetricReach).Known {
		second = social.MetricReach
	}
	rate := social.Tile{Label: t.say.Plain("picture.rate")}
	if r := w.Rate(); r.Known {
		rate.Value = t.say.Share(r.Percent)
		rate = t.changed(rate, t.d.Trend(t.d.CountRate()))
	}
	return []social.Tile{t.sum(social.MetricFollowers), t.sum(second), rate}
}

func (t tiler) published() social.Tile {
	w, tile := t.d.Weeks[0], social.Tile{Label: t.say.Plain("picture.published")}
	if !w.Known {
		return tile
	}
	tile.Value = t.say.Number(0)
	if w.Planned > 0 {
		tile.Value = t.say.Plain("picture.of", "n", w.Published, "all", w.Planned)
	}
	return t.changed(tile, t.d.Trend(social.CountPublished))
}

func (t tiler) answered() social.Tile {
	w, tile := t.d.Weeks[0], social.Tile{Label: t.say.Plain("picture.answered")}
	if !w.Known {
		return tile
	}
	if w.Comments == 0 {
		tile.Value, tile.Note = t.say.Number(0), t.say.Plain("picture.no_comments")
		return tile
	}
	tile.Value = t.say.Plain("picture.of", "n", w.Answered, "all", w.Comments)
	return t.changed(tile, t.d.Trend(social.CountAnswered))
}

// noted says under each number why it stands alone.
func noted(say locales.Printer, tiles []social.Tile) []social.Tile {
	for i, t := range tiles {
		switch {
		case t.Note != "":
		case t.Value == "":
			tiles[i].Note = say.Plain("picture.unknown")
		case t.Change == "":
			tiles[i].Note = say.Plain("picture.alone")
		}
	}
	return tiles
}

func (t tiler) sum(m social.Metric) social.Tile {
	tile := social.Tile{Label: t.say.Plain("picture." + string(m))}
	f := t.d.Weeks[0].Sum(m)
	if !f.Known {
		return tile
	}
	tile.Value = t.say.Number(f.N)
	return t.changed(tile, t.d.Trend(t.d.Count(m)))
}

// changed compares a number with what was before, where that is known.
func (t tiler) changed(tile social.Tile, c social.Trend) social.Tile {
	if !c.Known {
		return tile
	}
	tile.Note, tile.Change = t.note, t.say.Plain("picture.same")
	switch by := math.Round(c.By*10) / 10; {
	case by > 0:
		tile.Way, tile.Change = 1, t.say.Percent(by)
	case by < 0:
		tile.Way, tile.Change = -1, t.say.Percent(-by)
	}
	return tile
}

// digestChart shows what followers made of the posts of each day of the week, and how
// many there were at its end.
func digestChart(say locales.Printer, d social.Digest) social.Chart { return daysChart(say, d, "week") }

// daysChart is such a chart of a week, a month or some days more; many days have no names.
func daysChart(say locales.Printer, d social.Digest, of string) social.Chart {
	c := social.Chart{Title: say.Plain("picture.days." + of), Bar: say.Plain("picture.bars"), Empty: say.Plain("picture.no_posts." + of)}
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
		column := social.Column{Date: say.BriefDay(noon), Bar: bar, Point: social.Amount{Known: day.Followers.Known, N: day.Followers.N}}
		if len(days) <= 7 {
			column.Name = say.Label("picture.day." + strconv.Itoa(int(noon.Weekday())))
		}
		c.Days = append(c.Days, column)
	}
	return c
}
