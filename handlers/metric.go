package handlers

import (
	"context"
	"time"

	"peyk/bot"
	"peyk/social"
)

type metrics interface {
	TypedWeek(ctx context.Context, reader, account int64) (social.TypedWeek, error)
	KeepNumbers(ctx context.Context, by, account int64, typed social.Typed) (social.TypedWeek, error)
	Proofs(ctx context.Context, reader, brand int64, day string) ([]social.Proof, error)
	Figures(ctx context.Context, reader, brand int64) ([]social.Snapshot, error)
	TakeFigures(ctx context.Context, by, brand int64, figures []social.Snapshot) (added int, err error)
	HearReactions(ctx context.Context, chat, message, count int64, at time.Time) error
}

// reacted hears how many reactions a channel's post has now.
func (h *Handlers) reacted(ctx context.Context, r *bot.Request) error {
	now := r.Update.Reactions
	sum := 0
	for _, n := range now.Counts {
		sum += n
	}
	if sum < 0 || now.At.IsZero() {
		return nil // Telegram tells no such thing
	}
	return h.Store.HearReactions(ctx, now.Chat.ID, now.MessageID, int64(sum), now.At)
}
