package pictures

import (
	"bytes"
	"image"
	"image/color"
)

// paletted is the picture in up to 256 colours, which takes half the time to be
// written and 40 % of the room. The colours of areas stay as they are; of the blends at the
// edges those that differ by less than eye can see become one.
func (b *board) paletted() *image.Paletted {
	p := palette{img: &image.Paletted{Pix: b.written, Stride: Width, Rect: b.painted.Rect}}
	for _, c := range []color.RGBA{paper, white, ink, muted, rule, amber, green, greens, red, reds, greys, greyed, b.shade.full, b.shade.pale} {
		p.find(c)
	}
	const strip = 36 // pixels; most strips are as those above
	for i := 0; i < len(p.img.Pix); i += strip {
		from, to := b.painted.Pix[4*i:4*(i+strip)], p.img.Pix[i:i+strip]
		if above := i - Width; above >= 0 && bytes.Equal(from, b.painted.Pix[4*above:4*(above+strip)]) {
			copy(to, p.img.Pix[above:])
		} else {
			p.read(from, to)
		}
	}
	return p.img
}

// read turns pixels into the numbers of their colours.
func (p *palette) read(from, to []uint8) {
	var last color.RGBA
	var index uint8
	for i := range to {
		at := from[4*i : 4*i+3 : 4*i+3]
		if c := (color.RGBA{at[0], at[1], at[2], 0xff}); c != last {
			last, index = c, p.find(c)
		}
		to[i] = index
	}
}

// A palette gathers the colours of a picture.
type palette struct {
	img   *image.Paletted
	known [1 << 15]int16 // by five bits of each of red, green and blue: the index after which it is, 0: none yet
}

func (p *palette) find(c color.RGBA) uint8 {
	k := &p.known[int(c.R>>3)<<10|int(c.G>>3)<<5|int(c.B>>3)]
	if *k == 0 {
		if len(p.img.Palette) < 256 {
			p.img.Palette = append(p.img.Palette, c)
			*k = int16(len(p.img.Palette))
		} else {
			*k = int16(p.img.Palette.Index(c)) + 1
		}
	}
	return uint8(*k - 1)
}
