package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// weekPicture sends the week as a picture, which can be passed on. Below it stands
// what it shows, as far as there is room.
func (h *Handlers) weekPicture(ctx context.Context, r *bot.Request, me Reader) error {
	day, _ := dayOfArg(r.Arg(0))
	w, err := h.readWeek(ctx, me, r.ID(), day)
	if err != nil {
		return err
	}
	agencies, err := h.Store.Agencies(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, w.brand)
	p := plannedPicture(say, w)
	if at := slices.IndexFunc(agencies, func(a social.Agency) bool { return a.ID == w.brand.AgencyID }); at >= 0 {
		p.Foot = say.Plain("picture.foot", "agency", agencies[at].Name, "at", say.Now())
	}
	_, err = r.Reply(ctx, h.pictured(ctx, bot.Message{HTML: weekCaption(say, w)}, p))
	return err
}

// weekCaption lists the posts of the week; where they are too many for a caption, it
// says how many there are.
func weekCaption(say locales.Printer, w brandWeek) string {
	lines := []string{weekHead(say, w)}
	for day := w.first; day < w.first+7; day++ {
		lines = append(lines, dayLines(say, w, day)...)
	}
	if text := strings.Join(lines, "\n"); len(w.posts) > 0 && seen(text) <= captionSize {
		return text
	}
	if len(w.posts) == 0 {
		return lines[0] + "\n\n" + emptyWeek(say, w)
	}
	return lines[0] + "\n\n" + say.Say("week.posts", "n", len(w.posts))
}

// plannedPicture has a row for each day of the week, and says what its dots mean.
func plannedPicture(say locales.Printer, w brandWeek) social.Picture {
	p := social.Picture{
		RTL: say.Lang() == "fa", Shade: w.brand.ID, Brand: w.brand.Name,
		Subtitle: say.Plain("picture.calendar", "days", locales.HTML(say.Span(midnight(say, w.first), midnight(say, w.first+6))), "zone", say.ZoneName()),
	}
	for day := w.first; day < w.first+7; day++ {
		p.Rows = append(p.Rows, dayRow(say, w, day))
	}
	for tone := social.ToneOpen; tone <= social.ToneTrouble; tone++ {
		if slices.ContainsFunc(w.posts, func(p social.Post) bool { return p.State.Tone() == tone }) {
			p.Legend = append(p.Legend, social.Entry{Tone: tone, Words: say.Plain("picture.tone." + strconv.Itoa(int(tone)))})
		}
	}
	return p
}

// rowEntries is how many posts of a day a picture has room for.
const rowEntries = 3

func dayRow(say locales.Printer, w brandWeek, day int) social.Row {
	date, at := locales.DateOfNumber(day, say.Calendar()), midnight(say, day)
	r := social.Row{
		Name: say.Weekday(date.Weekday()), Date: say.ShortDay(at), Note: say.Holiday(date),
		Today: day == say.Today().Number(), Empty: say.Plain("picture.free"),
	}
	if r.Today {
		r.Date += " · " + say.Label("day.today")
	}
	for _, p := range w.posts {
		if dayOf(say, p.Slot) == day {
			r.Entries = append(r.Entries, social.Entry{Tone: p.State.Tone(), Lead: say.Clock(p.Slot), Words: snippet(say, p, w.place)})
		}
	}
	if more := len(r.Entries) - rowEntries + 1; more > 1 {
		r.Entries = append(r.Entries[:rowEntries-1], social.Entry{Words: say.Plain("picture.more", "n", more)})
	}
	return r
}
