package pictures

import (
	"image"
	"image/png"
)

// A sheet is the memory that painting and writing one picture takes, some 8 MB, which
// the next picture uses again.
type sheet struct {
	painted *image.RGBA
	written []uint8 // the numbers of the colours
	buffer  *png.EncoderBuffer
}

func newSheet() *sheet {
	return &sheet{painted: image.NewRGBA(image.Rect(0, 0, Width, Height)), written: make([]uint8, Width*Height)}
}

// blank paints the whole sheet as paper.
func (s *sheet) blank() {
	pix := s.painted.Pix
	copy(pix, []uint8{paper.R, paper.G, paper.B, paper.A})
	for done := 4; done < len(pix); done *= 2 {
		copy(pix[done:], pix[:done])
	}
}

// Get and Put let the writer of PNGs keep its memory here.
func (s *sheet) Get() *png.EncoderBuffer  { return s.buffer }
func (s *sheet) Put(b *png.EncoderBuffer) { s.buffer = b }
