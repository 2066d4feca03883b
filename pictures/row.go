package pictures

import (
	"image/color"

	"peyk/social"
)

// The layout of rows, in pixels.
const (
	rowGap    = 12
	rowHigh   = 170 // at most
	rowLead   = 252 // from a row's reading edge to its entries
	entryStep = 40
)

// rows paints a panel for each row, one below the other, with the legend under them.
func (b *board) rows(c social.Picture, at box) {
	if len(c.Legend) > 0 {
		at.h -= 56
		b.toneLegend(c.Legend, at.y+at.h+38)
	}
	n := float64(len(c.Rows))
	h := min(rowHigh, (at.h-(n-1)*rowGap)/n)
	for i, r := range c.Rows {
		b.row(r, box{at.x, at.y + float64(i)*(h+rowGap), at.w, h})
	}
}

func (b *board) row(r social.Row, at box) {
	b.round(at, corner, white)
	if r.Today {
		b.round(box{at.x, at.y, 12, at.h}, 6, b.shade.full)
	}
	x, mid := at.x+inner, at.y+at.h/2
	lines := 2.0
	if r.Note != "" {
		lines = 3
	}
	y := mid - (lines-1)*38/2 + 10
	b.write(b.fit(r.Name, style{31, true}, rowLead-inner-gap), x, y, ink)
	b.write(b.fit(r.Date, style{26, false}, rowLead-inner-gap), x, y+38, muted)
	b.write(b.fit(r.Note, style{25, false}, rowLead-inner-gap), x, y+76, red)
	entries := r.Entries[:min(3, len(r.Entries))]
	if len(entries) == 0 {
		b.write(b.fit(r.Empty, style{27, false}, at.w-rowLead-inner), at.x+rowLead, mid+10, muted)
	}
	y = mid - float64(len(entries)-1)*entryStep/2 + 10
	for i, e := range entries {
		b.entry(e, box{at.x + rowLead, y + float64(i)*entryStep, at.w - rowLead - inner, 0})
	}
}

// entry paints one line on a base line.
func (b *board) entry(e social.Entry, at box) {
	x := at.x
	if e.Tone != social.ToneNone {
		b.disc(x+9, at.y-9, 9, b.tone(e.Tone))
		x += 32
	}
	lead := b.fit(e.Lead, style{27, true}, at.w/2)
	b.write(lead, x, at.y, ink)
	if lead.width > 0 {
		x += lead.width + 18
	}
	b.write(b.brief(e.Words, style{27, false}, at.x+at.w-x), x, at.y, ink)
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
