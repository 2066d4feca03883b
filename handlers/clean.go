package handlers

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// cleaned takes out of a picture or a film what says where, when and with what it was
// made: positions above all. What it looks like stays, also which side is up. What
// cannot be parted is returned as it is.
func cleaned(mime string, data []byte) []byte {
	var clean []byte
	ok := false
	switch mime {
	case "image/jpeg":
		clean, ok = cleanJPEG(data)
	case "image/png":
		clean, ok = cleanPNG(data)
	case "image/webp":
		clean, ok = cleanWebP(data)
	case "image/heic", "image/heif", "image/avif":
		clean, ok = cleanHEIC(data)
	case "video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "video/x-m4v", "audio/mp4", "audio/x-m4a":
		clean, ok = cleanFilm(data)
	}
	if !ok {
		return data
	}
	return clean
}

// The markers of a JPEG (ITU-T T.81) that matter here.
const (
	jpegAPP1  = 0xE1 // Exif and XMP
	jpegAPP2  = 0xE2 // colours, or further pictures with notes of their own
	jpegAPP13 = 0xED // the press's notes
	jpegCOM   = 0xFE
	jpegScan  = 0xDA
	jpegEnd   = 0xD9
)

// cleanJPEG goes from marker to marker. Whatever follows the picture's end, such as
// a small film or further pictures, is left out.
func cleanJPEG(data []byte) ([]byte, bool) {
	if !bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
		return nil, false
	}
	out := slices.Clone(data[:2])
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		marker := data[at+1]
		if marker == 0xFF { // filling
			at++
			continue
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			return nil, false
		}
		if body := data[at+4 : end]; marker == jpegAPP1 && bytes.HasPrefix(body, []byte(exifHead)) {
			out = append(out, uprightExif(body)...)
		} else if !tells(marker, body) {
			out = append(out, data[at:end]...)
		}
		if marker == jpegScan {
			scan := scanEnd(data, end)
			out = append(out, data[end:scan]...)
			end = scan
		}
		if end+2 <= len(data) && data[end] == 0xFF && data[end+1] == jpegEnd {
			return append(out, 0xFF, jpegEnd), true
		}
		at = end
	}
	return nil, false
}

// tells finds the parts that say more than the picture shows.
func tells(marker byte, body []byte) bool {
	switch marker {
	case jpegAPP1, jpegAPP13, jpegCOM:
		return true
	case jpegAPP2:
		return !bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	}
	return false
}

// scanEnd is where the next marker after a scan stands: in it, FF is followed by 00
// or by the number of a restart.
func scanEnd(data []byte, at int) int {
	for ; at+1 < len(data); at++ {
		if next := data[at+1]; data[at] == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7) {
			return at
		}
	}
	return len(data)
}

const exifHead = "Exif\x00\x00"

// uprightExif is a segment that says nothing but which side of the picture is up;
// none where that is the usual one.
func uprightExif(body []byte) []byte {
	up := orientation(body[len(exifHead):])
	if up < 2 || up > 8 {
		return nil
	}
	return slices.Concat([]byte{0xFF, jpegAPP1, 0, 34}, []byte(exifHead),
		[]byte("MM\x00\x2A\x00\x00\x00\x08"),                          // big-endian, the first list at 8
		[]byte{0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(up), 0, 0}, // one entry, a short
		[]byte{0, 0, 0, 0})
}

// orientation reads the one entry of a TIFF that is wanted; 0: it is not there.
func orientation(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(tiff) < 8 {
		return 0
	}
	first := int(order.Uint32(tiff[4:]))
	if first < 8 || first+2 > len(tiff) {
		return 0
	}
	for i := range int(order.Uint16(tiff[first:])) {
		at := first + 2 + 12*i
		if at+12 > len(tiff) {
			return 0
		}
		if order.Uint16(tiff[at:]) == 0x0112 {
			return int(order.Uint16(tiff[at+8:]))
		}
	}
	return 0
}

// cleanPNG leaves the chunks out that hold notes (PNG third edition, 11.3).
func cleanPNG(data []byte) ([]byte, bool) {
	const head = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(data, []byte(head)) {
		return nil, false
	}
	out := []byte(head)
	for at := len(head); at+12 <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		if size > len(data)-at-12 {
			return nil, false
		}
		kind, end := string(data[at+4:at+8]), at+12+size
		if !slices.Contains([]string{"eXIf", "tEXt", "zTXt", "iTXt", "tIME"}, kind) {
			out = append(out, data[at:end]...)
		}
		if kind == "IEND" {
			return out, true
		}
		at = end
	}
	return nil, false
}

// cleanWebP leaves the chunks EXIF and XMP out, and takes their flags away (RFC 9649).
func cleanWebP(data []byte) ([]byte, bool) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return nil, false
	}
	const flags = 0x08 | 0x04
	out := slices.Clone(data[:12])
	for at := 12; at+8 <= len(data); {
		size := int(binary.LittleEndian.Uint32(data[at+4:]))
		end := at + 8 + size + size%2
		if size < 0 || end > len(data) {
			return nil, false
		}
		switch kind := string(data[at : at+4]); {
		case kind == "EXIF" || kind == "XMP ":
		case kind == "VP8X" && size > 0:
			out = append(out, data[at:end]...)
			out[len(out)-(end-at)+8] &^= flags
		default:
			out = append(out, data[at:end]...)
		}
		at = end
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // no longer than what came
	return out, true
}
