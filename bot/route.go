package bot

import (
	"context"
	"strings"
)

// route finds the handler of a request; nil: nobody minds.
func (rt *Router) route(ctx context.Context, r *Request) (HandlerFunc, error) {
	u := r.Update
	switch {
	case u.Callback != nil:
		return rt.tap(r), nil
	case u.Message != nil && u.Message.Chat.IsGroup():
		r.readCommand(rt.Username)
		return rt.group, nil
	case u.Edited != nil && u.Edited.Chat.IsGroup():
		return rt.group, nil
	case u.Message != nil && u.Message.Chat.Type == Private:
		return rt.private(ctx, r)
	case u.Edited != nil && u.Edited.Chat.Type == Private && r.From.ID != 0:
		return rt.edited, nil
	case u.ChannelPost != nil, u.EditedPost != nil:
		return rt.post, nil
	case u.MyMember != nil:
		return rt.myMember, nil
	case u.Member != nil:
		return rt.member, nil
	case u.Reactions != nil:
		return rt.reactions, nil
	}
	return nil, nil
}

// tap finds the action of a button. Every tap gets an answer, if only a blank one.
func (rt *Router) tap(r *Request) HandlerFunc {
	blank := func(context.Context, *Request) error { return nil }
	if r.From.ID == 0 {
		return blank
	}
	p, err := parseData(r.Callback.Data)
	if err == nil && rt.actions[p.action] != nil {
		r.press = p
		return rt.actions[p.action]
	}
	if rt.unread != nil {
		return rt.unread
	}
	return blank
}

func (rt *Router) private(ctx context.Context, r *Request) (HandlerFunc, error) {
	m := r.Message
	switch {
	case r.From.ID == 0, m.Other == "service":
		return nil, nil
	case r.readCommand(rt.Username):
		if fn := rt.commands[r.Command]; fn != nil {
			return fn, nil
		}
		return rt.unknown, nil
	}
	if fn, err := rt.answer(ctx, r); fn != nil || err != nil {
		return fn, err
	}
	d, step, err := rt.dialog(ctx, r.Chat.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case step != nil:
		r.Dialog = d
		return step, nil
	case len(r.Album) > 1 && rt.album != nil:
		return rt.album, nil
	}
	return rt.content, nil
}

// answer finds who handles an answer to a message of ours.
func (rt *Router) answer(ctx context.Context, r *Request) (HandlerFunc, error) {
	if rt.answered == nil || r.Message.ReplyTo == nil || !r.Message.ReplyTo.From.IsBot {
		return nil, nil
	}
	return rt.answered(ctx, r)
}

// readCommand finds a command to this bot in the message. What is forwarded is
// content, whoever's command it once was.
func (r *Request) readCommand(me string) bool {
	if r.Message.Forward != nil {
		return false
	}
	name, bot, payload, ok := command(r.Text())
	if !ok || bot != "" && me != "" && !strings.EqualFold(bot, me) {
		return false
	}
	r.Command, r.Payload = name, payload
	return true
}
