// Package pictures draws what a chat shows better than it tells: the card of a
// brand's week, with shaped Persian text. All words come ready from the caller.
package pictures

import (
	"bytes"
	_ "embed" // the fonts
	"errors"
	"fmt"
	"image/png"
	"sync"

	"github.com/go-text/typesetting/font"

	"peyk/social"
)

var (
	//go:embed fonts/Vazirmatn-Regular.ttf
	regularTTF []byte
	//go:embed fonts/Vazirmatn-Bold.ttf
	boldTTF []byte
)

// A Painter draws pictures. It may be used by several goroutines at once; how many
// at a time is the caller's to bound. Make it with New.
type Painter struct {
	regular, bold *font.Font
	sheets        sync.Pool // of *sheet
}

// New returns a painter with the fonts read.
func New() (*Painter, error) {
	return fonts()
}

// fonts is the painter with its fonts, which are read once: nobody changes them.
var fonts = sync.OnceValues(func() (*Painter, error) {
	regular, err := read(regularTTF)
	bold, err2 := read(boldTTF)
	return &Painter{regular: regular, bold: bold, sheets: sync.Pool{New: func() any { return newSheet() }}}, errors.Join(err, err2)
})

func read(ttf []byte) (*font.Font, error) {
	face, err := font.ParseTTF(bytes.NewReader(ttf))
	if err != nil {
		return nil, fmt.Errorf("reading a font: %w", err)
	}
	return face.Font, nil
}

// Card draws a card as a PNG of Width × Height pixels.
func (p *Painter) Card(c social.Picture) ([]byte, error) {
	b := p.board(c.RTL, shadeOf(c.Shade))
	defer p.sheets.Put(b.sheet)
	b.card(c)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: b.sheet}).Encode(&out, b.paletted()); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return out.Bytes(), nil
}
