package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// A HandlerFunc is one thing that people do. A social.Rule it returns is explained
// to them; any other error is a fault, and the update is handled again unless its
// effect is in the database.
type HandlerFunc func(ctx context.Context, r *Request) error

// A Router is the table of everything that people can do. It is filled once,
// before the first update.
//
// Private chats: a command wins over an answer to a message of ours that somebody
// takes, that over an open question, that over content. Groups reach only Group and
// MyMember, taps anywhere reach their action.
type Router struct {
	// Dialogs holds open questions; nil: there are none.
	Dialogs Dialogs
	// Username is the bot's own, without @: commands to other bots are not ours.
	Username string
	// OnError explains an error to whoever met it.
	OnError func(ctx context.Context, r *Request, err error)

	sender *Sender
	clock  clockwork.Clock
	log    *slog.Logger

	commands, actions, steps map[string]HandlerFunc
	before                   []func(HandlerFunc) HandlerFunc

	answered                                           func(context.Context, *Request) (HandlerFunc, error)
	content, album, edited, group, unknown             HandlerFunc
	myMember, member, post, reactions, unread, resumed HandlerFunc
}

// NewRouter returns an empty table over a sender.
func NewRouter(sender *Sender, clock clockwork.Clock, log *slog.Logger) *Router {
	return &Router{
		sender: sender, clock: clock, log: log,
		commands: map[string]HandlerFunc{}, actions: map[string]HandlerFunc{}, steps: map[string]HandlerFunc{},
	}
}

// Command handles /name in private chats.
func (rt *Router) Command(name string, fn HandlerFunc) { rt.commands[name] = fn }

// Action handles taps on buttons whose data names the action.
func (rt *Router) Action(name string, fn HandlerFunc) { rt.actions[name] = fn }

// Step handles what answers an open question of this step.
func (rt *Router) Step(name string, fn HandlerFunc) { rt.steps[name] = fn }

// Content handles texts and files in private chats that nothing else took.
func (rt *Router) Content(fn HandlerFunc) { rt.content = fn }

// Album handles several files sent as one; without it, Content does.
func (rt *Router) Album(fn HandlerFunc) { rt.album = fn }

// Edited handles a change to a message in a private chat.
func (rt *Router) Edited(fn HandlerFunc) { rt.edited = fn }

// Answered finds who handles an answer to a message of ours in a private chat;
// nil: it is taken as if it answered nothing.
func (rt *Router) Answered(find func(context.Context, *Request) (HandlerFunc, error)) {
	rt.answered = find
}

// Group handles messages in groups, edited ones included. From is zero when no
// person wrote it.
func (rt *Router) Group(fn HandlerFunc) { rt.group = fn }

// Unknown handles commands in private chats that are not in the table.
func (rt *Router) Unknown(fn HandlerFunc) { rt.unknown = fn }

// Forged handles taps whose data no button of ours has, or no action takes any
// more. Without it they are answered blankly.
func (rt *Router) Forged(fn HandlerFunc) { rt.unread = fn }

// MyMember handles changes to what the bot may do in a chat, blocking included.
func (rt *Router) MyMember(fn HandlerFunc) { rt.myMember = fn }

// Member handles changes to others' standing in a chat.
func (rt *Router) Member(fn HandlerFunc) { rt.member = fn }

// Post handles posts in channels, edited ones included.
func (rt *Router) Post(fn HandlerFunc) { rt.post = fn }

// Reactions handles counts of reactions under posts.
func (rt *Router) Reactions(fn HandlerFunc) { rt.reactions = fn }

// Names lists everything in the table, sorted: "action ok", "command start", "step
// text", and "content" and the like for what there is one of.
func (rt *Router) Names() []string {
	var names []string
	for kind, named := range map[string]map[string]HandlerFunc{"command ": rt.commands, "action ": rt.actions, "step ": rt.steps} {
		for name := range named {
			names = append(names, kind+name)
		}
	}
	for name, fn := range map[string]HandlerFunc{
		"content": rt.content, "album": rt.album, "edited": rt.edited, "group": rt.group, "unknown": rt.unknown,
		"my member": rt.myMember, "member": rt.member, "post": rt.post, "reactions": rt.reactions, "forged": rt.unread, "resumed": rt.resumed,
	} {
		if fn != nil {
			names = append(names, name)
		}
	}
	if rt.answered != nil {
		names = append(names, "answered")
	}
	slices.Sort(names)
	return names
}

// Before wraps every handler; the first added is the outermost.
func (rt *Router) Before(wrap func(HandlerFunc) HandlerFunc) { rt.before = append(rt.before, wrap) }

// Resume takes a private conversation up again that broke off after its effect:
// the answer to it may have been lost. Other updates need no answer.
func (rt *Router) Resume(ctx context.Context, u Update) error {
	r := rt.request(u)
	if rt.resumed == nil || r.Chat.Type != Private || r.From.ID == 0 || u.MyMember != nil {
		return nil
	}
	r.answer = nil
	if r.Callback != nil {
		rt.tap(r) // what was pressed; its effect is there
	}
	return rt.resumed(ctx, r)
}

// Resumed handles conversations that broke off.
func (rt *Router) Resumed(fn HandlerFunc) { rt.resumed = fn }

// Handle runs the handler that the update belongs to. It returns an error when
// the update should be handled again, or resumed: its effect is there, and the
// answer did not go out. last says that it will not be: then faults are explained
// too.
func (rt *Router) Handle(ctx context.Context, u Update, last bool) error {
	r := rt.request(u)
	if r.answer != nil {
		timer := rt.clock.AfterFunc(blankAfter, func() { r.answer.give(ctx, "", false) })
		defer timer.Stop()
	}
	err := guard(func() error { return rt.serve(ctx, r) })
	var rule social.Rule
	settled := err == nil || errors.As(err, &rule) || errors.Is(err, social.ErrHandled) || marked(ctx)
	unanswered := marked(ctx) && unreached(err) && !last
	if err != nil && (settled || last) && !unanswered && !errors.Is(err, social.ErrHandled) {
		rt.explain(ctx, r, err)
	}
	r.answer.finish(ctx, settled || last)
	if unanswered {
		return errors.Join(errUnanswered, err)
	}
	if settled {
		return nil
	}
	return err
}

// serve finds the handler and runs it within what was put before it.
func (rt *Router) serve(ctx context.Context, r *Request) error {
	fn, err := rt.route(ctx, r)
	if fn == nil || err != nil {
		return err
	}
	for i := len(rt.before) - 1; i >= 0; i-- {
		fn = rt.before[i](fn)
	}
	return fn(ctx, r)
}

// marked tells whether the update's effect is in the database: then it must not
// be handled again.
func marked(ctx context.Context) bool {
	h, ok := social.IncomingFrom(ctx)
	return ok && h.Marked
}

// explain tells whoever met an error about it, also when the handler's time is
// over.
func (rt *Router) explain(ctx context.Context, r *Request, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerLimit)
	defer cancel()
	if rt.OnError == nil {
		rt.log.ErrorContext(ctx, "handling an update failed", "err", err)
		return
	}
	if failed := guard(func() error { rt.OnError(ctx, r, err); return nil }); failed != nil {
		rt.log.ErrorContext(ctx, "explaining an error failed", "err", failed, "of", err)
	}
}

// guard turns a panic into an error.
func guard(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return fn()
}

// request lays out what the update says.
func (rt *Router) request(u Update) *Request {
	r := &Request{Update: u, Album: u.Album, sender: rt.sender}
	for _, m := range []*Received{u.Message, u.Edited, u.ChannelPost, u.EditedPost} {
		if m != nil {
			r.Message, r.Chat, r.From = m, m.Chat, m.From
		}
	}
	switch {
	case u.Callback != nil:
		r.tapped(u.Callback)
		r.answer = &answer{sender: rt.sender, log: rt.log, callback: u.Callback.ID}
	case u.MyMember != nil:
		r.Member, r.Chat, r.From = u.MyMember, u.MyMember.Chat, u.MyMember.From
	case u.Member != nil:
		r.Member, r.Chat, r.From = u.Member, u.Member.Chat, u.Member.From
	case u.Reactions != nil:
		r.Chat = u.Reactions.Chat
	}
	if !r.From.IsPerson() {
		r.From = User{}
	}
	return r
}

func (r *Request) tapped(c *Callback) {
	r.Callback, r.Message, r.From = c, c.Message, c.From
	r.Chat = Chat{ID: c.From.ID, Type: Private}
	if c.Message != nil {
		r.Chat = c.Message.Chat
	}
}
