package telegram

import (
	"context"

	"peyk/platforms"
	"peyk/social"
)

var _ platforms.Gauge = (*Connector)(nil)

// Measure counts the subscribers of a channel. Of a post a bot cannot ask for
// anything: reactions come as updates, and views it is never told.
func (c *Connector) Measure(ctx context.Context, l social.Look) ([]social.Reading, error) {
	if l.Post != 0 {
		return nil, nil
	}
	var n int64
	params := map[string]any{"chat_id": chatID(l.Account.RemoteID)}
	if err := ask(ctx, c.Client, "getChatMemberCount", params, &n); err != nil {
		return nil, err
	}
	return []social.Reading{{Metric: social.MetricFollowers, Value: n}}, nil
}
