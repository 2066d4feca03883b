package handlers

import (
	"context"
	"sync"
	"time"
)

// What a chat shows of work that takes longer than a moment. Telegram shows it for
// five seconds (Bot API, sendChatAction), so it is renewed.
const (
	moment     = time.Second
	renewShown = 4 * time.Second
)

// What is being done, in the words of Telegram (Bot API 10.3, sendChatAction).
const (
	isTyping  = "typing"
	isSending = "upload_document"
)

// during shows in the chat what is being done, for as long as work lasts and once it
// has lasted a moment. That it cannot be shown does no harm.
func (h *Handlers) during(ctx context.Context, chat int64, what string, work func() error) error {
	showing, stop := context.WithCancel(ctx)
	var shown sync.WaitGroup
	shown.Go(func() {
		for wait := moment; ; wait = renewShown {
			select {
			case <-showing.Done():
				return
			case <-h.Clock.After(wait):
			}
			if err := h.Sender.Action(showing, chat, what); err != nil && showing.Err() == nil {
				h.Log.InfoContext(ctx, "what is being done could not be shown", "err", err)
			}
		}
	})
	err := work()
	stop()
	shown.Wait()
	return err
}
