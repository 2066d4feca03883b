package handlers

import (
	"context"
	"slices"
	"strconv"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// The dialog step in which a time is typed.
const whenStep = "when"

// What gets a time, as buttons carry it.
const (
	forPost     = "p"
	forDelivery = "d"
)

// chips is how many free slots are offered at once.
const chips = 5

// A slotted is what gets a time: a post, or with a delivery that one's share of
// it, which a person publishes by hand.
type slotted struct {
	post     social.Post
	delivery int64
}

func (s slotted) data(action string, arg ...string) string {
	if s.delivery != 0 {
		return bot.Data(action, s.delivery, 0, append([]string{forDelivery}, arg...)...)
	}
	return bot.Data(action, s.post.ID, s.post.Version, append([]string{forPost}, arg...)...)
}

// home is where the way back leads.
func (s slotted) home() string {
	if s.delivery != 0 {
		return bot.Data("dcd", s.delivery, 0)
	}
	return uncover(s.post)
}

// dialog is what the question about the time has to remember.
func (s slotted) dialog() map[string]string {
	if s.delivery != 0 {
		return map[string]string{"kind": forDelivery, "id": itoa(s.delivery)}
	}
	return map[string]string{"kind": forPost, "id": itoa(s.post.ID)}
}

// slotted reads what gets a time, for those who may give it one.
func (h *Handlers) slotted(ctx context.Context, me Reader, kind string, id int64) (slotted, error) {
	if kind != forDelivery {
		p, by, err := h.Store.Post(ctx, me.Person.ID, id)
		if err != nil {
			return slotted{}, err
		}
		return slotted{post: p}, by.Can(p.TimedBy())
	}
	p, err := h.Store.PostOf(ctx, me.Person.ID, id)
	if err != nil {
		return slotted{}, err
	}
	by, err := h.Store.Member(ctx, me.Person.ID, p.Brand.ID)
	if err != nil {
		return slotted{}, err
	}
	return slotted{p, id}, by.Can(social.Plan)
}

// slots asks when a post goes out.
func (h *Handlers) slots(ctx context.Context, r *bot.Request, me Reader) error {
	return h.askWhen(ctx, r, me, forPost)
}

// deliverySlots asks when a delivery goes out that a person publishes by hand.
func (h *Handlers) deliverySlots(ctx context.Context, r *bot.Request, me Reader) error {
	return h.askWhen(ctx, r, me, forDelivery)
}

func (h *Handlers) askWhen(ctx context.Context, r *bot.Request, me Reader, kind string) error {
	s, err := h.slotted(ctx, me, kind, r.ID())
	if err != nil {
		return err
	}
	taken, err := h.Store.Taken(ctx, me.Person.ID, s.post.Brand.ID)
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, s.post.Brand)
	return h.ask(ctx, r, me, question{step: whenStep, data: s.dialog(), post: s.post.ID, view: slotCard(say, s, freeTimes(say, s.post.Brand, taken))})
}

// freeTimes are the brand's next free slots; where it has none, usual hours of
// today and tomorrow.
func freeTimes(say locales.Printer, b social.Brand, taken []time.Time) []time.Time {
	if free := b.FreeSlots(say.Now(), taken, chips); len(free) > 0 {
		return free
	}
	usual := social.Brand{Zone: b.Zone}
	for day := time.Sunday; day <= time.Saturday; day++ {
		usual.Slots = append(usual.Slots, social.Slot{Day: day, Minute: 10 * 60}, social.Slot{Day: day, Minute: 18 * 60})
	}
	return usual.FreeSlots(say.Now(), taken, chips-1)
}

// slotCard offers the next free slots, the month and the typed way.
func slotCard(say locales.Printer, s slotted, free []time.Time) bot.Message {
	text := say.Say("when.ask")
	if !s.post.Slot.IsZero() && s.delivery == 0 {
		text = whenLine(say, s.post) + "\n\n" + text
	}
	var keys [][]bot.Button
	var more []bot.Button
	for i, t := range free {
		data := s.data("slot_at", momentArg(t))
		if i == 0 {
			keys = append(keys, []bot.Button{{Text: say.Label("button.next_free", "when", chip(say, t)), Data: data, Style: "primary"}})
			continue
		}
		more = append(more, bot.Button{Text: chip(say, t), Data: data})
	}
	keys = append(keys, rows(say, more, 2)...)
	keys = append(keys, []bot.Button{button(say, "month", s.data("slot_month"))}, back(say, s.home()))
	return bot.Message{HTML: text, Keyboard: keys}
}

// chip is a moment in few letters: the day by a word where it is near, and the
// clock.
func chip(say locales.Printer, t time.Time) string {
	day := say.ShortDay(t)
	switch days := dayOf(say, t) - dayOf(say, say.Now()); {
	case days == 0:
		day = say.Label("day.today")
	case days == 1:
		day = say.Label("day.tomorrow")
	case days > 1 && days < 7:
		day = say.Weekday(t.In(say.Zone()).Weekday())
	}
	return day + " " + say.Clock(t)
}

// dayOf numbers the reader's day of a moment.
func dayOf(say locales.Printer, t time.Time) int {
	return locales.DateOf(t.In(say.Zone()), social.Gregorian).Number()
}

// momentArg and slotArg carry a moment in a button, in minutes.
func momentArg(t time.Time) string { return strconv.FormatInt(t.Unix()/60, 36) }

func slotArg(arg string) time.Time {
	n, err := strconv.ParseInt(arg, 36, 64)
	if err != nil || n <= 0 || n > 1<<32 {
		return time.Time{}
	}
	return time.Unix(n*60, 0)
}

// slotAt shows the chosen moment in full and asks whether it is right.
func (h *Handlers) slotAt(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.slotted(ctx, me, r.Arg(0), r.ID())
	if err != nil {
		return err
	}
	view, err := h.confirmWhen(ctx, me, s, slotArg(r.Arg(1)))
	if err != nil {
		return err
	}
	return h.cover(ctx, r, me, s.post.ID, view)
}

// confirmWhen is the question whether a moment is right. It tries the move
// first: what would be refused is refused now, and a new round of approval is
// announced (U2).
func (h *Handlers) confirmWhen(ctx context.Context, me Reader, s slotted, at time.Time) (bot.Message, error) {
	by, err := h.Store.Member(ctx, me.Person.ID, s.post.Brand.ID)
	if err != nil {
		return bot.Message{}, err
	}
	again, err := tryMove(s, by, at, h.Clock.Now())
	if err != nil {
		return bot.Message{}, err
	}
	taken, err := h.Store.Taken(ctx, me.Person.ID, s.post.Brand.ID)
	if err != nil {
		return bot.Message{}, err
	}
	busy := slices.ContainsFunc(taken, at.Equal) && !s.post.Slot.Equal(at)
	return confirmCard(h.sayIn(me.Person, s.post.Brand), s, at, moveFacts{again, busy}), nil
}

// tryMove runs the rule on copies. Again tells whether the approvers would be
// asked once more.
func tryMove(s slotted, by social.Member, at, now time.Time) (again bool, err error) {
	if s.delivery == 0 {
		e, err := s.post.Schedule(by, at, now)
		return e.Facts.Again, err
	}
	for _, d := range s.post.Deliveries {
		if d.ID == s.delivery {
			return false, d.PutOff(by, at, now)
		}
	}
	return false, social.ErrNotFound
}

type moveFacts struct {
	again bool // the client is asked again
	busy  bool // another post of the brand has the same time
}

func confirmCard(say locales.Printer, s slotted, at time.Time, f moveFacts) bot.Message {
	text := say.Say("when.confirm", "when", at, "zone", say.ZoneName(), "left", at.Sub(say.Now()))
	if name := say.Holiday(locales.DateOf(at.In(say.Zone()), say.Calendar())); name != "" {
		text += "\n\n" + say.Say("week.holiday", "name", name)
	}
	if tone := say.Tone(at); tone != "" {
		text += "\n" + tone
	}
	if f.busy {
		text += "\n\n" + say.Say("slot.busy", "brand", s.post.Brand.Name)
	}
	if f.again {
		text += "\n\n" + say.Say("slot.again", "brand", s.post.Brand.Name)
	}
	yes := button(say, "slot_yes", s.data("slot_ok", momentArg(at)))
	yes.Style = "success"
	other := bot.Button{Text: say.Label("button.slot_other"), Data: bot.Data("slt", s.post.ID, s.post.Version)}
	if s.delivery != 0 {
		other.Data = bot.Data("dsl", s.delivery, 0)
	}
	return bot.Message{HTML: text, Keyboard: [][]bot.Button{{yes}, {other}, back(say, s.home())}}
}

// saveSlot gives the confirmed time.
func (h *Handlers) saveSlot(ctx context.Context, r *bot.Request, me Reader) error {
	at := slotArg(r.Arg(1))
	if at.IsZero() {
		return social.ErrOutdated
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	now := h.Clock.Now()
	if r.Arg(0) == forDelivery {
		return h.settle(ctx, r, me, r.ID(), func(_ *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
			return social.DeliveryPutOff, d.PutOff(by, at, now)
		})
	}
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Schedule(by, at, now)
	})
}

// takeWhen hears a typed time. One that may mean two hours is asked about, a day
// without an hour gets the hours of that day, and what is not understood is
// refused: nothing becomes another moment.
func (h *Handlers) takeWhen(ctx context.Context, r *bot.Request, me Reader) error {
	if r.Text().Empty() {
		return social.ErrEmpty
	}
	s, err := h.slotted(ctx, me, r.Dialog.Data["kind"], number(r.Dialog.Data["id"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	say := h.sayIn(me.Person, s.post.Brand)
	w, err := locales.ParseWhen(r.Text().Plain, h.Clock.Now(), say.Zone(), say.Calendar())
	if err != nil {
		return err
	}
	view, err := h.whenView(ctx, me, s, w)
	if err != nil {
		return err
	}
	if err := h.ask(ctx, r, me, question{step: whenStep, data: s.dialog(), view: view}); err != nil {
		return err
	}
	h.removeQuestion(ctx, r)
	return nil
}

// whenView is the answer to a typed time.
func (h *Handlers) whenView(ctx context.Context, me Reader, s slotted, w locales.When) (bot.Message, error) {
	switch {
	case w.NeedsClock:
		return h.hoursView(ctx, me, s, w.Day.Number())
	case len(w.Options) == 1:
		return h.confirmWhen(ctx, me, s, w.Options[0])
	}
	return whichHour(h.sayIn(me.Person, s.post.Brand), s, w.Options), nil
}

// whichHour asks which of several readings of a typed time is meant.
func whichHour(say locales.Printer, s slotted, options []time.Time) bot.Message {
	var doors []bot.Button
	for _, t := range options {
		label := say.Label("slot.option", "when", t)
		if say.Clock(options[0]) == say.Clock(options[len(options)-1]) { // the clocks are set back between them
			label += t.In(say.Zone()).Format(" (-07:00)")
		}
		doors = append(doors, bot.Button{Text: label, Data: s.data("slot_at", momentArg(t))})
	}
	return bot.Message{HTML: say.Say("slot.which_hour"), Keyboard: append(rows(say, doors, 1), back(say, s.home()))}
}
