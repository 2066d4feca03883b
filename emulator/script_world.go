package emulator

import (
	"fmt"
	"strconv"
	"time"
)

// worldDeed is a line that does not begin with a person.
type worldDeed func(r *runner, a *args) error

func worldDeeds() map[string]worldDeed {
	return map[string]worldDeed{
		"user": addUser, "channel": channel, "group": addGroup(Group), "supergroup": addGroup(Supergroup),
		"admin": admin, "demote": botMoves((*Room).DemoteBot), "kick": botMoves((*Room).KickBot), "add": botMoves((*Room).AddBot),
		"bot": (*runner).bot, "keep": (*runner).keep, "clock": setClock, "run": runHook, "include": (*runner).include, "let": let, "calls": (*runner).journal,
		"fault": setFault, "updates": shuffle, "screen": (*runner).screen,
	}
}

// addUser makes a person known; one that exists already is only looked up.
func addUser(r *runner, a *args) error {
	handle, lang, name := a.next(), a.next(), a.next()
	if a.short {
		return nil
	}
	id := int64(0)
	if len(a.words) > 0 {
		n, err := a.number()
		if err != nil {
			return err
		}
		id = int64(n)
	}
	if lang == "-" {
		lang = ""
	}
	p, err := r.phone(handle)
	if err != nil {
		p = r.e.AddUser(User{ID: id, Username: handle, FirstName: name, LanguageCode: lang})
	}
	r.phones[handle], r.lastUser = p, p
	return nil
}

// channel makes a channel, or expects something of one.
func channel(r *runner, a *args) error {
	handle := a.next()
	for _, verb := range []string{"shows", "has", "album"} {
		if a.take(verb) {
			room, err := r.room(handle)
			if err != nil {
				return err
			}
			return r.channelShows(room, verb, a)
		}
	}
	title := a.next()
	if a.short {
		return nil
	}
	room := r.e.AddChannel(handle, title)
	r.rooms[handle] = room
	if a.take("discussion") {
		group := r.e.AddSupergroup(handle+"_chat", title)
		r.rooms[handle+"_chat"] = group
		room.LinkGroup(group)
	}
	return nil
}

func addGroup(kind string) worldDeed {
	return func(r *runner, a *args) error {
		handle, title := a.next(), a.next()
		switch {
		case a.short:
		case kind == Group:
			r.rooms[handle] = r.e.AddGroup(title)
		default:
			r.rooms[handle] = r.e.AddSupergroup(handle, title)
		}
		return nil
	}
}

// by reads who does it: "by sara", else the person named last.
func (r *runner) by(a *args) (*Phone, error) {
	if a.take("by") {
		return r.phone(a.next())
	}
	if r.lastUser == nil {
		r.lastUser = r.e.AddUser(User{Username: "somebody", FirstName: "Somebody"})
	}
	return r.lastUser, nil
}

func admin(r *runner, a *args) error {
	room, err := r.room(a.next())
	if err != nil {
		return err
	}
	by, err := r.by(a)
	if err != nil {
		return err
	}
	var rights []string
	for _, word := range a.rest() {
		right, ok := rightNames()[word]
		if !ok {
			return fmt.Errorf("no right is called %q", word)
		}
		rights = append(rights, right)
	}
	room.PromoteBot(by, rights...)
	return nil
}

func rightNames() map[string]string {
	return map[string]string{"post": "can_post_messages", "edit": "can_edit_messages", "delete": "can_delete_messages",
		"invite": "can_invite_users", "pin": "can_pin_messages", "info": "can_change_info", "manage": "can_manage_chat"}
}

func botMoves(f func(*Room, *Phone)) worldDeed {
	return func(r *runner, a *args) error {
		room, err := r.room(a.next())
		if err != nil {
			return err
		}
		by, err := r.by(a)
		if err == nil {
			f(room, by)
		}
		return err
	}
}

// setClock moves the world's time forward by a duration or to a moment.
func setClock(r *runner, a *args) error {
	s := a.next()
	if r.hooks.Clock == nil {
		return fmt.Errorf("this test has no clock to set")
	}
	if d, err := time.ParseDuration(s); err == nil {
		return r.hooks.Clock(r.e.clock.Now().Add(d))
	}
	to, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return fmt.Errorf("%q is neither a duration nor a moment like 2026-11-28T14:30:00Z", s)
	}
	return r.hooks.Clock(to)
}

func runHook(r *runner, a *args) error {
	name := a.next()
	hook := r.hooks.Run[name]
	if hook == nil {
		return fmt.Errorf("this test cannot run %q", name)
	}
	return hook(a.rest())
}

// setFault arms a fault: kind or code, method, how often, how long.
func setFault(r *runner, a *args) error {
	kind := a.next()
	switch kind {
	case "outage":
		r.e.SetOutage(true)
		return nil
	case "over":
		r.e.ClearFaults()
		return nil
	}
	f := Fault{Kind: FaultKind(kind), Method: a.next(), Times: 1}
	if code, err := strconv.Atoi(kind); err == nil {
		f.Kind, f.Code = Status, code
		if code == 429 {
			f.Kind = Flood
		}
	}
	switch f.Kind {
	case Drop, Refuse, Delay, Late, Status, Flood, Hang, Swallow, Garbage:
	default:
		return fmt.Errorf("no fault is called %q", kind)
	}
	for len(a.words) > 0 {
		if a.take("to") {
			chat, err := r.place(a.next())
			if err != nil {
				return err
			}
			f.Chat = chat
			continue
		}
		if a.take("saying") {
			f.Words = a.next()
			continue
		}
		word := a.next()
		if n, err := strconv.Atoi(word); err == nil {
			f.Times = n
			continue
		}
		d, err := time.ParseDuration(word)
		if err != nil {
			return fmt.Errorf("%q is neither a number nor a duration", word)
		}
		f.After = d
	}
	r.e.Fault(f)
	return nil
}

// shuffle plays "updates hold", "updates release 2 1 0", "updates replay 3" and "updates restart at 500".
func shuffle(r *runner, a *args) error {
	verb := a.next()
	a.take("at")
	var numbers []int
	for _, word := range a.rest() {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("%q is no number", word)
		}
		numbers = append(numbers, n)
	}
	switch {
	case verb == "hold":
		r.e.Hold()
	case verb == "release":
		r.e.Release(numbers...)
	case verb == "replay" && len(numbers) == 1:
		r.e.Replay(numbers[0])
	case verb == "restart" && len(numbers) == 1:
		r.e.ResetUpdateIDs(int64(numbers[0]))
	default:
		return fmt.Errorf("expected: updates hold | release 2 1 0 | replay 3 | restart at 500")
	}
	return nil
}
