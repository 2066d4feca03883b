package scheduler

import (
	"context"
	"time"
)

// Unread are comments that came before there was a judge.
type Unread interface {
	JudgeUnread(ctx context.Context, n int) (int, error)
}

// judgeBatch is how many comments are judged in one transaction.
const judgeBatch = 200

// Judging reads them all, a few at a time; where it is broken off it goes on next time.
func Judging(u Unread) Tick {
	return Tick{Name: "unread comments", Every: time.Minute, Do: func(ctx context.Context, _ time.Time) error {
		for {
			n, err := u.JudgeUnread(ctx, judgeBatch)
			if err != nil || n < judgeBatch {
				return err
			}
		}
	}}
}
