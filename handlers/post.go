package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// reviewable tells whether the content may be shown to clients: it was sent for
// approval and is not being changed.
func reviewable(p social.Post) bool {
	return p.Version > 0 && p.State != social.Drafting && p.State != social.Changing
}

// edit opens a post for editing. Of one that others have seen it says first that
// a change needs a new approval (U1); nothing changes until something is changed.
func (h *Handlers) edit(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if err := place.Can(social.Draft); err != nil {
		return err
	}
	switch {
	case !p.Open():
		return h.refuse(ctx, r, me, social.ErrInPublishing)
	case p.State == social.Drafting || p.State == social.Changing || p.State == social.Stopped:
		return h.showTo(ctx, r, me, p, place)
	}
	return h.cover(ctx, r, me, p.ID, editCard(h.sayIn(me.Person, p.Brand), p, h.describes(p)))
}

// editCard warns before a post is edited that is with others or approved.
func editCard(say locales.Printer, p social.Post, describes bool) bot.Message {
	key := "post.edit_waiting"
	if len(p.Approvals) > 0 || p.State == social.Approved || p.State == social.Late {
		key = "post.edit_approved"
	}
	lines := []string{say.Say(key, "brand", p.Brand.Name, "version", p.Version), whenLine(say, p)}
	lines = append(lines, contentLines(say, p.Content)...)
	keys := rows(say, press(say, p, contentActions(describes)...), 2)
	keys = append(keys, rows(say, accountToggles(say, p), 2)...)
	return bot.Message{
		HTML: strings.Join(lines, "\n"), NoPreview: true,
		Keyboard: append(keys, back(say, uncover(p))),
	}
}

// toggleAccount takes an account in or out.
func (h *Handlers) toggleAccount(ctx context.Context, r *bot.Request, me Reader) error {
	account := idArg(r.Arg(0))
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		if _, ok := accountOf(*p, account); !ok {
			return social.Event{}, social.ErrOutdated
		}
		return p.Edit(by, func(c *social.Content) { c.Toggle(account) })
	})
}

// submit sends the post for approval. What keeps it back is shown with the
// buttons that help.
func (h *Handlers) submit(ctx context.Context, r *bot.Request, me Reader) error {
	var place social.Member
	p, err := h.Store.UpdatePost(ctx, me.Person.ID, r.ID(), func(p *social.Post, by social.Member) (social.Event, error) {
		place = by
		return p.Submit(by, h.issues(*p), h.Clock.Now())
	})
	var why social.Rule
	switch {
	case err == nil:
		return h.showTo(ctx, r, me, p, place)
	case !errors.As(err, &why) || why == social.ErrNotFound:
		return err
	case why == social.ErrHasIssues:
		return h.showIssues(ctx, r, me)
	case why == social.ErrNoSlot || why == social.ErrPastSlot:
		if err := r.Alert(ctx, me.Say.Plain("rule."+string(why))); err != nil {
			return err
		}
		return h.slots(ctx, r, me)
	}
	return h.refuse(ctx, r, me, why)
}

// showIssues says what each network would refuse, with the buttons that mend it.
func (h *Handlers) showIssues(ctx context.Context, r *bot.Request, me Reader) error {
	p, _, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	return h.cover(ctx, r, me, p.ID, issuesCard(h.sayIn(me.Person, p.Brand), p, h.issues(p)))
}

func issuesCard(say locales.Printer, p social.Post, issues []social.Issue) bot.Message {
	lines := []string{say.Say("post.not_sent", "brand", p.Brand.Name)}
	var mend [][]bot.Button
	offered := map[int64]bool{}
	for _, i := range issues {
		a, ok := accountOf(p, i.Account)
		if !i.Blocks || !ok {
			continue
		}
		lines = append(lines, issueLine(say, a, i))
		if !offered[a.ID] {
			mend = append(mend, issueMends(say, p, a, issues)...)
		}
		offered[a.ID] = true
	}
	actions := []string{"txt", "med"}
	if slices.ContainsFunc(issues, func(i social.Issue) bool { return i.Code == "alt_too_long" }) {
		actions = append(actions, "alt")
	}
	keys := rows(say, press(say, p, actions...), 2)
	keys = append(append(keys, mend...), back(say, uncover(p)))
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: keys, NoPreview: true}
}

// copyPost makes a draft with the same content; its card comes below.
func (h *Handlers) copyPost(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.Store.CopyPost(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	return h.show(ctx, below(r), me, p)
}

// askStop asks whether the post shall really be taken back.
func (h *Handlers) askStop(ctx context.Context, r *bot.Request, me Reader) error {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	tried := p
	var why social.Rule
	if _, err := tried.Stop(place); errors.As(err, &why) {
		return h.refuse(ctx, r, me, why)
	}
	say := h.sayIn(me.Person, p.Brand)
	yes := button(say, "stop_yes", bot.Data("del_yes", p.ID, p.Version))
	yes.Style = "danger"
	lines := append([]string{say.Say("post.stop_sure", "brand", p.Brand.Name), whenLine(say, p)}, contentLines(say, p.Content)...)
	return h.cover(ctx, r, me, p.ID, bot.Message{
		HTML: strings.Join(lines, "\n"), NoPreview: true,
		Keyboard: [][]bot.Button{{yes}, back(say, uncover(p))},
	})
}

// stop takes the post back.
func (h *Handlers) stop(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) { return p.Stop(by) })
}

// restore makes a post that was taken back a draft again.
func (h *Handlers) restore(ctx context.Context, r *bot.Request, me Reader) error {
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) { return p.Restore(by) })
}

// offer hands an editor's draft over to those who plan for the brand.
func (h *Handlers) offer(ctx context.Context, r *bot.Request, me Reader) error {
	err := h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) { return p.Offer(by) })
	if err != nil {
		return err
	}
	return r.Toast(ctx, me.Say.Plain("post.offered"))
}
