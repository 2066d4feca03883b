package handlers

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"peyk/social"
)

// boxed is a box with its content.
func boxed(kind string, content ...string) string {
	body := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))) + kind + body //nolint:gosec // it is short
}

func long(n ...uint32) string {
	var b []byte
	for _, v := range n {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return string(b)
}

// made is when the films of these tests say that they were taken.
const made = 0xE1E2E3E4

const frames = "the moving picture itself"

// film is an MP4 with a picture and, where there is a place, with it in every corner
// where a telephone or a camera writes it: notes of the film and of a track, notes in
// time, and Adobe's.
func film(place string) []byte {
	handler := func(kind string) string { return boxed("hdlr", long(0, 0), kind, long(0, 0, 0)) }
	track := func(kind, notes, table string) string {
		return boxed("trak", boxed("tkhd", long(0, made, made, 1, 0, 9)), boxed("mdia", boxed("mdhd", long(1<<24, made, made, made, made, 9)), handler(kind), boxed("minf", table)), notes)
	}
	table := func(at int) string {
		return boxed("stbl", boxed("stsz", long(0, 0, 2, uint32(len(place)), 3)), boxed("stsc", long(0, 1, 1, 2, 1)), boxed("stco", long(0, 1, uint32(at)))) //nolint:gosec // it is short
	}
	movie := func(at int) string {
		notes, inTime := "", ""
		if place != "" {
			notes, inTime = boxed("udta", boxed("\xa9xyz", place)), track("meta", "", table(at))
		}
		return boxed("moov", boxed("mvhd", long(0, made, made, 600, 9)), track("vide", notes, boxed("stbl")), inTime, notes)
	}
	head := boxed("ftyp", "mp42isom") + boxed("free")
	at := len(head) + len(movie(0)) + 8
	all := head + movie(at) + boxed("mdat", place, "abc", frames)
	if place != "" {
		all += boxed("uuid", xmp, place)
	}
	return []byte(all)
}

// TestFilmsTellNoPlace takes the position out of a film, and when and with what it was
// taken; the film itself stays, each byte where it was.
func TestFilmsTellNoPlace(t *testing.T) {
	dirty := film(gps)
	clean := cleaned("video/mp4", dirty)
	if bytes.Contains(clean, []byte("SECRET")) || bytes.Contains(clean, []byte(long(made))) {
		t.Errorf("the film still tells: %q", clean)
	}
	if len(clean) != len(dirty) || bytes.Index(clean, []byte(frames)) != bytes.Index(dirty, []byte(frames)) {
		t.Error("the film has moved")
	}
	if !bytes.Contains(dirty, []byte("SECRET")) {
		t.Error("the caller's film was changed")
	}
	list, ok := boxes(clean, 0, len(clean))
	kinds := ""
	for _, b := range list {
		kinds += b.kind + " "
	}
	if !ok || kinds != "ftyp free moov mdat free " {
		t.Errorf("its boxes are %s", kinds)
	}
	movie := list[2]
	kinds = ""
	for _, b := range movie.inside(clean) {
		kinds += b.kind + " "
	}
	if kinds != "mvhd trak free free " {
		t.Errorf("the movie's boxes are %s", kinds)
	}
	if again := cleaned("video/mp4", clean); !bytes.Equal(again, clean) {
		t.Error("what is clean changes")
	}
}

// A film that tells nothing is left alone, with its times, so that Telegram's own copy
// goes out.
func TestFilmThatTellsNothing(t *testing.T) {
	quiet := film("")
	s := &shelf{data: quiet}
	m, err := (&Handlers{Store: s, Files: s}).takeMedia(t.Context(), social.Media{Kind: social.Video, FileID: "a"})
	if err != nil || m.FileID != "a" || !bytes.Equal(s.kept[0], quiet) {
		t.Errorf("%+v, %v", m, err)
	}
	s = &shelf{data: film(gps)}
	m, err = (&Handlers{Store: s, Files: s}).takeMedia(t.Context(), social.Media{Kind: social.Video, FileID: "a"})
	if err != nil || m.FileID != "" || bytes.Contains(s.kept[0], []byte("SECRET")) {
		t.Errorf("%+v, %v", m, err)
	}
	for _, broken := range [][]byte{quiet[:len(quiet)-3], append(slices.Clone(quiet), 0, 0, 0, 3, 'x')} {
		if got := cleaned("video/mp4", broken); !bytes.Equal(got, broken) {
			t.Error("a film that cannot be parted was changed")
		}
	}
}

// heic is a picture with its notes, which stand in the file or in a box of the table.
func heic(inner bool) []byte {
	entry := func(id byte, kind string) string {
		return boxed("infe", "\x02\x00\x00\x00\x00"+string(id)+"\x00\x00"+kind+"\x00")
	}
	meta := func(at int) string {
		place := func(id, method byte, at, size int) string {
			return "\x00" + string(id) + "\x00" + string(method) + "\x00\x00\x00\x01" + long(uint32(at), uint32(size)) //nolint:gosec // it is short
		}
		var iloc string
		if inner {
			iloc = boxed("iloc", "\x01\x00\x00\x00\x44\x00\x00\x02"+place(1, 0, at, len(frames))+place(2, 1, 0, len(gps))) + boxed("idat", gps)
		} else {
			iloc = boxed("iloc", "\x01\x00\x00\x00\x44\x00\x00\x02"+place(1, 0, at, len(frames))+place(2, 0, at+len(frames), len(gps)))
		}
		return boxed("meta", "\x00\x00\x00\x00", boxed("hdlr", long(0, 0), "pict"), boxed("iinf", "\x00\x00\x00\x00\x00\x02", entry(1, "hvc1"), entry(2, "Exif")), iloc)
	}
	head := boxed("ftyp", "heicmif1")
	body := frames
	if !inner {
		body += gps
	}
	return []byte(head + meta(len(head)+len(meta(0))+8) + boxed("mdat", body))
}

// TestHEICTellsNoPlace blanks the notes of a HEIC picture where they stand.
func TestHEICTellsNoPlace(t *testing.T) {
	for _, inner := range []bool{false, true} {
		dirty := heic(inner)
		clean := cleaned("image/heic", dirty)
		if bytes.Contains(clean, []byte("SECRET")) || !bytes.Contains(dirty, []byte("SECRET")) {
			t.Errorf("inner %t: the picture still tells: %q", inner, clean)
		}
		if len(clean) != len(dirty) || bytes.Index(clean, []byte(frames)) != bytes.Index(dirty, []byte(frames)) {
			t.Errorf("inner %t: the picture has moved", inner)
		}
	}
}
