package pictures

import "peyk/social"

// The layout of a card, in pixels.
const (
	margin  = 56
	inner   = 34 // between the edge of a panel and what is in it
	gap     = 24
	corner  = 28
	content = Width - 2*margin
)

func (b *board) card(c social.Picture) {
	b.round(box{0, 0, Width, 14}, 0, b.shade.full)
	b.head(c)
	top, bottom := b.tiles(c.Tiles), b.advice(c.Advice)
	switch at := (box{margin, top, content, bottom - top}); {
	case len(c.Rows) > 0:
		b.rows(c, at)
	case c.Chart.Title != "":
		b.chart(c.Chart, at)
	}
	b.middle(b.fit(c.Foot, style{25, false}, content), Width/2, 1327, muted)
}

func (b *board) head(c social.Picture) {
	const radius, y = 56, 124
	b.disc(margin+radius, y, radius, b.shade.full)
	b.middle(b.fit(b.initial(c.Brand), style{62, true}, 2*radius-20), margin+radius, y+21, white)
	x, room := float64(margin+2*radius+26), float64(content-2*radius-26)
	if badge := b.fit(c.Badge, style{26, true}, 260); badge.width > 0 {
		pill := box{0, 78, badge.width + 48, 52}
		pill.x = Width - margin - pill.w
		b.round(pill, 26, b.shade.pale)
		b.write(badge, pill.x+24, 113, b.shade.full)
		b.write(b.fit(c.Brand, style{58, true}, room-pill.w-gap), x, 121, ink)
	} else {
		b.write(b.fit(c.Brand, style{58, true}, room), x, 121, ink)
	}
	b.write(b.fit(c.Subtitle, style{29, false}, room), x, 173, muted)
}

// tiles paints up to six numbers, two beside each other, and returns where the room
// below them begins.
func (b *board) tiles(tiles []social.Tile) float64 {
	tiles = tiles[:min(6, len(tiles))]
	const top, w = 222, (content - gap) / 2
	h := 204.0
	if len(tiles) > 4 {
		h = 166
	}
	for i, t := range tiles {
		b.tile(t, box{margin + float64(i%2)*(w+gap), top + float64(i/2)*(h+gap), w, h})
	}
	return top + float64((len(tiles)+1)/2)*(h+gap)
}

// A tileLayout is where the lines of a tile stand, from its upper edge.
type tileLayout struct {
	label, value, change float64
	size                 float64 // of the value
}

// layoutOf gives low tiles less room between their lines. A tile with two lines has
// them in its middle.
func layoutOf(t social.Tile, h float64) tileLayout {
	l := tileLayout{56, 122, 149, 62}
	if h < 190 {
		l = tileLayout{46, 101, 116, 52}
	}
	if t.Change == "" && t.Note == "" {
		const cap = 22 // of the label's letters
		drop := (h-l.value+l.label-cap)/2 - l.label + cap
		l.label, l.value = l.label+drop, l.value+drop
	}
	return l
}

func (b *board) tile(t social.Tile, at box) {
	b.round(at, corner, white)
	x, room, l := at.x+inner, at.w-2*inner, layoutOf(t, at.h)
	b.write(b.fit(t.Label, style{29, false}, room), x, at.y+l.label, muted)
	if t.Value == "" {
		b.write(b.fit("—", style{l.size, true}, room), x, at.y+l.value, muted)
	} else {
		b.write(b.whole(t.Value, style{l.size, true}, room), x, at.y+l.value, ink)
	}
	if t.Change != "" {
		w := b.change(t, x, at.y+l.change, room/2)
		x, room = x+w+16, room-w-16
	}
	b.write(b.fit(t.Note, style{25, false}, room), x, at.y+l.change+28, muted)
}

// change paints by how much a number has changed and returns how wide that is.
func (b *board) change(t social.Tile, x, y, room float64) float64 {
	tone, back, mark := muted, greys, 0.0
	switch t.Way {
	case 1:
		tone, back, mark = green, greens, 28
	case -1:
		tone, back, mark = red, reds, 28
	}
	l := b.whole(t.Change, style{26, true}, room-32-mark)
	pill := box{x, y, l.width + 32 + mark, 40}
	b.round(pill, 20, back)
	if mark > 0 {
		b.arrow(x+15, y+20, 18, t.Way, tone)
	}
	b.write(l, x+16+mark, y+29, tone)
	return pill.w
}

// advice paints what to do next, above the foot, and returns where the room above
// it ends.
func (b *board) advice(text string) float64 {
	const foot, leading = 1290, 44
	lines := b.wrap(text, style{30, true}, content-2*inner, 2)
	if len(lines) == 0 {
		return foot
	}
	h := 40 + leading*float64(len(lines))
	y := foot - h
	b.round(box{margin, y, content, h}, corner, b.shade.full)
	for i, l := range lines {
		b.write(l, margin+inner, y+51+leading*float64(i), white)
	}
	return y - gap
}
