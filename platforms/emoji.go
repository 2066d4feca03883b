package platforms

import (
	"unicode"
	"unicode/utf8"
)

// The characters that join emoji into one.
const (
	joiner   = '\u200D'
	variant  = '\uFE0F'
	keycap   = '\u20E3'
	tagFirst = '\U000E0020'
	tagLast  = '\U000E007F'
)

// pictographs are the characters that an emoji can start with (Unicode 16,
// emoji-data.txt, Extended_Pictographic, without © and ®, and without the
// unassigned rows beyond U+1FAFF).
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x203C, 0x203C, 1}, {0x2049, 0x2049, 1}, {0x2122, 0x2122, 1}, {0x2139, 0x2139, 1}, {0x2194, 0x2199, 1},
		{0x21A9, 0x21AA, 1}, {0x231A, 0x231B, 1}, {0x2328, 0x2328, 1}, {0x23CF, 0x23CF, 1}, {0x23E9, 0x23F3, 1},
		{0x23F8, 0x23FA, 1}, {0x24C2, 0x24C2, 1}, {0x25AA, 0x25AB, 1}, {0x25B6, 0x25B6, 1}, {0x25C0, 0x25C0, 1},
		{0x25FB, 0x25FE, 1}, {0x2600, 0x2605, 1}, {0x2607, 0x2612, 1}, {0x2614, 0x2685, 1}, {0x2690, 0x2705, 1},
		{0x2708, 0x2712, 1}, {0x2714, 0x2714, 1}, {0x2716, 0x2716, 1}, {0x271D, 0x271D, 1}, {0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1}, {0x2733, 0x2734, 1}, {0x2744, 0x2744, 1}, {0x2747, 0x2747, 1}, {0x274C, 0x274C, 1},
		{0x274E, 0x274E, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2763, 0x2767, 1}, {0x2795, 0x2797, 1},
		{0x27A1, 0x27A1, 1}, {0x27B0, 0x27B0, 1}, {0x27BF, 0x27BF, 1}, {0x2934, 0x2935, 1}, {0x2B05, 0x2B07, 1},
		{0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B50, 1}, {0x2B55, 0x2B55, 1}, {0x3030, 0x3030, 1}, {0x303D, 0x303D, 1},
		{0x3297, 0x3297, 1}, {0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{{0x1F000, 0x1F1E5, 1}, {0x1F200, 0x1F3FA, 1}, {0x1F400, 0x1FAFF, 1}},
}

// emoji returns the length in bytes of the emoji sequence at the start of s, 0
// when there is none: a flag, a keycap, or pictographs joined into one picture.
func emoji(s string) int {
	first, size := utf8.DecodeRuneInString(s)
	switch {
	case regional(first):
		if next, n := utf8.DecodeRuneInString(s[size:]); regional(next) {
			return size + n
		}
		return 0
	case first == '#' || first == '*' || first >= '0' && first <= '9':
		return keycapLen(s, size)
	case first == '©' || first == '®':
		if next, n := utf8.DecodeRuneInString(s[size:]); next == variant {
			return size + n
		}
		return 0
	}
	return joined(s)
}

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

func keycapLen(s string, size int) int {
	next, n := utf8.DecodeRuneInString(s[size:])
	if next == variant {
		size += n
		next, n = utf8.DecodeRuneInString(s[size:])
	}
	if next == keycap {
		return size + n
	}
	return 0
}

// joined measures pictographs, each with its variant, skin tone or tags, held
// together by joiners.
func joined(s string) int {
	end := picture(s)
	for end > 0 {
		next, n := utf8.DecodeRuneInString(s[end:])
		if next != joiner {
			return end
		}
		more := picture(s[end+n:])
		if more == 0 {
			return end
		}
		end += n + more
	}
	return end
}

func picture(s string) int {
	first, end := utf8.DecodeRuneInString(s)
	if !unicode.Is(pictographs, first) {
		return 0
	}
	next, n := utf8.DecodeRuneInString(s[end:])
	if next == variant || next >= 0x1F3FB && next <= 0x1F3FF {
		end += n
	}
	for {
		next, n = utf8.DecodeRuneInString(s[end:])
		if next < tagFirst || next > tagLast {
			return end
		}
		end += n
	}
}
