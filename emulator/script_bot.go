package emulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// bot plays a line that begins with "bot": what the bot is expected to have done.
func (r *runner) bot(a *args) error {
	switch verb := a.next(); verb {
	case "tells":
		return r.tells(a)
	case "shows":
		return r.shows(a)
	case "never":
		if !a.take("tells") {
			return errMissing
		}
		return r.neverTells(a)
	case "no":
		if !a.take("longer") || !a.take("shows") {
			return errMissing
		}
		return r.noLonger(a)
	case "offers":
		return r.offers(a)
	case "lists":
		return r.lists(a)
	case "toasts":
		return r.toasts(a)
	case "sends":
		return r.sendsKind(a)
	case "leaves":
		return r.leaves(a)
	case "reacts":
		return r.botReacts(a)
	default:
		return fmt.Errorf("a bot cannot %q", verb)
	}
}

// pass waits for an output of a chat behind the last one matched, and remembers the place.
func (r *runner) pass(chat int64, what string, fits func(*Message) bool) error {
	return r.await(what, func() bool {
		list := r.e.Outputs(chat)
		for i := r.seen[chat]; i < len(list); i++ {
			if fits(list[i].Message) {
				r.seen[chat] = i + 1
				return r.saw(list[i].Message, fits)
			}
		}
		return false
	})
}

func (r *runner) tells(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	silently, aloud := a.take("silently"), a.take("aloud")
	texts := a.texts()
	return r.pass(chat, fmt.Sprintf("the bot to say %q", texts), func(m *Message) bool {
		return holds(m, texts...) && (!silently || m.Silent) && (!aloud || !m.Silent)
	})
}

func (r *runner) sendsKind(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	kind := a.next()
	texts := []string{}
	if len(a.words) > 0 {
		texts = a.texts()
	}
	return r.pass(chat, fmt.Sprintf("the bot to send a %s %q", kind, texts), func(m *Message) bool {
		return m.MediaKind() == kind && holds(m, texts...)
	})
}

func (r *runner) leaves(a *args) error {
	room, err := r.room(a.next())
	if err != nil {
		return err
	}
	r.chat = room.ID()
	return r.await("the bot to leave", func() bool { return !room.HasBot() })
}

func (r *runner) botReacts(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	emoji := a.next()
	return r.await("the bot to react with "+emoji, func() bool {
		return slices.ContainsFunc(r.e.Messages(chat), func(m *Message) bool { return m.Mood == emoji && emoji != "" })
	})
}

func (r *runner) shows(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	if a.take("once") {
		return r.once(chat, a.texts())
	}
	texts := a.texts()
	return r.await(fmt.Sprintf("the chat to show %q", texts), func() bool { return r.saw(newest(r.e.Messages(chat), texts...), holding(texts)) })
}

func (r *runner) neverTells(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	texts := a.texts()
	for _, o := range r.e.Outputs(chat) {
		if holds(o.Message, texts...) {
			return fmt.Errorf("expected that the bot never says %q, but it did:\n%s", texts, Describe(o.Message))
		}
	}
	return nil
}

func (r *runner) noLonger(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	texts := a.texts()
	return r.await(fmt.Sprintf("%q to be gone from the chat", texts), func() bool { return newest(r.e.Messages(chat), texts...) == nil })
}

// lists expects commands in the menu that somebody sees, or with "no" that they are not there.
func (r *runner) lists(a *args) error {
	p, err := r.phone(a.next())
	if err != nil {
		return err
	}
	none, names := a.take("no"), a.texts()
	return r.await(fmt.Sprintf("a menu with %q, or without (%t)", names, none), func() bool {
		menu := r.e.Commands(p.Chat(), p.User().LanguageCode)
		for _, name := range names {
			has := slices.ContainsFunc(menu, func(c BotCommand) bool { return c.Command == name || strings.Contains(c.Description, name) })
			if has == none {
				return false
			}
		}
		return len(menu) > 0
	})
}

func (r *runner) offers(a *args) error {
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	none := a.take("no")
	label := a.next()
	if a.short {
		return nil
	}
	if none {
		return r.await(fmt.Sprintf("no button %q", label), func() bool {
			for _, m := range r.e.Messages(chat) {
				if _, ok := FindButton(m, label); ok {
					return false
				}
			}
			return true
		})
	}
	offers := func(m *Message) bool { _, ok := FindButton(m, label); return ok }
	return r.await(fmt.Sprintf("a button %q on the newest keyboard", label), func() bool {
		m, ok := r.e.LastKeyboard(chat)
		return ok && offers(m) && r.saw(m, offers)
	})
}

func (r *runner) toasts(a *args) error {
	handle := a.next()
	p, err := r.phone(handle)
	if err != nil {
		return err
	}
	r.chat = p.Chat()
	text, _ := a.maybe()
	id := r.taps[p.user.ID]
	if id == "" {
		return fmt.Errorf("%s has not pressed anything", handle)
	}
	var got Answer
	answered := func() bool {
		answer, ok := r.e.AnswerTo(id)
		got = answer
		return ok
	}
	if err := r.await("an answer to the tap", answered); err != nil {
		return err
	}
	if !strings.Contains(plain(got.Text), plain(text)) {
		return fmt.Errorf("expected a toast with %q, got %q", text, got.Text)
	}
	r.found = &Screen{Answer: got}
	return nil
}

// channelShows plays "channel X shows …", "has …" and "album of …".
func (r *runner) channelShows(room *Room, verb string, a *args) error {
	r.chat = room.ID()
	switch verb {
	case "shows":
		if a.take("nothing") {
			if n := postsIn(r.e.Messages(r.chat)); n != 0 {
				return fmt.Errorf("expected an empty channel, it shows %d posts", n)
			}
			return nil
		}
		if a.take("exactly") {
			return r.exactly(room, a)
		}
		texts := a.texts()
		return r.await(fmt.Sprintf("the channel to show %q", texts), func() bool { return r.saw(newest(r.e.Messages(r.chat), texts...), holding(texts)) })
	case "has":
		n, err := a.number()
		if err != nil || !a.take("posts") && !a.take("post") {
			return fmt.Errorf("expected a line like: channel x has 2 posts")
		}
		return r.await(fmt.Sprintf("%d posts", n), func() bool { return postsIn(r.e.Messages(r.chat)) == n })
	default:
		a.take("of")
		n, err := a.number()
		if err != nil {
			return err
		}
		return r.await(fmt.Sprintf("an album of %d", n), func() bool { return hasAlbum(r.e.Messages(r.chat), n) })
	}
}

// postsIn counts posts; an album is one.
func postsIn(list []*Message) int {
	n := 0
	albums := map[string]bool{}
	for _, m := range list {
		if m.isService() || albums[m.MediaGroup] {
			continue
		}
		albums[m.MediaGroup] = m.MediaGroup != ""
		n++
	}
	return n
}

func hasAlbum(list []*Message, size int) bool {
	albums := map[string]int{}
	for _, m := range list {
		albums[m.MediaGroup]++
	}
	delete(albums, "")
	for _, n := range albums {
		if n == size {
			return true
		}
	}
	return false
}

// keep takes a text out of what a chat shows, for later lines.
func (r *runner) keep(a *args) error {
	name, pattern := a.next(), a.next()
	if !a.take("from") {
		return errMissing
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	chat, err := r.place(a.next())
	if err != nil {
		return err
	}
	return r.await(fmt.Sprintf("something like %q", pattern), func() bool {
		list := r.e.Messages(chat)
		for i := len(list) - 1; i >= 0; i-- {
			for _, text := range legible(list[i]) {
				if found := re.FindStringSubmatch(text); found != nil {
					r.vars[name] = found[len(found)-1]
					return true
				}
			}
		}
		return false
	})
}

// legible are all texts of a message that a person can get at: words, links, buttons, what buttons copy.
func legible(m *Message) []string {
	out := []string{plain(m.Words())}
	for _, en := range append(append([]Entity{}, m.Entities...), m.CaptionEntities...) {
		out = append(out, en.URL)
	}
	for _, b := range m.Keyboard.Buttons() {
		out = append(out, b.URL, b.Data, plain(b.Text))
		if b.Copy != nil {
			out = append(out, b.Copy.Text)
		}
	}
	return out
}
