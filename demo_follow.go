package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"
)

// followPause is about how often a follower comments while the demo runs.
const followPause = 2 * time.Minute

// follow lets followers comment under the newest posts now and then.
func (d *demo) follow(ctx context.Context) error {
	raw, err := demoFiles.ReadFile("demo/comments.txt")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPause/2 + rand.N(followPause)):
		}
		part := strings.SplitN(lines[n%len(lines)], "|", 3)
		d.comment(part[0], part[1], part[2])
	}
}

// comment lets somebody write under the newest post of a channel, or of an account on
// Bluesky.
func (d *demo) comment(channel, who, text string) {
	room, ok := d.telegram.RoomOf(channel)
	if !ok {
		d.commentOnSky(channel, who, text)
		return
	}
	post, ok := d.telegram.Last(room.ID())
	if !ok {
		return
	}
	head, ok := room.Discussion(post)
	group, linked := room.Group()
	phone, known := d.telegram.PhoneOf(who)
	if ok && linked && known {
		phone.In(group).Comment(head, text)
	}
}
