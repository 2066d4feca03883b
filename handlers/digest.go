package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

type digests interface {
	Digest(ctx context.Context, reader, brand int64, day string) (social.Digest, error)
	ClaimDigest(ctx context.Context, brand, who int64, week string) error
	EndDigest(ctx context.Context, brand, who int64, week, state string) error
	AskDigest(ctx context.Context, brand, who int64, week string) error
	ShareDigest(ctx context.Context, by, brand int64, day string) error
	Hushed(ctx context.Context, who int64) ([]int64, error)
	HushDigest(ctx context.Context, who, brand int64, hush bool) error
}

// The marks of buttons from which a week comes as a message of its own: always, or
// where they stand under a picture, which tells of the week before it.
const (
	asOwn       = "own"
	anotherWeek = "turn"
)

// GiveDigest sends somebody the digest of a brand's week, once (M6, C7). Whoever
// belongs to the brand no more gets none.
func (h *Handlers) GiveDigest(ctx context.Context, brand, who int64, week string) error {
	d, err := h.digestInTurn(ctx, brand, who, week)
	if errors.Is(err, social.ErrNotFound) {
		return h.Store.EndDigest(ctx, brand, who, week, "failed")
	}
	if err != nil {
		return err
	}
	p, now, say := d.Me.Person, h.Clock.Now(), h.sayIn(d.Me.Person, d.Brand)
	m := h.pictureOf(ctx, say, d, d.Brand.DigestLate(d.Week, now))
	m.Silent = quiet(d.Brand, p, now)
	err = h.Store.ClaimDigest(ctx, brand, who, week)
	if errors.Is(err, social.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	h.At("digest_claimed")
	_, err = h.Sender.Send(ctx, bot.Bulk, p.TelegramID, m)
	state := "sent" // also what may be there: it is not sent twice, and the brand's page leads to it
	switch {
	case bot.IsBlocked(err):
		state, err = "failed", nil
	case isUnsure(err):
		err = nil
	case err != nil:
		state = "open"
	}
	return errors.Join(err, h.Store.EndDigest(context.WithoutCancel(ctx), brand, who, week, state))
}

// AskDigest tells somebody that the digest of a week may not have reached him, and leads to
// that week: once, and not where it has come meanwhile.
func (h *Handlers) AskDigest(ctx context.Context, brand, who int64, week string) error {
	d, err := h.Store.Digest(ctx, who, brand, week)
	if errors.Is(err, social.ErrNotFound) {
		return h.Store.EndDigest(ctx, brand, who, week, "failed")
	}
	if err != nil {
		return err
	}
	err = h.Store.AskDigest(ctx, brand, who, week)
	if errors.Is(err, social.ErrNotDue) {
		return nil
	}
	if err != nil {
		return err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	_, err = h.Sender.Send(ctx, bot.Cards, d.Me.Person.TelegramID, bot.Message{
		HTML:     say.Say("digest.lost", "brand", d.Brand.Name, "from", d.Week.From, "to", d.Week.Last()),
		Keyboard: [][]bot.Button{{button(say, "digest", bot.Data("digest", d.Brand.ID, 0, d.Week.Day(), asOwn))}},
		Silent:   quiet(d.Brand, d.Me.Person, h.Clock.Now()),
	})
	if bot.IsBlocked(err) || isUnsure(err) {
		return nil
	}
	return err
}

// digestInTurn reads a digest that goes out by itself: a few are read at a time, so that
// whoever taps meanwhile finds a connection.
func (h *Handlers) digestInTurn(ctx context.Context, brand, who int64, week string) (social.Digest, error) {
	select {
	case h.Turns <- struct{}{}:
		defer func() { <-h.Turns }()
	case <-ctx.Done():
		return social.Digest{}, ctx.Err()
	}
	return h.Store.Digest(ctx, who, brand, week)
}

// apart tells whether a week is to be shown apart from the message under which the
// button stands.
func apart(r *bot.Request) bool {
	return r.Arg(1) == asOwn || r.Arg(1) == anotherWeek && underPicture(r)
}

// underPicture tells whether the button stands under a picture.
func underPicture(r *bot.Request) bool {
	return r.Callback != nil && r.Callback.Message != nil && r.Callback.Message.Media != nil
}

// digest shows the numbers of one of the brand's weeks.
func (h *Handlers) digest(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Digest(ctx, me.Person.ID, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	if apart(r) {
		_, err = r.Reply(ctx, h.pictureOf(ctx, say, d, false))
		return err
	}
	view := digestCard(say, d, false, underPicture(r))
	view.Keyboard = append(view.Keyboard, back(say, bot.Data("brand", d.Brand.ID, 0)))
	_, err = h.put(ctx, r, view)
	return err
}

// hushDigest says whether the weekly message shall come.
func (h *Handlers) hushDigest(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.HushDigest(ctx, me.Person.ID, r.ID(), r.Arg(1) == "1"); err != nil {
		return err
	}
	return h.digest(ctx, r, me)
}

// nextLines tell, of the last week and of one that is not over, what waits now and
// what to do.
func nextLines(say locales.Printer, d social.Digest) []string {
	var lines []string
	if now := waitLine(say, d); now != "" {
		lines = append(lines, "", now)
	}
	if advice := d.Advice(say.Now()); advice != "" {
		lines = append(lines, "", say.Say("digest.advice."+string(advice)))
	}
	return lines
}

// sentLine tells managers when the week was sent to the clients.
func sentLine(say locales.Printer, d social.Digest) []string {
	if d.Sent.IsZero() || !d.Me.Role.May(social.Setup) {
		return nil
	}
	return []string{"", say.Say("digest.sent", "at", d.Sent)}
}

// waitLine tells what waits now, as far as it concerns the reader.
func waitLine(say locales.Printer, d social.Digest) string {
	var waits []string
	if d.Review > 0 {
		waits = append(waits, say.Plain("digest.review", "n", d.Review))
	}
	if d.Open > 0 && d.Me.Role.May(social.Answer) {
		waits = append(waits, say.Plain("digest.open", "n", d.Open))
	}
	if len(waits) == 0 {
		return ""
	}
	return say.Say("digest.waits", "what", locales.HTML(strings.Join(waits, say.Plain("list.comma"))))
}

// digestKeys lead to the weeks beside, and end or begin the weekly message.
func digestKeys(say locales.Printer, d social.Digest) [][]bot.Button {
	turn := func(key string, n int) bot.Button {
		return button(say, key, bot.Data("digest", d.Brand.ID, 0, d.Brand.Before(d.Week, n).Day(), anotherWeek))
	}
	var turns []bot.Button
	if len(d.Weeks) > 1 && d.Weeks[1].Known {
		turns = append(turns, turn("digest_before", 1))
	}
	if next := d.Brand.Before(d.Week, -1); !next.From.After(say.Now()) {
		turns = append(turns, turn("digest_after", -1))
	}
	hush := button(say, "digest_hush", bot.Data("digest_hush", d.Brand.ID, 0, d.Week.Day(), "1"))
	if d.Hush {
		hush = button(say, "digest_wake", bot.Data("digest_hush", d.Brand.ID, 0, d.Week.Day(), "0"))
	}
	doors := []bot.Button{button(say, "digest_why", bot.Data("digest_why", d.Brand.ID, 0, d.Week.Day()))}
	if d.Me.Role.May(social.Plan) {
		doors = append(doors, button(say, "plan_new", bot.Data("plan_new", d.Brand.ID, 0, becauseWeek, d.Week.Day())))
	}
	if d.Me.Role.May(social.Setup) && d.Sent.IsZero() && !d.Week.To.After(say.Now()) {
		doors = append(doors, button(say, "digest_share", bot.Data("digest_share", d.Brand.ID, 0, d.Week.Day())))
	}
	return append(append(rows(say, doors, 2), rows(say, turns, 2)...), []bot.Button{hush})
}
