package handlers

import (
	"context"
	"errors"
	"strconv"

	"peyk/bot"
	"peyk/social"
)

type plans interface {
	BeginPlan(ctx context.Context, by, brand int64, fall bool, day string) (social.ActionPlan, error)
	ActionPlan(ctx context.Context, reader, id int64) (social.ActionPlan, social.Result, error)
	Plans(ctx context.Context, reader, brand int64, n int) (b social.Brand, running, past []social.ActionPlan, err error)
	UpdatePlan(ctx context.Context, by, id int64, rule social.PlanRule) (social.ActionPlan, error)
	AgreePlan(ctx context.Context, by, id int64) (social.ActionPlan, error)
	GivePlan(ctx context.Context, by, id, person int64) (social.ActionPlan, error)
}

// What a plan is made because of, as buttons carry it.
const (
	becauseFall = "d"
	becauseWeek = "w"
)

// pastPlans is how many plans that are over are listed.
const pastPlans = 10

// newPlan begins a plan because of a fall or of a week (M7), below the message that told
// of it. Where the fall has a plan already, that one is shown.
func (h *Handlers) newPlan(ctx context.Context, r *bot.Request, me Reader) error {
	p, err := h.Store.BeginPlan(ctx, me.Person.ID, r.ID(), r.Arg(0) == becauseFall, r.Arg(1))
	if err != nil {
		return err
	}
	if r.Arg(2) == "" {
		r = below(r)
	}
	return h.showPlan(ctx, r, me, p.ID)
}

// plan shows a plan.
func (h *Handlers) plan(ctx context.Context, r *bot.Request, me Reader) error {
	return h.showPlan(ctx, r, me, r.ID())
}

func (h *Handlers) showPlan(ctx context.Context, r *bot.Request, me Reader, id int64) error {
	p, result, err := h.Store.ActionPlan(ctx, me.Person.ID, id)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, planCard(h.sayIn(me.Person, p.Brand), p, result))
	return err
}

// changePlan runs a rule on the pressed plan, and shows what it is now. A refusal is
// explained, and the card drawn anew, since it may have been out of date.
func (h *Handlers) changePlan(ctx context.Context, r *bot.Request, me Reader, rule social.PlanRule) error {
	_, err := h.Store.UpdatePlan(ctx, me.Person.ID, r.ID(), rule)
	return h.afterPlan(ctx, r, me, err)
}

func (h *Handlers) afterPlan(ctx context.Context, r *bot.Request, me Reader, err error) error {
	var why social.Rule
	switch {
	case err == nil:
	case errors.As(err, &why) && why != social.ErrNotFound && why != social.ErrForbidden:
		if err := r.Alert(ctx, me.Say.Plain("rule."+string(why))); err != nil {
			return err
		}
	default:
		return err
	}
	return h.showPlan(ctx, r, me, r.ID())
}

// actionArg is the number of an action in a button; -1: none that there is.
func actionArg(r *bot.Request) int {
	n, err := strconv.Atoi(r.Arg(0))
	if err != nil {
		return -1
	}
	return n
}

// pickAction says whether an offered action is wanted.
func (h *Handlers) pickAction(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changePlan(ctx, r, me, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Pick(by, actionArg(r))
	})
}

// agreePlan makes the draft a plan.
func (h *Handlers) agreePlan(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.Store.AgreePlan(ctx, me.Person.ID, r.ID())
	return h.afterPlan(ctx, r, me, err)
}

// tickAction says that an action is done, or is not after all.
func (h *Handlers) tickAction(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changePlan(ctx, r, me, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Tick(by, actionArg(r), h.Clock.Now())
	})
}

// The answers to the question whether a plan has helped, as buttons carry them.
const (
	saysHelped = "y"
	saysVain   = "n"
	saysLater  = "l"
)

// judgePlan hears whether the plan has helped.
func (h *Handlers) judgePlan(ctx context.Context, r *bot.Request, me Reader) error {
	now := h.Clock.Now()
	return h.changePlan(ctx, r, me, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		switch r.Arg(0) {
		case saysHelped, saysVain:
			return p.Judge(by, r.Arg(0) == saysHelped, now)
		case saysLater:
			return p.Later(by, now)
		}
		return social.Event{}, social.ErrOutdated
	})
}

// askDropPlan asks whether a plan shall really be given up.
func (h *Handlers) askDropPlan(ctx context.Context, r *bot.Request, me Reader) error {
	p, _, err := h.Store.ActionPlan(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, p.Brand)
	yes := button(say, "plan_drop_yes", bot.Data("plan_drop_yes", p.ID, 0))
	yes.Style = "danger"
	_, err = h.put(ctx, r, bot.Message{
		HTML: say.Say("plan.drop_sure", "brand", p.Brand.Name), Keyboard: [][]bot.Button{{yes}, back(say, bot.Data("plan", p.ID, 0))},
	})
	return err
}

// dropPlan gives a plan up, or leaves a draft.
func (h *Handlers) dropPlan(ctx context.Context, r *bot.Request, me Reader) error {
	return h.changePlan(ctx, r, me, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Drop(by, h.Clock.Now())
	})
}

// plansOf lists a brand's plans.
func (h *Handlers) plansOf(ctx context.Context, r *bot.Request, me Reader) error {
	b, running, past, err := h.Store.Plans(ctx, me.Person.ID, r.ID(), pastPlans)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, plansCard(h.sayIn(me.Person, b), b, running, past))
	return err
}

// goAction leads to where an action is done: to the comments that wait, or to a new post
// at its hour. The plan's card stays.
func (h *Handlers) goAction(ctx context.Context, r *bot.Request, me Reader) error {
	p, _, err := h.Store.ActionPlan(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	n := actionArg(r)
	if n < 0 || n >= len(p.Actions) {
		return social.ErrOutdated
	}
	door := doorOf(p.Actions[n])
	switch door {
	case doorInbox:
		return h.showInbox(ctx, below(r), me, lookup{way: inboxOpen, brand: p.Brand.ID})
	case doorPost:
		taken, err := h.Store.Taken(ctx, me.Person.ID, p.Brand.ID)
		if err != nil {
			return err
		}
		return h.askDraft(ctx, below(r), me, p.Brand, p.Brand.SlotFor(p.Actions[n], taken, h.Clock.Now()))
	}
	return social.ErrOutdated
}
