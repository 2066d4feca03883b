package pictures

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// The size of a picture, in pixels.
const (
	Width  = 1080
	Height = 1350
)

// A board is what one picture is drawn on. Where text runs from right to left, its
// x is counted from the right edge, so that both directions share their layouts.
type board struct {
	writer
	*sheet
	shade shade
	path  []ot.Segment // of the shape to be filled, y downwards
}

func (p *Painter) board(rtl bool, s shade) *board {
	b := &board{sheet: p.sheets.Get().(*sheet), shade: s}
	b.writer = writer{regular: font.NewFace(p.regular), bold: font.NewFace(p.bold), rtl: rtl}
	b.blank()
	return b
}

// lead turns the leading edge of something of a width into its left edge.
func (b *board) lead(x, width float64) float64 {
	if b.rtl {
		return Width - x - width
	}
	return x
}

// A box is a rectangle, its x counted from the reading edge.
type box struct{ x, y, w, h float64 }

func (b *board) moveTo(x, y float64) { b.add(ot.SegmentOpMoveTo, x, y) }
func (b *board) lineTo(x, y float64) { b.add(ot.SegmentOpLineTo, x, y) }
func (b *board) add(op ot.SegmentOp, xy ...float64) {
	s := ot.Segment{Op: op}
	for i := 0; i+1 < len(xy); i += 2 {
		s.Args[i/2] = ot.SegmentPoint{X: float32(xy[i]), Y: float32(xy[i+1])}
	}
	b.path = append(b.path, s)
}

// fill paints the path and forgets it.
func (b *board) fill(c color.Color) { b.fillIn(b.painted.Rect, c) }

// fillIn does so where the path lies in a part of the picture. The rasteriser covers no
// more than that.
func (b *board) fillIn(part image.Rectangle, c color.Color) {
	if part = part.Intersect(b.reach()); !part.Empty() {
		r := vector.NewRasterizer(part.Dx(), part.Dy())
		trace(r, b.path, part.Min)
		r.Draw(b.painted, part, image.NewUniform(c), image.Point{})
	}
	b.path = b.path[:0]
}

// reach is the part of the picture that the path may cover.
func (b *board) reach() image.Rectangle {
	lowX, lowY, highX, highY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range b.path {
		for _, p := range s.ArgsSlice() {
			lowX, highX = min(lowX, float64(p.X)), max(highX, float64(p.X))
			lowY, highY = min(lowY, float64(p.Y)), max(highY, float64(p.Y))
		}
	}
	if lowX > highX {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lowX)), int(math.Floor(lowY)), int(math.Ceil(highX)), int(math.Ceil(highY))).Intersect(b.painted.Bounds())
}

func trace(r *vector.Rasterizer, path []ot.Segment, from image.Point) {
	dx, dy := float32(from.X), float32(from.Y)
	for i, s := range path {
		a := s.Args
		switch s.Op {
		case ot.SegmentOpMoveTo:
			if i > 0 {
				r.ClosePath()
			}
			r.MoveTo(a[0].X-dx, a[0].Y-dy)
		case ot.SegmentOpLineTo:
			r.LineTo(a[0].X-dx, a[0].Y-dy)
		case ot.SegmentOpQuadTo:
			r.QuadTo(a[0].X-dx, a[0].Y-dy, a[1].X-dx, a[1].Y-dy)
		case ot.SegmentOpCubeTo:
			r.CubeTo(a[0].X-dx, a[0].Y-dy, a[1].X-dx, a[1].Y-dy, a[2].X-dx, a[2].Y-dy)
		}
	}
	r.ClosePath()
}

// round paints a box with round corners in an opaque colour. What has no edges needs no
// rasteriser.
func (b *board) round(at box, radius float64, c color.Color) {
	x := b.lead(at.x, at.w)
	between := image.Rectangle{image.Pt(int(x), int(math.Ceil(at.y+radius))), image.Pt(int(x+at.w), int(at.y+at.h-radius))}
	if between.Empty() || x != math.Trunc(x) || at.w != math.Trunc(at.w) {
		b.corners(at, radius, radius)
		b.fill(c)
		return
	}
	draw.Draw(b.painted, between, image.NewUniform(c), image.Point{}, draw.Src)
	b.corners(box{at.x, at.y, at.w, 2 * radius}, radius, 0)
	b.fillIn(image.Rect(0, 0, Width, between.Min.Y), c)
	b.corners(box{at.x, at.y + at.h - 2*radius, at.w, 2 * radius}, 0, radius)
	b.fillIn(image.Rect(0, between.Max.Y, Width, Height), c)
}

// corners begins the path of a box with round corners above and below.
func (b *board) corners(at box, top, bottom float64) {
	const k = 0.5523 // of a circle's quarter
	x, y, w, h := b.lead(at.x, at.w), at.y, at.w, at.h
	top, bottom = min(top, w/2, h/2), min(bottom, w/2, h/2)
	b.moveTo(x+top, y)
	b.lineTo(x+w-top, y)
	b.add(ot.SegmentOpCubeTo, x+w-top+k*top, y, x+w, y+top-k*top, x+w, y+top)
	b.lineTo(x+w, y+h-bottom)
	b.add(ot.SegmentOpCubeTo, x+w, y+h-bottom+k*bottom, x+w-bottom+k*bottom, y+h, x+w-bottom, y+h)
	b.lineTo(x+bottom, y+h)
	b.add(ot.SegmentOpCubeTo, x+bottom-k*bottom, y+h, x, y+h-bottom+k*bottom, x, y+h-bottom)
	b.lineTo(x, y+top)
	b.add(ot.SegmentOpCubeTo, x, y+top-k*top, x+top-k*top, y, x+top, y)
}

// disc paints a circle around a middle, x counted from the reading edge.
func (b *board) disc(x, y, radius float64, c color.Color) {
	b.round(box{x - radius, y - radius, 2 * radius, 2 * radius}, radius, c)
}

// arrow paints a small triangle that points up (1) or down (-1).
func (b *board) arrow(x, y, size float64, way int, c color.Color) {
	left, tip := b.lead(x, size), size*0.45*float64(way)
	b.moveTo(left, y+tip)
	b.lineTo(left+size, y+tip)
	b.lineTo(left+size/2, y-tip)
	b.fill(c)
}

// stroke paints a line between two points, x counted from the reading edge.
func (b *board) stroke(x1, y1, x2, y2, thick float64, c color.Color) {
	x1, x2 = b.lead(x1, 0), b.lead(x2, 0)
	length := math.Hypot(x2-x1, y2-y1)
	if length == 0 {
		return
	}
	nx, ny := (y2-y1)/length*thick/2, (x1-x2)/length*thick/2
	b.moveTo(x1+nx, y1+ny)
	b.lineTo(x2+nx, y2+ny)
	b.lineTo(x2-nx, y2-ny)
	b.lineTo(x1-nx, y1-ny)
	b.fill(c)
}

// write paints a line of text from its reading edge, on a base line.
func (b *board) write(l line, x, y float64, c color.Color) {
	at := b.lead(x, l.width)
	for _, run := range l.runs {
		scale := l.size / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			if g.GlyphID != 0 {
				b.glyph(run.Face, g.GlyphID, at+pixels(g.XOffset), y-pixels(g.YOffset), scale)
			}
			at += pixels(g.Advance)
		}
	}
	b.fill(c)
}

// middle paints a line of text around a middle.
func (b *board) middle(l line, x, y float64, c color.Color) { b.write(l, x-l.width/2, y, c) }

// glyph adds a glyph's outline to the path.
func (b *board) glyph(face *font.Face, id font.GID, x, y, scale float64) {
	outline, ok := face.GlyphDataOutline(id)
	if !ok {
		return
	}
	for _, s := range outline.Segments {
		for i := range s.Args {
			s.Args[i] = ot.SegmentPoint{X: float32(x + float64(s.Args[i].X)*scale), Y: float32(y - float64(s.Args[i].Y)*scale)}
		}
		b.path = append(b.path, s)
	}
}
