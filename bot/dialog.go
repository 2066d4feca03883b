package bot

import (
	"context"
	"errors"
	"fmt"

	"peyk/social"
)

// Dialogs keeps the question that is open in each chat.
type Dialogs interface {
	// Dialog returns the chat's open question, or social.ErrNotFound.
	Dialog(ctx context.Context, chat int64) (social.Dialog, error)
	// SetDialog opens a question, in place of an earlier one.
	SetDialog(ctx context.Context, d social.Dialog) error
	// EndDialog closes the chat's question, if there is one.
	EndDialog(ctx context.Context, chat int64) error
}

// dialog returns the chat's open question and who hears the answer; nil: nobody. A
// question whose time is over, or whose step no longer exists, is closed.
func (rt *Router) dialog(ctx context.Context, chat int64) (social.Dialog, HandlerFunc, error) {
	if rt.Dialogs == nil {
		return social.Dialog{}, nil, nil
	}
	d, err := rt.Dialogs.Dialog(ctx, chat)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return social.Dialog{}, nil, nil
	case err != nil:
		return social.Dialog{}, nil, fmt.Errorf("looking for an open question: %w", err)
	}
	fn := rt.steps[d.Step]
	expired := !d.Expires.IsZero() && !rt.clock.Now().Before(d.Expires)
	if fn != nil && !expired {
		return d, fn, nil
	}
	if err := rt.Dialogs.EndDialog(ctx, chat); err != nil {
		return social.Dialog{}, nil, fmt.Errorf("closing an old question: %w", err)
	}
	return social.Dialog{}, nil, nil
}
