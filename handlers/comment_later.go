package handlers

import (
	"context"
	"strconv"
	"time"

	"peyk/bot"
	"peyk/social"
)

// morning is when a comment comes back that was put off to tomorrow, in hours after
// midnight.
const morning = 9

// tomorrow stands for the next morning among the hours by which comments are put off.
const tomorrow = 0

// askLater asks when the comment shall come back.
func (h *Handlers) askLater(ctx context.Context, r *bot.Request, me Reader) error {
	c, _, err := h.answerable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, c.Brand)
	var doors []bot.Button
	for _, hours := range []int{1, 3} {
		doors = append(doors, bot.Button{
			Text: say.Label("button.in_hours", "n", hours), Data: bot.Data("com_later_at", c.ID, 0, strconv.Itoa(hours)),
		})
	}
	doors = append(doors, button(say, "next_morning", bot.Data("com_later_at", c.ID, 0, strconv.Itoa(tomorrow))))
	return h.askOver(ctx, r, me, c, bot.Message{
		HTML:     say.Say("comment.when_back", "author", authorName(say, c)) + "\n" + quoted(c.Text),
		Keyboard: append(rows(say, doors, 2), back(say, bot.Data("com", c.ID, 0))),
	})
}

// putOff lets the comment come back later, to whoever put it off.
func (h *Handlers) putOff(ctx context.Context, r *bot.Request, me Reader) error {
	hours, err := strconv.Atoi(r.Arg(0))
	if err != nil || hours < 0 || hours > 24 {
		return social.ErrOutdated
	}
	return h.changeComment(ctx, r, me, func(c *social.Comment, by social.Member) (social.Event, error) {
		now := h.Clock.Now()
		until := now.Add(time.Duration(hours) * time.Hour)
		if hours == tomorrow {
			local := now.In(h.sayIn(me.Person, c.Brand).Zone())
			until = time.Date(local.Year(), local.Month(), local.Day()+1, morning, 0, 0, 0, local.Location())
		}
		return c.PutOff(by, until, now)
	})
}
