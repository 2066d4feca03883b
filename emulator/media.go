package emulator

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"sync"
)

// Photo is a small JPEG; each number gives another colour, so other bytes.
func Photo(n int) Media {
	return Media{Kind: KindPhoto, Data: jpegOf(480, 360, n), Mime: "image/jpeg", Width: 480, Height: 360}
}

// PhotoOf is a photo with the given bytes, declared to be of a size in pixels.
func PhotoOf(data []byte, width, height int) Media {
	return Media{Kind: KindPhoto, Data: data, Mime: "image/jpeg", Width: width, Height: height}
}

// Video is a clip of a few bytes that declares itself as MP4 of n seconds.
func Video(n int) Media {
	return Media{Kind: KindVideo, Name: "clip.mp4", Mime: "video/mp4", Data: mp4Of(n), Width: 640, Height: 360, Duration: n}
}

// Animation is a GIF as Telegram keeps them: a soundless MP4.
func Animation(n int) Media {
	return Media{Kind: KindAnimation, Name: "fun.mp4", Mime: "video/mp4", Data: mp4Of(n + 1000), Width: 320, Height: 240, Duration: 2}
}

// Document is a file with a name; ".png" makes a real picture, ".pdf" the head of a PDF, all else plain text.
func Document(name string) Media {
	m := Media{Kind: KindDocument, Name: name}
	switch suffix(m) {
	case ".png":
		m.Mime, m.Data = "image/png", pngOf(64, 48, len(name))
	case ".pdf":
		m.Mime, m.Data = "application/pdf", []byte("%PDF-1.4\n% "+name+"\n%%EOF\n")
	default:
		m.Mime, m.Data = "text/plain", []byte(name+"\n")
	}
	return m
}

// Voice is a voice note of n seconds.
func Voice(n int) Media {
	return Media{Kind: KindVoice, Mime: "audio/ogg", Data: append([]byte("OggS\x00\x02OpusHead"), byte(n)), Duration: n}
}

// Audio is a piece of music of n seconds.
func Audio(n int) Media {
	return Media{Kind: KindAudio, Name: "song.mp3", Mime: "audio/mpeg", Data: append([]byte("ID3\x03\x00"), byte(n)), Duration: n}
}

// Sized is the same file with another declared size in bytes.
func (m Media) Sized(size int64) Media {
	m.Size = size
	return m
}

func mp4Of(n int) []byte {
	return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08free"), byte(n>>8), byte(n))
}

// picture is a small landscape: a sky, a sun and three hills, in other colours for each number.
func picture(w, h, n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	hue := float64(n*47%360) / 60
	for y := range h {
		sky := tint(hue, 0.30+0.25*float64(y)/float64(h), 1-0.15*float64(y)/float64(h))
		draw.Draw(img, image.Rect(0, y, w, y+1), image.NewUniform(sky), image.Point{}, draw.Src)
	}
	sunX, sunY, sun := w*(3+n%5)/10, h*3/10, max(1, h/9)
	for y := sunY - sun; y <= sunY+sun; y++ {
		half := int(math.Sqrt(float64(max(0, sun*sun-(y-sunY)*(y-sunY)))))
		draw.Draw(img, image.Rect(sunX-half, y, sunX+half, y+1), image.NewUniform(color.RGBA{255, 244, 214, 255}), image.Point{}, draw.Src)
	}
	for hill := range 3 {
		green := image.NewUniform(tint(hue+0.5+0.35*float64(hill), 0.42+0.1*float64(hill), 0.78-0.17*float64(hill)))
		for x := range w {
			wave := math.Sin(float64(x)/float64(w)*math.Pi*float64(2+hill)+float64(n+hill*2)) * float64(h) / 14
			top := int(float64(h)*(0.52+0.15*float64(hill)) + wave)
			draw.Draw(img, image.Rect(x, top, x+1, h), green, image.Point{}, draw.Src)
		}
	}
	return img
}

// tint is a colour of a hue (0 to 6), a saturation and a brightness (0 to 1).
func tint(hue, saturation, value float64) color.RGBA {
	part := func(n float64) uint8 {
		k := math.Mod(n+hue, 6)
		return uint8(255 * (value - value*saturation*max(0, min(k, 4-k, 1))))
	}
	return color.RGBA{part(5), part(3), part(1), 255}
}

func jpegOf(w, h, n int) []byte { return drawn.of(look{w, h, n}) }

// A look is what a picture is known by: its size in pixels and its number.
type look struct{ w, h, n int }

// drawn keeps the JPEGs of the last looks: a look is always the same bytes, and drawing
// them takes longer than all else that is done with them. Nobody changes the bytes.
var drawn gallery

// most is how many pictures a gallery keeps.
const most = 200

type gallery struct {
	mu    sync.Mutex
	jpegs map[look][]byte
}

func (g *gallery) of(l look) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if data, ok := g.jpegs[l]; ok {
		return data
	}
	if len(g.jpegs) >= most || g.jpegs == nil {
		g.jpegs = map[look][]byte{}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, picture(l.w, l.h, l.n), &jpeg.Options{Quality: 60}) // a bytes.Buffer takes all
	g.jpegs[l] = slices.Clip(b.Bytes())
	return g.jpegs[l]
}

func pngOf(w, h, n int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, picture(w, h, n)) // a bytes.Buffer takes all
	return b.Bytes()
}

// pngHead is a PNG that ends after its head: all that is known of it is its size in pixels.
func pngHead(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), 8, 2, 0, 0, 0)
	b := append(binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}
