package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"slices"
)

// json is a piece of JSON text as it came or will go.
type json = stdjson.RawMessage

// itemsOf cuts a list into its elements, as they stand in it; false: it is no list. The text is valid JSON without space around.
func itemsOf(list json) ([]json, bool) {
	if list[0] != '[' {
		return nil, false
	}
	return pieces(list), true
}

// field is a member of an object.
type field struct {
	name  string
	value json
}

// fieldsOf cuts an object into its members, as they stand in it; false: it is no object. The text is as for itemsOf.
func fieldsOf(object json) ([]field, bool) {
	if object[0] != '{' {
		return nil, false
	}
	list := pieces(object)
	fields := make([]field, 0, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		fields = append(fields, field{textOf(list[i]), list[i+1]})
	}
	return fields, true
}

// valueOf is the value of the member with a name, of several the last; nil: there is none.
func valueOf(fields []field, name string) json {
	for _, f := range slices.Backward(fields) {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// pieces are the pieces between the brackets of a list or an object: elements, or names and values in turn.
func pieces(raw json) []json {
	var out []json
	depth, from := 0, 1
	for at := 0; at < len(raw); at++ {
		switch raw[at] {
		case '"':
			at = stringEnd(raw, at)
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',', ':':
			if depth == 1 {
				out = append(out, bytes.TrimSpace(raw[from:at]))
				from = at + 1
			}
		}
	}
	if last := bytes.TrimSpace(raw[from : len(raw)-1]); len(last) > 0 {
		out = append(out, last)
	}
	return out
}

// stringEnd is where the string ends that begins at a place: its second quotation mark, other than those behind a backslash that
// is none itself.
func stringEnd(raw json, from int) int {
	for end := from + 1; ; end++ {
		end += bytes.IndexByte(raw[end:], '"')
		if raw[end-1] != '\\' {
			return end
		}
		if before := bytes.TrimRight(raw[:end], `\`); (end-len(before))%2 == 0 {
			return end
		}
	}
}

// textOf is what a JSON string says.
func textOf(raw json) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = stdjson.Unmarshal(raw, &s) // it is a string
	return s
}
