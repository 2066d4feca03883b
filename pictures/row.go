package pictures

import (
	"image/color"

	"peyk/social"
)

// The layout of rows, in pixels.
const (
	rowGap    = 12
	rowHigh   = 190 // at most
	rowHigher = 236 // of few
	rowLead   = 252 // from a row's reading edge to its entries
	rowRoom   = content - rowLead - inner
	rowLines  = 3 // beside each other's day: the text, and the entries
	entryStep = 40
	dotRoom   = 32
)

// rows paints a panel for each row, one below the other, with the legend under them.
// What follows the beginnings of the entries stands in one column.
func (b *board) rows(c social.Picture, at box) {
	if len(c.Legend) > 0 {
		at.h -= 56
		b.toneLegend(c.Legend, at.y+at.h+38)
	}
	n := float64(len(c.Rows))
	h := min(rowHigh, (at.h-(n-1)*rowGap)/n)
	if n <= 4 {
		h = rowHigher
	}
	lead := 0.0
	for _, r := range c.Rows {
		for _, e := range r.Entries {
			lead = max(lead, b.leadOf(e).width)
		}
	}
	for i, r := range c.Rows {
		b.row(r, box{at.x, at.y + float64(i)*(h+rowGap), at.w, h}, lead)
	}
}

// leadOf is the beginning of an entry, at most a half of its line.
func (b *board) leadOf(e social.Entry) line { return b.fit(e.Lead, style{27, true}, rowRoom/2) }

func (b *board) row(r social.Row, at box, lead float64) {
	back, name := white, ink
	if r.Today {
		back, name = mix(b.shade.pale, white, 0.55), b.shade.full
	}
	b.round(at, corner, back)
	x, mid := at.x+inner, at.y+at.h/2
	beside := 1.0
	for _, words := range []string{r.Date, r.Note} {
		if words != "" {
			beside++
		}
	}
	y := mid - (beside-1)*38/2 + 10
	b.write(b.fit(r.Name, style{31, true}, rowLead-inner-gap), x, y, name)
	b.write(b.fit(r.Date, style{26, false}, rowLead-inner-gap), x, y+38, muted)
	b.write(b.fit(r.Note, style{25, false}, rowLead-inner-gap), x, y+76, red)
	text := b.text(r.Text, style{27, false}, rowRoom, 2)
	entries := r.Entries[:min(rowLines-len(text), len(r.Entries))]
	y = mid - float64(len(text)+len(entries)-1)*entryStep/2 + 10
	for i, l := range text {
		b.write(l, at.x+rowLead, y+float64(i)*entryStep, ink)
	}
	y += float64(len(text)) * entryStep
	for i, e := range entries {
		b.entry(e, at.x+rowLead, y+float64(i)*entryStep, lead)
	}
	if len(text)+len(entries) == 0 {
		b.write(b.fit(r.Empty, style{27, false}, rowRoom), at.x+rowLead, mid+10, muted)
	}
}

// entry paints one line on a base line.
func (b *board) entry(e social.Entry, x, y, lead float64) {
	end := x + rowRoom
	if e.Tone != social.ToneNone {
		b.disc(x+9, y-9, 9, b.tone(e.Tone))
		x += dotRoom
	}
	if e.Lead != "" {
		b.write(b.leadOf(e), x, y, ink)
		x += lead + 18
	}
	b.write(b.brief(e.Words, style{27, false}, end-x), x, y, ink)
}

func (b *board) toneLegend(legend []social.Entry, y float64) {
	x, room := float64(margin+8), float64(content)/float64(len(legend))
	for _, e := range legend {
		b.disc(x+9, y-9, 9, b.tone(e.Tone))
		l := b.fit(e.Words, style{25, false}, room-52)
		b.write(l, x+30, y, muted)
		x += l.width + 62
	}
}

func (b *board) tone(t social.Tone) color.RGBA {
	switch t {
	case social.ToneWaiting:
		return amber
	case social.ToneReady:
		return b.shade.full
	case social.ToneDone:
		return green
	case social.ToneTrouble:
		return red
	}
	return greyed
}
