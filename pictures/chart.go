package pictures

import (
	"math"

	"peyk/social"
)

// named is how much room a column's name wants, in pixels: of narrower columns only
// some have theirs.
const named = 110

// chart paints a panel with a bar for each day and a line over them. Days run in the
// direction of reading; the highest bar is the only dark one. Where nothing is known
// the days stand there all the same, and above them why.
func (b *board) chart(c social.Chart, at box) {
	b.round(at, corner, white)
	base := at.y + at.h - feet(c.Days)
	high, legend := highest(c.Days, bars), 0.0
	blank := high == 0 && (c.Line == "" || highest(c.Days, points) == 0)
	if !blank {
		legend = b.legend(c, at)
	}
	b.write(b.fit(c.Title, style{31, true}, at.w-2*inner-legend-gap), at.x+inner, at.y+58, ink)
	plot := box{at.x + inner, at.y + 132, at.w - 2*inner, base - at.y - 132}
	if len(c.Days) > 0 {
		b.stroke(plot.x, base, plot.x+plot.w, base, 2, rule)
	}
	if blank {
		b.names(c.Days, plot, plot.w/float64(max(1, len(c.Days))))
		b.middle(b.fit(c.Empty, style{30, false}, at.w-2*inner), Width/2, (at.y+58+base)/2+18, muted)
		return
	}
	b.columns(c.Days, plot, high)
	if c.Line != "" {
		b.trendLine(c.Days, plot)
	}
}

// feet is how much room is needed below the bars: for the names of the days and their
// dates, or for one of them.
func feet(days []social.Column) float64 {
	if len(days) > 0 && days[0].Name == "" {
		return 68
	}
	return 104
}

func bars(c social.Column) social.Amount   { return c.Bar }
func points(c social.Column) social.Amount { return c.Point }

// highest is the largest known number.
func highest(days []social.Column, of func(social.Column) social.Amount) int64 {
	var high int64
	for _, d := range days {
		if a := of(d); a.Known {
			high = max(high, a.N)
		}
	}
	return high
}

// legend names the bars and the line at the far edge and returns how wide it is.
func (b *board) legend(c social.Chart, at box) float64 {
	const size, mark, between = 26, 36, 28
	x := at.x + at.w - inner
	room := (at.w - 2*inner) * 0.3
	start := x
	if c.Line != "" {
		l := b.fit(c.Line, style{size, false}, room)
		x -= l.width
		b.write(l, x, at.y+57, muted)
		x -= mark
		b.stroke(x-4, at.y+48, x+26, at.y+48, 5, amber)
		b.disc(x+11, at.y+48, 8, amber)
		x -= between
	}
	l := b.fit(c.Bar, style{size, false}, room)
	x -= l.width
	b.write(l, x, at.y+57, muted)
	if l.width > 0 {
		x -= mark
		b.round(box{x + 6, at.y + 38, 20, 20}, 6, b.shade.full)
	}
	return start - x
}

// columns paints the bars with their numbers and days.
func (b *board) columns(days []social.Column, plot box, high int64) {
	step := plot.w / float64(len(days))
	best := false
	b.names(days, plot, step)
	for i, d := range days {
		x, base := plot.x+step*(float64(i)+0.5), plot.y+plot.h
		if !d.Bar.Known {
			b.middle(b.fit("—", style{26, false}, step), x, base-14, muted)
			continue
		}
		h := b.bar(d.Bar, box{x, base, step, plot.h}, high)
		dark := !best && d.Bar.N > 0 && d.Bar.N == high
		best = best || dark
		switch {
		case dark:
			b.fill(b.shade.full)
			room := max(step-4, named)
			x = min(max(x, plot.x+room/2), plot.x+plot.w-room/2)
			b.middle(b.whole(d.Bar.Words, style{26, true}, room), x, base-h-14, b.shade.full)
		case step >= named/2:
			b.fill(b.shade.pale)
			b.middle(b.whole(d.Bar.Words, style{26, false}, step-4), x, base-h-14, muted)
		default:
			b.fill(b.shade.pale)
		}
	}
}

// names paints the columns' days; where they are narrow, of some of them.
func (b *board) names(days []social.Column, plot box, step float64) {
	every := int(math.Ceil(named / step))
	room := step*float64(every) - 6
	for i, d := range days {
		if i%every == every/2 {
			x, base := plot.x+step*(float64(i)+0.5), plot.y+plot.h
			date := base + 42
			if d.Name != "" {
				b.middle(b.fit(d.Name, style{26, true}, room), x, date, ink)
				date += 38
			}
			b.middle(b.fit(d.Date, style{25, false}, room), x, date, muted)
		}
	}
}

// bar begins the path of a bar that stands on the middle at, and returns its height.
func (b *board) bar(a social.Amount, at box, high int64) float64 {
	if high == 0 || a.N <= 0 {
		return 0
	}
	h, w := max(6, at.h*float64(a.N)/float64(high)), min(66, at.w*0.6)
	b.corners(box{at.x - w/2, at.y - h, w, h}, min(12, w/4), 0)
	return h
}

// trendLine paints the second number of the days, between its own lowest and
// highest, where it is known.
func (b *board) trendLine(days []social.Column, plot box) {
	high := highest(days, points)
	low := high
	for _, d := range days {
		if d.Point.Known {
			low = min(low, d.Point.N)
		}
	}
	step := plot.w / float64(len(days))
	at := func(i int) (x, y float64) {
		share := 0.5
		if high > low {
			share = float64(days[i].Point.N-low) / float64(high-low)
		}
		return plot.x + step*(float64(i)+0.5), plot.y + plot.h*(0.62-0.4*share)
	}
	for i := 1; i < len(days); i++ {
		if days[i-1].Point.Known && days[i].Point.Known {
			x1, y1 := at(i - 1)
			x2, y2 := at(i)
			b.stroke(x1, y1, x2, y2, 5, amber)
		}
	}
	radius := min(8, step/5)
	for i, d := range days {
		if d.Point.Known {
			x, y := at(i)
			if radius == 8 {
				b.disc(x, y, 11, white)
			}
			b.disc(x, y, radius, amber)
		}
	}
}
