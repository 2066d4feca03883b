package handlers

import (
	"bytes"
	"slices"
)

// telling are the words and names by which films say where or with what they were
// made (QuickTime File Format, "User Data" and "Metadata"; 3GPP TS 26.244, "loci").
func telling() []string {
	return []string{
		"\xa9xyz", "\xa9mak", "\xa9mod", "\xa9gps", "loci", "gps", "GPS", "GPMF", "XMP_", "xpacket", "Exif",
		"location", "quicktime.make", "quicktime.model", "manufacturer", "android.model",
	}
}

// xmp marks a box of Adobe's notes (XMP specification, part 3).
const xmp = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"

// cleanFilm takes out of an MP4 or QuickTime film what says where, when and with what
// it was taken, if it says where or with what. Every byte of the film stays in its
// place. A film that tells nothing is not touched: Telegram's own copy will do.
func cleanFilm(data []byte) ([]byte, bool) {
	list, ok := boxes(data, 0, len(data))
	if !ok {
		return nil, false
	}
	out := slices.Clone(data)
	told := false
	for _, b := range list {
		switch b.kind {
		case "uuid":
			told = blankNotes(out, b) || told
		case "moov":
			told = cleanMovie(out, b) || told
		}
	}
	if !told {
		return data, true
	}
	for _, b := range list {
		if b.kind == "moov" {
			forgetTimes(out, b)
		}
	}
	return out, true
}

// blankNotes blanks a box of Adobe's notes.
func blankNotes(data []byte, b box) bool {
	if !bytes.HasPrefix(data[b.from:b.to], []byte(xmp)) {
		return false
	}
	b.blank(data)
	return true
}

// cleanMovie blanks the notes of the film and of its tracks, where any of them tells,
// and takes out tracks that hold nothing but notes.
func cleanMovie(data []byte, movie box) bool {
	var notes []box
	told := false
	look := func(list []box) {
		for _, b := range list {
			if b.kind == "udta" || b.kind == "meta" || b.kind == "uuid" {
				notes = append(notes, b)
				told = told || tellsPlace(data[b.from:b.to])
			}
		}
	}
	look(movie.inside(data))
	for _, track := range movie.inside(data) {
		if track.kind != "trak" {
			continue
		}
		look(track.inside(data))
		if isNoteTrack(data, track) {
			blankSamples(data, track)
			notes, told = append(notes, track), true
		}
	}
	if told {
		for _, b := range notes {
			b.blank(data)
		}
	}
	return told
}

func tellsPlace(notes []byte) bool {
	return slices.ContainsFunc(telling(), func(word string) bool { return bytes.Contains(notes, []byte(word)) })
}

// isNoteTrack tells whether a track holds notes in time, such as a position for each
// second: neither picture nor sound nor subtitles.
func isNoteTrack(data []byte, track box) bool {
	handler, ok := track.child(data, "mdia", "hdlr")
	return ok && handler.to-handler.from >= 12 && string(data[handler.from+8:handler.from+12]) == "meta"
}

// forgetTimes takes away when the film and its tracks were made. The first four bytes
// of each of these boxes hold its version, which says how long the two times are.
func forgetTimes(data []byte, movie box) {
	forget := func(b box, ok bool) {
		if !ok || b.to-b.from < 20 {
			return
		}
		size := 8
		if data[b.from] == 1 {
			size = 16
		}
		clear(data[b.from+4 : b.from+4+size])
	}
	forget(movie.child(data, "mvhd"))
	for _, track := range movie.inside(data) {
		if track.kind == "trak" {
			forget(track.child(data, "tkhd"))
			forget(track.child(data, "mdia", "mdhd"))
		}
	}
}

// blankSamples blanks what a track holds, wherever in the file it stands: its chunks,
// how many samples each has, and how long they are (ISO/IEC 14496-12, 8.7).
func blankSamples(data []byte, track box) {
	table, ok := track.child(data, "mdia", "minf", "stbl")
	if !ok {
		return
	}
	sizes, sample := sampleSizes(data, table), 0
	runs := chunkRuns(data, table)
	for i, at := range chunkPlaces(data, table) {
		for range samplesOf(runs, i+1) {
			if sample >= len(sizes) {
				return
			}
			size := sizes[sample]
			sample++
			if at < 0 || size > len(data)-at {
				return
			}
			clear(data[at : at+size])
			at += size
		}
	}
}

// content is what stands in a box behind its version and flags.
func content(data []byte, table box, kind string) *fields {
	b, ok := table.child(data, kind)
	if !ok || b.to-b.from < 4 {
		return &fields{bad: true}
	}
	return &fields{data: data[b.from:b.to], at: 4}
}

// many bounds a count by what its entries need to stand in the box.
func (f *fields) many(entry int) int {
	n := f.number(4)
	if f.bad {
		return 0
	}
	return min(n, (len(f.data)-f.at)/entry)
}

func sampleSizes(data []byte, table box) []int {
	f := content(data, table, "stsz")
	fixed := f.number(4)
	if fixed > 0 {
		n := f.number(4)
		if f.bad {
			return nil
		}
		return slices.Repeat([]int{fixed}, min(n, len(data)/fixed))
	}
	sizes := make([]int, f.many(4))
	for i := range sizes {
		sizes[i] = f.number(4)
	}
	return sizes
}

func chunkPlaces(data []byte, table box) []int {
	size, f := 4, content(data, table, "stco")
	if f.bad {
		size, f = 8, content(data, table, "co64")
	}
	places := make([]int, f.many(size))
	for i := range places {
		if places[i] = f.number(size); places[i] > len(data) {
			places[i] = len(data)
		}
	}
	return places
}

// A chunkRun says that from a chunk on each has so many samples.
type chunkRun struct{ first, samples int }

func chunkRuns(data []byte, table box) []chunkRun {
	f := content(data, table, "stsc")
	runs := make([]chunkRun, f.many(12))
	for i := range runs {
		runs[i] = chunkRun{f.number(4), f.number(4)}
		f.number(4)
	}
	return runs
}

func samplesOf(runs []chunkRun, chunk int) int {
	n := 0
	for _, r := range runs {
		if r.first <= chunk {
			n = r.samples
		}
	}
	return n
}
