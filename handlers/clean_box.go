package handlers

import (
	"encoding/binary"
)

// A box is one part of a film or a HEIC picture (ISO/IEC 14496-12, 4.2): where its
// content stands in the file. Content is never moved: others point into the file.
type box struct {
	kind string
	at   int // of its head
	from int // of its content
	to   int
}

// boxes parts what stands between two places; ok is false where that are no boxes.
func boxes(data []byte, from, to int) (list []box, ok bool) {
	for at := from; at < to; {
		if to-at < 8 {
			return list, false
		}
		size, head := int64(binary.BigEndian.Uint32(data[at:])), 8
		switch size {
		case 0:
			size = int64(to - at) // up to the end
		case 1:
			if to-at < 16 {
				return list, false
			}
			size, head = int64(binary.BigEndian.Uint64(data[at+8:])&(1<<62-1)), 16
		}
		if size < int64(head) || size > int64(to-at) {
			return list, false
		}
		list = append(list, box{string(data[at+4 : at+8]), at, at + head, at + int(size)})
		at += int(size)
	}
	return list, true
}

// inside parts the content of a box; what cannot be parted has no boxes.
func (b box) inside(data []byte) []box {
	list, _ := boxes(data, b.from, b.to)
	return list
}

// child is the first box of a kind within b, by a path of kinds.
func (b box) child(data []byte, path ...string) (box, bool) {
	for _, kind := range path {
		found := false
		for _, c := range b.inside(data) {
			if c.kind == kind {
				b, found = c, true
				break
			}
		}
		if !found {
			return box{}, false
		}
	}
	return b, true
}

// blank makes the box one that says nothing and is skipped by whoever reads the file.
func (b box) blank(data []byte) {
	copy(data[b.at+4:], "free")
	clear(data[b.from:b.to])
}

// fields reads numbers of different sizes one after the other. Beyond the end they are
// zero, and ok turns false.
type fields struct {
	data []byte
	at   int
	bad  bool
}

func (f *fields) number(size int) int {
	if size == 0 {
		return 0
	}
	if f.at+size > len(f.data) {
		f.bad = true
		return 0
	}
	n := 0
	for _, c := range f.data[f.at : f.at+size] {
		n = n<<8 | int(c)
	}
	f.at += size
	if n < 0 {
		f.bad = true
		return 0
	}
	return n
}
