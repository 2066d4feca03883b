package handlers

import (
	"context"

	"peyk/bot"
	"peyk/social"
)

// Telegram's longest message and caption, in code points (telegram.md, item 7).
const (
	maxText    = 4096
	maxCaption = 1024
)

// sendVariant puts a variant into a chat as it will appear: its media with the
// text as caption, or the text alone. It returns the ids of the messages.
func (h *Handlers) sendVariant(ctx context.Context, lane bot.Lane, chat int64, v social.Variant) ([]int64, error) {
	var ids []int64
	text := v.Text
	if len(v.Media) > 0 {
		m := bot.Message{Media: v.Media}
		if text.Len() <= maxCaption {
			m.HTML, text = text.HTML(), social.Text{}
		}
		sent, err := h.Sender.Send(ctx, lane, chat, m)
		if err != nil {
			return nil, err
		}
		ids = append(ids, sent.All()...)
	}
	if text.Empty() {
		return ids, nil
	}
	sent, err := h.Sender.Send(ctx, lane, chat, bot.Message{HTML: text.HTML()})
	if err != nil {
		return ids, err
	}
	return append(ids, sent.All()...), nil
}
