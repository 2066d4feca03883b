package emulator

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// A gallery hands out the picture that was asked for, the same bytes each time, also
// when it has kept too many and begins anew.
func TestGallery(t *testing.T) {
	var g gallery
	first := g.of(look{4, 3, 0})
	last := first
	for n := 1; n < most+2; n++ {
		data := g.of(look{4, 3, n})
		if bytes.Equal(data, last) {
			t.Fatalf("picture %d is as the one before", n)
		}
		last = data
		size, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil || size.Width != 4 || size.Height != 3 {
			t.Fatalf("picture %d: %v, %v", n, size, err)
		}
		if len(g.jpegs) > most {
			t.Fatalf("it keeps %d pictures", len(g.jpegs))
		}
	}
	if !bytes.Equal(first, g.of(look{4, 3, 0})) || !bytes.Equal(g.of(look{4, 3, 0}), g.of(look{4, 3, 0})) {
		t.Error("the same picture has other bytes")
	}
}
