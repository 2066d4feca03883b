package locales

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A form is one key's text; One and Zero are for counts.
type form struct {
	Zero, One, Other string
	zero, one, other []piece // the same, taken apart
}

// A piece is words of our own, or a hole that a value fills.
type piece struct {
	words      string
	name, kind string
}

// kinds are how a hole may ask for its value to be written; "" is as fits it.
func kinds() []string {
	return []string{
		"", "block", "raw", "code", "url", "number", "percent", "compact", "money", "digits",
		"moment", "day", "short_day", "day_clock", "clock", "ago", "left",
	}
}

// readForm reads a plain string or an object of forms.
func readForm(raw []byte) (form, error) {
	var f form
	if err := json.Unmarshal(raw, &f.Other); err != nil {
		if err := f.readForms(raw); err != nil {
			return form{}, err
		}
	}
	var zero, one, other error
	f.zero, zero = takeApart(f.Zero)
	f.one, one = takeApart(f.One)
	f.other, other = takeApart(f.Other)
	return f, errors.Join(zero, one, other)
}

func (f *form) readForms(raw []byte) error {
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	for name, text := range forms {
		switch name {
		case "zero":
			f.Zero = text
		case "one":
			f.One = text
		case "other":
			f.Other = text
		default:
			return fmt.Errorf("a count has no form %q", name)
		}
	}
	if f.Other == "" {
		return errors.New(`a count needs the form "other"`)
	}
	return nil
}

// takeApart finds the holes {name} and {name|kind} of a text.
func takeApart(text string) ([]piece, error) {
	var pieces []piece
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		if before != "" {
			pieces = append(pieces, piece{words: Steady(before)})
		}
		if !found {
			break
		}
		hole, after, closed := strings.Cut(rest, "}")
		name, kind, _ := strings.Cut(hole, "|")
		if !closed || name == "" || strings.ContainsAny(name, "{ ") || !slices.Contains(kinds(), kind) {
			return nil, fmt.Errorf("there is no hole {%s}", hole)
		}
		pieces = append(pieces, piece{name: name, kind: kind})
		text = after
	}
	return pieces, nil
}

// choose picks the form for a count n, if there is one; Persian counts need only
// one form.
func (f form) choose(n int64, counts bool) []piece {
	switch {
	case counts && n == 0 && f.Zero != "":
		return f.zero
	case counts && n == 1 && f.One != "":
		return f.one
	}
	return f.other
}
