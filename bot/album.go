package bot

import (
	"context"
	"fmt"
	"time"

	"peyk/social"
)

// albumQuiet is how long no further part of an album must have come before it
// counts as whole. Telegram does not say how many parts there are.
const albumQuiet = time.Second

// gather finds the other parts of the album that u begins. They are updates of
// the same key, which is in our hands while we wait, so none of them is handled
// alone and what was written after the album comes after it. Nothing is kept in
// memory: after a crash the first part is claimed again, and gathered again.
func (w *Workers) gather(ctx context.Context, in social.Incoming, u *Update) ([]social.Incoming, error) {
	m := u.Message
	if m == nil || m.Group == "" || m.Chat.Type != Private {
		return nil, nil
	}
	for seen := -1; ; {
		with, parts, newest, err := w.parts(ctx, in, m.Group)
		if err != nil {
			return nil, err
		}
		quiet := w.clock.Now().Sub(newest)
		if len(parts)+1 >= MaxAlbum || len(parts) == seen || quiet >= albumQuiet {
			u.Album = append([]*Received{m}, parts...)
			return with, nil
		}
		seen = len(parts)
		select {
		case <-w.clock.After(min(albumQuiet-quiet, albumQuiet)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// parts are the further parts of an album that have come so far, and when the
// newest came.
func (w *Workers) parts(ctx context.Context, in social.Incoming, group string) (with []social.Incoming, parts []*Received, newest time.Time, err error) {
	waiting, err := w.inbox.Waiting(ctx, in)
	if err != nil {
		return nil, nil, newest, fmt.Errorf("gathering an album: %w", err)
	}
	newest = in.At
	for _, other := range waiting {
		u, err := Decode(other.Body)
		if err != nil || u.Message == nil || u.Message.Group != group {
			continue
		}
		with, parts = append(with, other), append(parts, u.Message)
		newest = later(newest, other.At)
	}
	return with, parts, newest, nil
}
