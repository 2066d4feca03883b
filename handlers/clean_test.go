package handlers

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"

	"golang.org/x/image/webp"

	"peyk/social"
)

// gps is what no published picture may hold: a position, and a name.
const gps = "N 35.6892 E 51.3890 SECRET-PLACE"

func motif() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		m.Set(i%40, i/40, color.RGBA{uint8(i), uint8(i / 7), uint8(i / 3), 255}) //nolint:gosec // any colour will do
	}
	return m
}

func segment(marker byte, body string) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// exif is a camera's note, in either byte order: which side is up, and where.
func exif(order binary.AppendByteOrder, mark string, up uint16) string {
	b := append([]byte(mark), order.AppendUint16(nil, 42)...)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), 3), 1)
	b = order.AppendUint16(order.AppendUint16(b, up), 0)
	b = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x8825), 4), 1), 38)
	b = order.AppendUint32(b, 0)
	return exifHead + string(b) + gps
}

func jpegWith(t *testing.T, segments ...[]byte) []byte {
	t.Helper()
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, motif(), nil); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(plain.Bytes()[:2], slices.Concat(segments...), plain.Bytes()[2:], []byte("a small film, taken at "+gps))
}

func same(t *testing.T, a, b image.Image) {
	t.Helper()
	for i := range 40 * 30 {
		if a.At(i%40, i/40) != b.At(i%40, i/40) {
			t.Fatalf("the picture changed at %d, %d", i%40, i/40)
		}
	}
}

// TestPicturesTellNoPlace takes the position out of a JPEG, wherever it stands, and
// leaves the picture, its colours and its upper side.
func TestPicturesTellNoPlace(t *testing.T) {
	icc := segment(0xE2, "ICC_PROFILE\x00colours")
	for _, up := range []uint16{1, 6} {
		dirty := jpegWith(t, segment(0xE1, exif(binary.BigEndian, "MM", up)), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+gps), icc,
			segment(0xE2, "MPF\x00"+gps), segment(0xED, "Photoshop 3.0\x00"+gps), segment(0xFE, gps))
		clean := cleaned("image/jpeg", dirty)
		if bytes.Contains(clean, []byte("SECRET")) || !bytes.Contains(clean, icc) {
			t.Errorf("the place is in it: %t; the colours: %t", bytes.Contains(clean, []byte("SECRET")), bytes.Contains(clean, icc))
		}
		before, err := jpeg.Decode(bytes.NewReader(dirty))
		if err != nil {
			t.Fatal(err)
		}
		after, err := jpeg.Decode(bytes.NewReader(clean))
		if err != nil {
			t.Fatal(err)
		}
		same(t, before, after)
		at := bytes.Index(clean, []byte(exifHead))
		switch {
		case up == 1 && at >= 0:
			t.Error("the usual side needs no note")
		case up == 6 && (at < 0 || orientation(clean[at+len(exifHead):]) != 6):
			t.Error("which side is up was lost")
		}
		if again := cleaned("image/jpeg", clean); !bytes.Equal(again, clean) {
			t.Error("what is clean changes")
		}
	}
	if up := orientation([]byte(exif(binary.LittleEndian, "II", 8))[len(exifHead):]); up != 8 {
		t.Errorf("the other byte order: %d", up)
	}
}

// TestOwnCopyIsUsedWhereItWasCleaned: a photo sent as a file keeps its position at
// Telegram, so what goes out is our own copy.
func TestOwnCopyIsUsedWhereItWasCleaned(t *testing.T) {
	s := &shelf{data: jpegWith(t, segment(0xE1, exif(binary.BigEndian, "MM", 6)))}
	m, err := (&Handlers{Store: s, Files: s}).takeMedia(t.Context(), social.Media{Kind: social.Document, FileID: "a", Name: "photo.jpg"})
	if err != nil || m.FileID != "" || m.Hash != "hash1" || m.Size != int64(len(s.kept[0])) || bytes.Contains(s.kept[0], []byte("SECRET")) {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestNotesOfOtherPictures takes the notes out of PNG and WebP.
func TestNotesOfOtherPictures(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, motif()); err != nil {
		t.Fatal(err)
	}
	note := append([]byte{0, 0, 0, byte(len(gps))}, "eXIf"+gps...)
	note = binary.BigEndian.AppendUint32(note, crc32.ChecksumIEEE(note[4:]))
	dirty := slices.Concat(plain.Bytes()[:33], note, plain.Bytes()[33:], []byte(gps))
	if clean := cleaned("image/png", dirty); !bytes.Equal(clean, plain.Bytes()) {
		t.Error("a PNG is not what it was without its notes")
	}
	// A lossless picture of one dot (RFC 9649), with a place behind it.
	dot := "VP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
	body := "WEBPVP8X\x0a\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00" + dot + "EXIF" + string([]byte{byte(len(gps)), 0, 0, 0}) + gps
	film := "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body //nolint:gosec // it is short
	clean := cleaned("image/webp", []byte(film))
	if bytes.Contains(clean, []byte("SECRET")) || clean[20] != 0 || int(binary.LittleEndian.Uint32(clean[4:])) != len(clean)-8 {
		t.Errorf("a WebP: %q", clean)
	}
	if _, err := webp.Decode(bytes.NewReader(clean)); err != nil {
		t.Errorf("a WebP cannot be read any more: %v", err)
	}
}

// FuzzCleaned takes anything for a picture: nothing panics, nothing grows much, and
// whatever could be drawn still can.
func FuzzCleaned(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffeXIf"))
	f.Add([]byte("RIFF\xff\xff\xff\xffWEBPVP8X\x00\x00\x00\x00"))
	f.Add(film(gps))
	f.Add(heic(true))
	f.Add(heic(false))
	f.Fuzz(func(t *testing.T, data []byte) {
		for mime, more := range map[string]int{"image/jpeg": 36, "image/png": 0, "image/webp": 0, "video/mp4": 0, "image/heic": 0} {
			if clean := cleaned(mime, data); len(clean) > len(data)+more {
				t.Errorf("%s grew from %d to %d", mime, len(data), len(clean))
			}
		}
	})
}
