package handlers

import (
	"context"
	"errors"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// askShare shows who would get a week's digest.
func (h *Handlers) askShare(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Digest(ctx, me.Person.ID, r.ID(), r.Arg(0))
	if err != nil {
		return err
	}
	members, err := h.Store.Members(ctx, me.Person.ID, d.Brand.ID)
	if err != nil {
		return err
	}
	clients := social.Clients(members)
	if _, err := d.Share(clients, h.Clock.Now()); err != nil {
		return err
	}
	_, err = h.put(ctx, r, shareCard(h.sayIn(d.Me.Person, d.Brand), d, clients))
	return err
}

func shareCard(say locales.Printer, d social.Digest, clients []social.Member) bot.Message {
	lines := []string{say.Say("digest.share", "brand", d.Brand.Name, "from", d.Week.From, "to", d.Week.Last())}
	for _, m := range clients {
		lines = append(lines, say.Say("digest.share_to", "name", m.Person.Name))
	}
	yes := button(say, "digest_share_yes", bot.Data("digest_share_yes", d.Brand.ID, 0, d.Week.Day()))
	yes.Style = "success"
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: [][]bot.Button{
		{yes}, back(say, bot.Data("digest", d.Brand.ID, 0, d.Week.Day())),
	}}
}

// share sends a week's digest to the brand's clients.
func (h *Handlers) share(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.Store.ShareDigest(ctx, me.Person.ID, r.ID(), r.Arg(0)); err != nil {
		return err
	}
	return h.digest(ctx, r, me)
}

// sharedDigest is what a client gets: the week in his language, with the word that
// somebody has sent it. Whoever has left in the meantime gets nothing.
func (h *Handlers) sharedDigest(ctx context.Context, a social.Affair, p social.Person) ([]bot.Message, error) {
	d, err := h.Store.Digest(ctx, p.ID, a.BrandID, a.Facts.Week)
	if errors.Is(err, social.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	say := h.sayIn(d.Me.Person, d.Brand)
	word := bot.Message{HTML: say.Say("digest.shared", "who", a.Who, "agency", a.Agency.Name)}
	return []bot.Message{word, h.pictureOf(ctx, say, d, false)}, nil
}
