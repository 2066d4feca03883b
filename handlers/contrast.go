package handlers

import (
	"slices"
	"strings"
)

const (
	// nearby is how many words are shown on either side of what differs.
	nearby = 4
	// briefText is a text that is shown whole, in code points.
	briefText = 120
)

// contrast cuts two texts for a line of differences to where they differ, with a few
// words around it: of long texts the beginning alone may well be the same.
func contrast(was, now string) (string, string) {
	a, b := strings.Fields(was), strings.Fields(now)
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	tail := 0
	for tail < min(len(a), len(b))-same && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return window(a, same, tail), window(b, same, tail)
}

// window is the part of a text that begins after the first words that are the same
// and ends before the last ones that are.
func window(words []string, same, tail int) string {
	whole := strings.Join(words, " ")
	if len([]rune(whole)) <= briefText {
		return whole
	}
	from, to := max(0, same-nearby), min(len(words), len(words)-tail+nearby)
	part := slices.Clone(words[from:to])
	text := short(strings.Join(part, " "))
	if from > 0 {
		text = "… " + text
	}
	if to < len(words) && !strings.HasSuffix(text, "…") {
		text += " …"
	}
	return text
}
