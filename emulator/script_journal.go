package emulator

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// include plays the lines of another file, named from the folder of the script.
func (r *runner) include(a *args) error {
	name := a.next()
	if err := a.done(); err != nil {
		return err
	}
	data, err := r.file(name)
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(data), "\n") {
		if err := r.line(line); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", name, i+1, line, err)
		}
	}
	return nil
}

func (r *runner) file(name string) ([]byte, error) {
	if r.hooks.Files != nil {
		return fs.ReadFile(r.hooks.Files, name)
	}
	return os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(name)))
}

// journal plays "calls forget", "calls to sara 0" and "calls sendMessage to nobahar 1".
func (r *runner) journal(a *args) error {
	if a.take("forget") {
		r.e.ForgetCalls()
		return nil
	}
	var methods []string
	if !a.take("to") {
		methods = append(methods, a.next())
		if !a.take("to") {
			return errMissing
		}
	}
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	want, err := a.number()
	if err != nil {
		return err
	}
	calls := slices.DeleteFunc(r.e.Calls(methods...), func(c Call) bool { return c.Chat != chat })
	if len(calls) == want {
		return nil
	}
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "\n  %s %.200s → %d %s %s", c.Method, c.Params["text"]+c.Params["caption"], c.Code, c.Description, c.Fault)
	}
	return fmt.Errorf("expected %d calls, there were %d:%s", want, len(calls), b.String())
}

// writes sends a text or a file with formatting, which is given as HTML.
func writes(r *runner, p *Phone, a *args) error {
	var media *Media
	if len(a.words) > 0 && !a.words[0].quoted {
		file, err := r.media(a.next(), "file.pdf")
		if err != nil {
			return err
		}
		media = &file
	}
	text, entities, err := parseHTML(a.next())
	if err != nil {
		return err
	}
	if media == nil {
		p.SayFormatted(text, entities)
		return nil
	}
	m := &Message{}
	m.Caption, m.CaptionEntities = withDetected(text, entities)
	p.e.do(func() {
		p.e.keep(*media).attach(m)
		p.deliver(m)
	})
	return nil
}

func deletes(r *runner, p *Phone, a *args) error {
	m, err := r.message(p.Chat(), a.next())
	if err == nil {
		p.Delete(m)
	}
	return err
}

// exactly waits for one post of a channel, and only one, that has this text and this formatting, given as HTML.
func (r *runner) exactly(room *Room, a *args) error {
	text, entities, err := parseHTML(a.next())
	if err != nil {
		return err
	}
	text, entities = withDetected(text, entities)
	return r.await(fmt.Sprintf("exactly one post %q with %d entities", text, len(entities)), func() bool {
		n := 0
		for _, m := range r.e.Messages(room.ID()) {
			if m.Words() == text && slices.Equal(order(append(slices.Clone(m.Entities), m.CaptionEntities...)), order(entities)) {
				n++
			}
		}
		return n == 1
	})
}

// once waits until exactly one message of a chat holds the texts.
func (r *runner) once(chat int64, texts []string) error {
	return r.await(fmt.Sprintf("exactly one message with %q", texts), func() bool {
		n := 0
		for _, m := range r.e.Messages(chat) {
			if holds(m, texts...) {
				r.saw(m, holding(texts))
				n++
			}
		}
		return n == 1
	})
}

// Heard tells whether the bot has confirmed every update that it can get.
func (e *Emulator) Heard() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.updates.queue) == 0
}

// let gives a text a name.
func let(r *runner, a *args) error {
	name, text := a.next(), a.next()
	if !a.short {
		r.vars[name] = text
	}
	return nil
}
