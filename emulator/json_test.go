package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzPieces compares what is cut out of a text with what encoding/json finds in it.
func FuzzPieces(f *testing.F) {
	for _, s := range []string{
		`[]`, ` { } `, `[ 1 , -2.5e3 ]`, `[[],[[{}]],{"a":[1,2]}]`, `{"a":"b","c":null,"d":{"e":[true,false]}}`,
		`{"a\\":"\"],[","b\\\"":"}","\u0061\n":"\\"}`, "{\n\t\"متن\" : \"a: b, c\\\\\" ,\r\n \"\":[\"\"]}", `"[1,2]"`, `7`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !stdjson.Valid(raw) || !utf8.Valid(raw) {
			t.Skip()
		}
		text := json(bytes.TrimSpace(raw))
		list, isList := itemsOf(text)
		var wantList []json
		if err := stdjson.Unmarshal(raw, &wantList); isList != (err == nil && wantList != nil) || !slices.EqualFunc(list, wantList, same) {
			t.Errorf("%s is the list %q, want %q", raw, list, wantList)
		}
		fields, isObject := fieldsOf(text)
		var want map[string]json
		if err := stdjson.Unmarshal(raw, &want); isObject != (err == nil && want != nil) || !maps.EqualFunc(byName(fields), want, same) {
			t.Errorf("%s is the object %q, want %q", raw, fields, want)
		}
	})
}

func same(a, b json) bool { return bytes.Equal(a, b) }

// byName is what encoding/json makes of members: of those with the same name the last counts.
func byName(fields []field) map[string]json {
	all := map[string]json{}
	for _, f := range fields {
		all[f.name] = valueOf(fields, f.name)
	}
	return all
}
