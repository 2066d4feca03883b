package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// A pending is content that waits for its brand.
type pending struct {
	Content social.Content `json:"content"`
	At      int64          `json:"at"` // when its first message came, by Telegram's clock
	Full    bool           `json:"full,omitempty"`
}

// askBrandOf keeps the content in the dialog and asks for its brand. Several
// messages may wait at a time, each with buttons of its own.
func (h *Handlers) askBrandOf(ctx context.Context, r *bot.Request, me Reader, brands []social.Brand, c social.Content) error {
	waiting, err := h.pending(ctx, r.Chat.ID)
	if err != nil {
		return err
	}
	if key := pieceOf(r, waiting); key != "" {
		return h.addPiece(ctx, r, me, waiting, key)
	}
	if len(waiting) >= maxPending {
		return errManyWaiting
	}
	key := strconv.FormatInt(r.Message.ID, 36)
	waiting[key] = pending{Content: c, At: r.Message.At.Unix()}
	message, err := h.put(ctx, r, brandOfCard(me.Say, brands, c, key))
	if err != nil {
		return err
	}
	return h.savePending(ctx, r, me, waiting, message)
}

// pending is the content that waits for its brand in a chat, by message.
func (h *Handlers) pending(ctx context.Context, chat int64) (map[string]pending, error) {
	waiting := map[string]pending{}
	d, err := h.Store.Dialog(ctx, chat)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return waiting, nil
	case err != nil:
		return nil, err
	case d.Step != draftStep:
		return waiting, nil
	}
	for key, raw := range d.Data {
		var p pending
		if err := json.Unmarshal([]byte(raw), &p); err != nil {
			return nil, fmt.Errorf("reading content that waits for its brand: %w", err)
		}
		waiting[key] = p
	}
	return waiting, nil
}

// savePending keeps what waits; nothing left ends the question.
func (h *Handlers) savePending(ctx context.Context, r *bot.Request, me Reader, waiting map[string]pending, message int64) error {
	if len(waiting) == 0 {
		return h.endDialog(ctx, r)
	}
	data := map[string]string{}
	for key, p := range waiting {
		raw, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("keeping content for its brand: %w", err)
		}
		data[key] = string(raw)
	}
	return h.Store.SetDialog(ctx, social.Dialog{
		Chat: r.Chat.ID, Person: me.Person.ID, Step: draftStep, Data: data, Message: message, Expires: h.Clock.Now().Add(social.QuestionLife),
	})
}

func brandOfCard(say locales.Printer, brands []social.Brand, c social.Content, key string) bot.Message {
	var doors []bot.Button
	for _, b := range brands {
		doors = append(doors, bot.Button{Text: brief(b.Name), Data: bot.Data("brand_of", b.ID, 0, key)})
	}
	keys := append(fitted(say, doors), []bot.Button{button(say, "cancel", bot.Data("brand_of", 0, 0, key))})
	lines := append([]string{say.Say("draft.which_brand")}, contentLines(say, c)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: keys, NoPreview: true}
}

// brandOf takes the brand for content that waits; no brand drops it.
func (h *Handlers) brandOf(ctx context.Context, r *bot.Request, me Reader) error {
	waiting, err := h.pending(ctx, r.Chat.ID)
	if err != nil {
		return err
	}
	chosen, ok := waiting[r.Arg(0)]
	if !ok {
		_, err := h.put(ctx, r, bot.Message{HTML: me.Say.Say("draft.gone")})
		return err
	}
	delete(waiting, r.Arg(0))
	if r.ID() == 0 {
		if err := h.savePending(ctx, r, me, waiting, 0); err != nil {
			return err
		}
		_, err := h.put(ctx, r, bot.Message{HTML: me.Say.Say("draft.dropped")})
		return err
	}
	b, _, err := h.Store.Brand(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	if _, err := h.addDraft(ctx, r, me, b, chosen.Content, time.Time{}); err != nil {
		return err
	}
	return h.savePending(ctx, r, me, waiting, 0)
}
