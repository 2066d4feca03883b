package handlers

import (
	"context"
	"errors"

	"peyk/social"
)

// DrawAhead draws the picture of a digest that somebody will get soon, so that it lies
// ready at its hour. What has changed by then is drawn anew.
func (h *Handlers) DrawAhead(ctx context.Context, a social.Ahead) error {
	if h.PaintAhead == nil {
		return nil
	}
	d, err := h.digestInTurn(ctx, a.Brand, a.Person, a.Week)
	if errors.Is(err, social.ErrNotFound) {
		return nil // he has left meanwhile
	}
	if err != nil {
		return err
	}
	return h.PaintAhead(ctx, digestPicture(h.sayIn(d.Me.Person, d.Brand), d))
}
