package emulator

import "errors"

// Screen is what a script has marked with "screen NAME": a message as it stood when an expectation found it, or the answer to a tap.
type Screen struct {
	Name    string
	Message *Message // nil: it is an answer
	Answer  Answer
	Fits    func(*Message) bool // what the expectation asked for: a moment sooner or later it may have found another state of the message
}

// screen gives what the last expectation found to whoever collects screens. Each line needs an expectation of its own before it.
func (r *runner) screen(a *args) error {
	name := a.next()
	if a.short {
		return nil
	}
	if r.found == nil {
		return errors.New("no expectation before this line has found anything to keep")
	}
	found := *r.found
	found.Name, r.found = name, nil
	if r.hooks.Screen == nil {
		return nil
	}
	return r.hooks.Screen(found)
}

// saw keeps the message that an expectation has found, and what it asked for; nil is none.
func (r *runner) saw(m *Message, fits func(*Message) bool) bool {
	if m != nil {
		r.found = &Screen{Message: m, Fits: fits}
	}
	return m != nil
}

// holding asks for a message with these texts.
func holding(texts []string) func(*Message) bool {
	return func(m *Message) bool { return holds(m, texts...) }
}
