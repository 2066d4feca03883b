package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"peyk/emulator/sky"
)

// demoSky is what Bluesky in small is called by the demo's bot, whose only way out it
// is: nothing that is asked for elsewhere leaves this machine.
const demoSky = "http://bluesky.test"

// newDemoSky makes the Bluesky of the demo's world: an account for each brand, with
// an app password that the visitor can read on the page, and followers.
func newDemoSky(now func() time.Time) *sky.Network {
	raw, _ := demoFiles.ReadFile("demo/sky.txt") // it is embedded
	var handles []string
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	for _, line := range lines {
		handle, _, _ := strings.Cut(line, "|")
		handles = append(handles, handle)
	}
	n := sky.New(handles...)
	n.URL, n.Clock, n.Now = demoSky, now, time.Time{}
	for _, line := range lines {
		part := strings.Split(line, "|")
		p := n.People[n.DID(part[0])]
		p.Name = part[1]
		if p.Brand = part[2] != ""; p.Brand {
			p.Password = part[2]
			p.Followers, _ = strconv.Atoi(part[3])
		}
	}
	return n
}

// skyDeed is what happens on Bluesky while the world is made, under the one post that
// holds a text: HANDLE likes "part of a post", HANDLE "comment" "part of a post", or
// has "part of a post", which waits until it is there.
func (d *demo) skyDeed(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("nobody understands %q", args)
	}
	uri, err := d.skyPost(ctx, args[len(args)-1])
	switch {
	case err != nil || len(args) == 2:
		return err
	case args[1] == "likes" && d.sky.Praise(args[0], uri):
		return nil
	case d.sky.Comment(args[0], args[1], uri):
		return nil
	}
	return fmt.Errorf("Bluesky does not take %q", args)
}

// skyPost waits for the post on Bluesky that holds a text.
func (d *demo) skyPost(ctx context.Context, part string) (string, error) {
	for range 400 {
		if found := holding(d.sky.Feed().Posts, part); found != "" {
			return found, nil
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
	return "", fmt.Errorf("no post on Bluesky says %q", part)
}

// holding finds a post, or an answer below one, by a part of its text.
func holding(posts []sky.Post, part string) string {
	for _, p := range posts {
		text := ""
		for _, piece := range p.Parts {
			text += piece.Text
		}
		if strings.Contains(text, part) {
			return p.URI
		}
		if below := holding(p.Replies, part); below != "" {
			return below
		}
	}
	return ""
}

// commentOnSky lets a follower write under the newest post of an account there; where
// there is none nothing happens.
func (d *demo) commentOnSky(handle, who, text string) {
	for _, p := range d.sky.Feed().Posts {
		if p.Author.Handle == handle {
			d.sky.Comment(who, text, p.URI)
			return
		}
	}
}
