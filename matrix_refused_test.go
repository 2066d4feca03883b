package main

import (
	"slices"
	"strings"
	"testing"
)

// A press is one button of a route, pressed by somebody who shall change nothing by it.
type press struct {
	route, who, id string
	want           byte
}

// refuse presses the buttons of all routes at once as those who shall change nothing by
// them, and tells which cells of the table that has proved: all that were answered as
// it says, while no row of the database changed and, where nothing shall be learnt,
// nothing was shown. Every other cell is still to be tried alone.
func (m *matrix) refuse(t *testing.T, routes []string, want map[string]string) map[string]map[string]byte {
	t.Helper()
	m.begin(t, deed{})
	presses := m.pressAll(t, routes, want)
	m.wait(t)
	proved := map[string]map[string]byte{}
	if now := m.checksums(t); !slices.Equal(now, m.base) {
		m.reset(t, now)
		return proved
	}
	answers, shown := m.heard()
	for _, p := range presses {
		m.overhear(p.who, answers[p.id])
		letter := byte(nothing)
		if answers[p.id] != "" {
			letter = m.weigh(answers[p.id])
		}
		if letter != p.want || letter == nothing && shown[m.phone(p.who).Chat()] {
			continue
		}
		if proved[p.route] == nil {
			proved[p.route] = map[string]byte{}
		}
		proved[p.route][p.who] = letter
	}
	return proved
}

func (m *matrix) pressAll(t *testing.T, routes []string, want map[string]string) (presses []press) {
	t.Helper()
	all := deeds(m)
	for _, route := range routes {
		d := all[route]
		if d.data == "" || d.step != "" || len(want[route]) != len(personas) {
			continue
		}
		for i, who := range personas {
			if letter := want[route][i]; letter == refused || letter == nothing {
				m.act(t, d, who, m.phone(who))
				presses = append(presses, press{route, who, m.taps[who], letter})
			}
		}
	}
	return presses
}

// heard gives what was answered to each tap, and the chats in which something was
// shown, beside words that refuse without telling why.
func (m *matrix) heard() (answers map[string]string, shown map[int64]bool) {
	answers, shown = map[string]string{}, map[int64]bool{}
	for _, c := range m.telegram.Calls() {
		text := readable(c.Params["text"] + c.Params["caption"])
		switch {
		case c.Method == "answerCallbackQuery":
			answers[c.Params["callback_query_id"]] = text
		case strings.HasPrefix(c.Method, "send") || strings.HasPrefix(c.Method, "edit"):
			shown[c.Chat] = shown[c.Chat] || m.weigh(text) != nothing
		}
	}
	return answers, shown
}
