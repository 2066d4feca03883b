package handlers

import (
	"slices"
)

// cleanHEIC blanks the notes of a HEIC or AVIF picture where they stand (ISO/IEC
// 23008-12, annex A: items of the type Exif, and of type mime for XMP). Which side of
// it is up stands elsewhere.
func cleanHEIC(data []byte) ([]byte, bool) {
	list, ok := boxes(data, 0, len(data))
	i := slices.IndexFunc(list, func(b box) bool { return b.kind == "meta" })
	if !ok || i < 0 || list[i].to-list[i].from < 4 {
		return nil, false
	}
	meta := list[i]
	meta.from += 4 // its version
	notes := noteItems(data, meta)
	if len(notes) == 0 {
		return data, true
	}
	out := slices.Clone(data)
	if !blankItems(out, meta, notes) {
		return nil, false
	}
	return out, true
}

// noteItems are the numbers of the items that hold notes.
func noteItems(data []byte, meta box) []int {
	info, ok := meta.child(data, "iinf")
	if !ok || info.to-info.from < 6 {
		return nil
	}
	info.from += 6 // version and count
	if data[info.from-6] > 0 {
		info.from += 2
	}
	var notes []int
	for _, entry := range info.inside(data) {
		if entry.kind != "infe" || entry.to-entry.from < 4 {
			continue
		}
		version := data[entry.from]
		f := &fields{data: data[entry.from:entry.to], at: 4}
		size := 2
		if version == 3 {
			size = 4
		}
		id := f.number(size)
		f.number(2) // its protection
		if kind := f.number(4); version >= 2 && !f.bad && (kind == 'E'<<24|'x'<<16|'i'<<8|'f' || kind == 'm'<<24|'i'<<16|'m'<<8|'e') {
			notes = append(notes, id)
		}
	}
	return notes
}

// blankItems blanks the items wherever the table of places (iloc) says that they are:
// in the file, or in a box of the table's own. It tells whether it found them all.
func blankItems(data []byte, meta box, items []int) bool {
	table, ok := meta.child(data, "iloc")
	if !ok || table.to-table.from < 8 {
		return false
	}
	version := data[table.from]
	f := &fields{data: data[table.from:table.to], at: 4}
	sizes := f.number(2)
	offsetSize, lengthSize, baseSize, indexSize := sizes>>12, sizes>>8&15, sizes>>4&15, sizes&15
	wide := 2
	if version == 2 {
		wide = 4
	}
	found := 0
	for range f.number(wide) {
		id, method := f.number(wide), 0
		if version > 0 {
			method = f.number(2) & 15
		}
		f.number(2) // in which file
		base := f.number(baseSize)
		wanted := slices.Contains(items, id)
		if wanted {
			found++
		}
		for range f.number(2) {
			if version > 0 {
				f.number(indexSize)
			}
			at, size := base+f.number(offsetSize), f.number(lengthSize)
			if f.bad || wanted && !blankAt(data, meta, method, at, size) {
				return false
			}
		}
	}
	return !f.bad && found == len(items)
}

// blankAt blanks a stretch of the file, or of the box "idat" that stands in the table.
func blankAt(data []byte, meta box, method, at, size int) bool {
	end := len(data)
	if method == 1 {
		inner, ok := meta.child(data, "idat")
		if !ok {
			return false
		}
		at, end = at+inner.from, inner.to
	}
	if method > 1 || at < 0 || at > end || size > end-at {
		return false
	}
	clear(data[at : at+size])
	return true
}
