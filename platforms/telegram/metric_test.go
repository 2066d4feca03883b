package telegram_test

import (
	"errors"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
	"peyk/social"
)

// A channel's subscribers are asked for by its number; of a post nothing can be asked.
func TestMeasure(t *testing.T) {
	b := newBox(t)
	c := telegram.Connector{Client: b}
	channel := social.Look{Account: social.Account{Platform: social.Telegram, RemoteID: "-1001234567890"}}
	told, err := c.Measure(t.Context(), channel)
	if err != nil || len(told) != 1 || told[0] != (social.Reading{Metric: social.MetricFollowers, Value: 1240}) {
		t.Errorf("told %+v, %v", told, err)
	}
	if len(b.calls) != 1 || b.calls[0].params["chat_id"] != float64(-1001234567890) {
		t.Errorf("asked %+v", b.calls)
	}
	channel.Post = 5
	if told, err := c.Measure(t.Context(), channel); err != nil || told != nil || len(b.calls) != 1 {
		t.Errorf("of a post: %+v, %v, %d calls", told, err, len(b.calls))
	}
}

// What Telegram refuses is told in the words of all platforms.
func TestMeasureFails(t *testing.T) {
	b := newBox(t)
	c := telegram.Connector{Client: b}
	channel := social.Look{Account: social.Account{Platform: social.Telegram, RemoteID: "-1001234567890"}}
	b.fail(answer{err: &telegram.Failure{Code: 403, Description: "Forbidden: bot is not a member of the channel chat"}}, answers[platformtest.Throttled])
	_, err := c.Measure(t.Context(), channel)
	var lost *platforms.AccountLost
	if !errors.As(err, &lost) {
		t.Errorf("out of the channel: %v", err)
	}
	_, err = c.Measure(t.Context(), channel)
	var limit *platforms.RateLimited
	if !errors.As(err, &limit) || limit.RetryAfter != 17*time.Second {
		t.Errorf("throttled: %v", err)
	}
}
