// Package byhand "publishes" on platforms where a person does it: at the due
// minute the bot hands over what that person needs.
package byhand

import (
	"context"

	"peyk/platforms"
	"peyk/social"
)

// A Connector hands posts over. It calls nobody, so it is never in doubt: the
// caller tells the person when it records the outcome.
type Connector struct{}

var (
	_ platforms.Connector = Connector{}
	_ platforms.Inbox     = Connector{}
)

// Prepare checks the variant by the platform's own rules.
func (Connector) Prepare(ctx context.Context, in platforms.Intent) (platforms.Stage, error) {
	if err := ctx.Err(); err != nil {
		return nil, &platforms.Transient{Cause: err}
	}
	if err := platforms.Refuse(in.Account, in.Variant); err != nil {
		return nil, err
	}
	return platforms.Stage("{}"), nil
}

// Commit hands the post over: its outcome is social.Handed.
func (Connector) Commit(ctx context.Context, _ platforms.Intent) (platforms.Published, error) {
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	return platforms.Published{Handed: true}, nil
}

// Reconcile knows that nothing happened: handing over is our own record, so an
// attempt without an outcome was not handed over.
func (Connector) Reconcile(context.Context, platforms.Intent) (platforms.Finding, error) {
	return platforms.Finding{Verdict: platforms.NotLanded}, nil
}

// Answer hands the reply over to whoever wrote it.
func (Connector) Answer(ctx context.Context, _ platforms.Answer) (platforms.Published, error) {
	if err := ctx.Err(); err != nil {
		return platforms.Published{}, &platforms.Transient{Cause: err}
	}
	return platforms.Published{Handed: true}, nil
}

// FindAnswer knows, as Reconcile does, that nothing happened.
func (Connector) FindAnswer(context.Context, platforms.Answer) (platforms.Finding, error) {
	return platforms.Finding{Verdict: platforms.NotLanded}, nil
}

// Hide is not for us to do.
func (Connector) Hide(context.Context, social.Comment) error {
	return &platforms.Rejected{Code: string(social.ErrHidesByHand), Detail: "people hide comments there themselves"}
}

// A Material is what a person needs to publish by hand.
type Material struct {
	Text         string         // to be copied as it is: no markup, hashtags and line breaks kept
	Links        []string       // addresses that stood behind words, which plain text loses
	Media        []social.Media // in the order in which they appear
	FirstComment string         // to be written under the post; empty: none
}

// MaterialOf gathers the material of a variant. The text is byte for byte what
// was approved: people paste it into apps that escape for themselves (LinkedIn's
// reserved characters concern its interface only).
func MaterialOf(v social.Variant) Material {
	m := Material{Text: v.Text.Plain, Media: v.Media, FirstComment: v.FirstComment}
	for _, mark := range v.Text.Marks {
		if mark.Type == "text_link" && mark.URL != "" {
			m.Links = append(m.Links, mark.URL)
		}
	}
	return m
}
