package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"peyk/bot"
	"peyk/social"
)

// proposal is a shorter text for one account of a post, by its fingerprint: what was
// shown is what is taken.
type proposal struct {
	post    social.Post
	place   social.Member
	account social.Account
	text    social.Text
	mark    string
}

// propose shortens the text of the account that the button names.
func (h *Handlers) propose(ctx context.Context, r *bot.Request, me Reader) (proposal, error) {
	p, place, err := h.Store.Post(ctx, me.Person.ID, r.ID())
	if err != nil {
		return proposal{}, err
	}
	if !p.Open() {
		return proposal{}, social.ErrInPublishing
	}
	if err := place.Can(social.Draft); err != nil {
		return proposal{}, err
	}
	id := idArg(r.Arg(0))
	a, ok := accountOf(p, id)
	v, has := p.Content.Variant(id)
	if !ok || !has {
		return proposal{}, social.ErrOutdated
	}
	text := h.Shorten(a, v)
	sum := sha256.Sum256([]byte(text.Plain))
	return proposal{p, place, a, text, hex.EncodeToString(sum[:6])}, nil
}

// askShorten shows a shorter text and asks whether it will do.
func (h *Handlers) askShorten(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.propose(ctx, r, me)
	if err != nil {
		return err
	}
	v, _ := s.post.Content.Variant(s.account.ID)
	if s.text.Equal(v.Text) {
		return errCannotShorten
	}
	say := h.sayIn(me.Person, s.post.Brand)
	v.Text = s.text
	n, limit := h.Length(s.account, v)
	html := say.Say("post.shorter", "account", accountName(say, s.account), "length", n, "limit", limit) +
		again(say, s.post) + "\n<blockquote>" + s.text.Cut(maxShown).HTML() + "</blockquote>"
	if s.text.Len() > maxShown { // the seam is what one wants to see
		html += "\n<blockquote>…" + tail(s.text) + "</blockquote>"
	}
	yes := button(say, "shorten_yes", bot.Data("srt_ok", s.post.ID, s.post.Version, idOf(s.account.ID), s.mark))
	yes.Style = "success"
	return h.cover(ctx, r, me, s.post.ID, bot.Message{HTML: html, NoPreview: true, Keyboard: [][]bot.Button{
		{yes}, {forAccount(say, "text_for", "vtx", s.post, s.account)}, back(say, uncover(s.post)),
	}})
}

// errCannotShorten is the refusal of a text that has no good place to end.
const errCannotShorten = social.Rule("cannot_shorten")

// maxShown is how much of a long proposal is shown from its beginning, and from its
// end, in code points.
const maxShown = 1500

func tail(t social.Text) string {
	runes := []rune(t.Plain)
	return social.Text{Plain: string(runes[max(maxShown, len(runes)-maxShown):])}.HTML()
}

// shorten takes the text that was shown. When the post has changed meanwhile, the
// shorter text of now is shown instead.
func (h *Handlers) shorten(ctx context.Context, r *bot.Request, me Reader) error {
	s, err := h.propose(ctx, r, me)
	if err != nil {
		return err
	}
	if s.mark != r.Arg(1) {
		return h.askShorten(ctx, r, me)
	}
	return h.change(ctx, r, me, func(p *social.Post, by social.Member) (social.Event, error) {
		if p.Revision != s.post.Revision {
			return social.Event{}, social.ErrOutdated
		}
		return p.Edit(by, func(c *social.Content) {
			if len(c.Targets) == 1 && c.Targets[0].Text == nil {
				c.Text = s.text
				return
			}
			c.SetText(s.account.ID, &s.text)
		})
	})
}
