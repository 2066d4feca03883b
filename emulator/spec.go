package emulator

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Spec is the machine-readable description of the Bot API. It is only read, so emulators may share one.
type Spec struct {
	methods map[string]specThing
	types   map[string]specThing
	byName  map[string]string // lower-case method name → its name
}

// specThing is a method or a type.
type specThing struct {
	Fields   []specField `json:"fields"`
	Returns  []string    `json:"returns"`
	Subtypes []string    `json:"subtypes"`

	names  map[string]specField
	needed []string
}

type specField struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`
	Enum     []any    `json:"enum"`
}

// LoadSpec reads a description from a JSON file with the members "methods" and "types".
func LoadSpec(path string) (*Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Methods map[string]specThing `json:"methods"`
		Types   map[string]specThing `json:"types"`
	}
	if err := stdjson.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", filepath.Base(path), err)
	}
	s := &Spec{methods: file.Methods, types: file.Types, byName: map[string]string{"getchatmemberscount": "getChatMemberCount"}}
	for name := range s.methods {
		s.byName[strings.ToLower(name)] = name
	}
	for _, things := range []map[string]specThing{s.methods, s.types} {
		for name, t := range things {
			things[name] = t.named()
		}
	}
	return s, nil
}

// named is the thing with its fields by their names, and the names of those that it needs.
func (t specThing) named() specThing {
	t.names = make(map[string]specField, len(t.Fields))
	for _, f := range t.Fields {
		t.names[f.Name] = f
		if f.Required {
			t.needed = append(t.needed, f.Name)
		}
	}
	return t
}

// specOf gives the description that the options name; nil, and a line in the log, when it cannot be had.
func specOf(o Options) *Spec {
	if o.Spec != nil || o.SpecPath == "" {
		return o.Spec
	}
	s, err := LoadSpec(o.SpecPath)
	if err != nil {
		o.Log("emulator: requests are not checked against the Bot API's description: %v", err)
	}
	return s
}

// Checked says whether requests and updates are compared with the description of the Bot API.
func (e *Emulator) Checked() bool { return e.spec != nil }

func (e *Emulator) violate(format string, args ...any) {
	e.violations = append(e.violations, fmt.Sprintf(format, args...))
}

// checkRequest compares a request with the description and collects what is wrong.
func (e *Emulator) checkRequest(c *call) {
	if e.spec == nil {
		return
	}
	faults := e.spec.request(c)
	if len(faults) == 0 {
		return
	}
	e.do(func() {
		for _, f := range faults {
			e.violate("%s: %s", c.name, f)
		}
	})
}

// checkUpdate compares an update that was just made with the description. The lock is held.
func (e *Emulator) checkUpdate(raw json) {
	if e.spec == nil {
		return
	}
	if err := e.spec.value(raw, []string{"Update"}); err != nil {
		e.violate("update %s: %v", raw, err)
	}
}

// checkResult compares an answer that the emulator just made with the description. The lock is held.
func (e *Emulator) checkResult(c *call, raw json) {
	if e.spec == nil {
		return
	}
	m := e.spec.methods[e.spec.byName[strings.ToLower(c.name)]]
	if err := e.spec.value(raw, m.Returns); err != nil {
		e.violate("answer to %s: %v in %s", c.name, err, raw)
	}
}

// oldParameter: the server still takes these, though the documentation dropped them (Bot API 6.6 and 7.0).
func oldParameter(name string) bool {
	switch name {
	case "reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview", "thumb":
		return true
	}
	return false
}

// oldField: the server still writes these into messages (Bot API 7.0).
func oldField(name string) bool {
	switch name {
	case "forward_from", "forward_from_chat", "forward_from_message_id", "forward_signature", "forward_sender_name", "forward_date":
		return true
	}
	return false
}

// request gives all that is wrong with a request.
func (s *Spec) request(c *call) []string {
	m, ok := s.methods[s.byName[strings.ToLower(c.name)]]
	if !ok {
		return []string{"no such method"}
	}
	var faults []string
	for _, f := range m.Fields {
		if err := s.parameter(c, f); err != nil {
			faults = append(faults, err.Error())
		}
	}
	for name := range c.params {
		if _, known := m.names[name]; !known && !oldParameter(name) {
			faults = append(faults, "unknown parameter "+name)
		}
	}
	for name := range c.files {
		if _, known := m.names[name]; !known && !attached(c, name) {
			faults = append(faults, "file "+name+" that no parameter names")
		}
	}
	sort.Strings(faults)
	return faults
}

func attached(c *call, name string) bool {
	for _, v := range c.params {
		if strings.Contains(v, "attach://"+name) || strings.Contains(v, name) && strings.HasPrefix(name, "http") {
			return true
		}
	}
	return false
}

func (s *Spec) parameter(c *call, f specField) error {
	value, given := c.params[f.Name]
	_, isFile := c.files[f.Name]
	switch {
	case isFile && slices.Contains(f.Types, "InputFile"):
		return nil
	case isFile:
		return fmt.Errorf("%s cannot be a file", f.Name)
	case !given && f.Required:
		return fmt.Errorf("required parameter %s is missing", f.Name)
	case !given || !f.Required && (value == "null" || value == ""):
		return nil
	}
	if err := s.textual(value, f.Types); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// textual checks a parameter, which came as text, against its types: one must fit.
func (s *Spec) textual(value string, kinds []string) error {
	var structured []string
	for _, k := range kinds {
		var err error
		switch k {
		case "String", "InputFile":
		case "Integer":
			_, err = strconv.ParseInt(value, 10, 64)
		case "Float":
			_, err = strconv.ParseFloat(value, 64)
		case "Boolean":
			_, err = strconv.ParseBool(value)
		default:
			structured = append(structured, k)
			continue
		}
		if err == nil {
			return nil
		}
	}
	if structured == nil {
		return fmt.Errorf("%q is no %s", value, strings.Join(kinds, " or "))
	}
	if !stdjson.Valid(json(value)) {
		return errors.New("no JSON")
	}
	return s.value(bytes.TrimSpace(json(value)), structured)
}

// value checks a JSON value, which is valid JSON without space around, against several types: one must fit, for a list one for
// each item. The text is read as it stands: all that goes over the wire is checked, and decoding it first would take twice as long.
func (s *Spec) value(v json, kinds []string) error {
	var fault error
	var items []string
	for _, k := range kinds {
		if item, ok := strings.CutPrefix(k, "Array of "); ok {
			items = append(items, item)
			continue
		}
		err := s.one(v, k)
		if err == nil {
			return nil
		}
		fault = closer(fault, err)
	}
	if items != nil && (v[0] == '[' || fault == nil) {
		return s.list(v, items)
	}
	return fault
}

// closer is the fault of the type that fits better, which is the one found deeper inside the value.
func closer(a, b error) error {
	if a == nil || strings.Count(b.Error(), ": ") > strings.Count(a.Error(), ": ") {
		return b
	}
	return a
}

func (s *Spec) one(v json, kind string) error {
	var ok bool
	switch kind {
	case "Integer":
		ok = isNumber(v) && !bytes.ContainsAny(v, ".eE")
	case "Float":
		ok = isNumber(v)
	case "String", "InputFile":
		ok = v[0] == '"'
	case "Boolean", "True":
		ok = v[0] == 't' || v[0] == 'f'
	default:
		return s.object(v, kind)
	}
	if !ok {
		return fmt.Errorf("%s is no %s", v, kind)
	}
	return nil
}

func isNumber(v json) bool { return v[0] == '-' || v[0] >= '0' && v[0] <= '9' }

func (s *Spec) list(v json, kinds []string) error {
	list, ok := itemsOf(v)
	if !ok {
		return fmt.Errorf("%s is no Array of %s", v, strings.Join(kinds, " or "))
	}
	for i, x := range list {
		if err := s.value(x, kinds); err != nil {
			return fmt.Errorf("[%d] %w", i, err)
		}
	}
	return nil
}

func (s *Spec) object(v json, kind string) error {
	t, known := s.types[kind]
	if !known {
		return fmt.Errorf("unknown type %s", kind)
	}
	if len(t.Subtypes) > 0 {
		return s.value(v, t.Subtypes)
	}
	fields, ok := fieldsOf(v)
	if !ok {
		return fmt.Errorf("%s is no %s", v, kind)
	}
	for _, name := range t.needed {
		if valueOf(fields, name) == nil {
			return fmt.Errorf("%s.%s is missing", kind, name)
		}
	}
	for _, given := range fields {
		f, known := t.names[given.name]
		switch {
		case known:
			if err := s.field(given.value, f); err != nil {
				return fmt.Errorf("%s.%s: %w", kind, f.Name, err)
			}
		case kind != "Message" || !oldField(given.name):
			return fmt.Errorf("%s has no field %s", kind, given.name)
		}
	}
	return nil
}

func (s *Spec) field(v json, f specField) error {
	if err := s.value(v, f.Types); err != nil {
		return err
	}
	if len(f.Enum) > 0 && v[0] == '"' && !slices.Contains(f.Enum, any(textOf(v))) {
		return fmt.Errorf("%s must be one of %v", v, f.Enum)
	}
	return nil
}
