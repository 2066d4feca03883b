package mastodon

import (
	"context"
	"net/http"
	"strings"

	"peyk/platforms"
	"peyk/social"
)

// An Instance is what a server says of itself.
type Instance struct {
	Domain string // as it stands in its accounts' handles
	Limits social.Limits
}

// Instance asks a server what it is and what it allows. One that does not speak
// Mastodon's interface is *platforms.Rejected with CodeBadServer.
func (c *Client) Instance(ctx context.Context, host string) (Instance, error) {
	var told instance
	_, err := c.call(ctx, host, "", request{method: http.MethodGet, path: "/api/v2/instance"}, &told)
	if err == nil && (told.Domain == "" || told.Configuration.Statuses.Characters <= 0) {
		err = notMastodon("the answer names no limits")
	}
	if err != nil {
		return Instance{}, strange(err)
	}
	limits := told.limits()
	limits.At = c.Clock.Now().UTC()
	return Instance{Domain: strings.ToLower(told.Domain), Limits: limits}, nil
}

var _ platforms.Limiter = (*Connector)(nil)

// Limits reads what an account's server allows.
func (c *Connector) Limits(ctx context.Context, a social.Account) (social.Limits, error) {
	s, err := c.Client.session(ctx, a.ID)
	if err != nil {
		return social.Limits{}, err
	}
	told, err := c.Client.Instance(ctx, s.Host)
	return told.Limits, err
}

// instance is what GET /api/v2/instance answers, as far as we read it
// (mastodon/documentation bbf2634, entities/Instance).
type instance struct {
	Domain        string `json:"domain"`
	Source        string `json:"source_url"`
	Configuration struct {
		Statuses struct {
			Characters int `json:"max_characters"`
			Media      int `json:"max_media_attachments"`
			Link       int `json:"characters_reserved_per_url"`
		} `json:"statuses"`
		Media struct {
			Types       []string `json:"supported_mime_types"`
			Picture     int64    `json:"image_size_limit"`
			Area        int64    `json:"image_matrix_limit"`
			Video       int64    `json:"video_size_limit"`
			Description int      `json:"description_limit"`
		} `json:"media_attachments"`
	} `json:"configuration"`
}

func (i instance) limits() social.Limits {
	s, m := i.Configuration.Statuses, i.Configuration.Media
	return social.Limits{
		Text: s.Characters, Link: max(s.Link, 0), Media: max(s.Media, 0), Whole: !i.counts(),
		Picture: m.Picture, Area: m.Area, Video: m.Video, Formats: m.Types, Alt: m.Description,
	}
}

// counts tells whether the server counts as Mastodon itself does: what readers see
// as characters, addresses as one number, and of people elsewhere the name alone
// (mastodon/mastodon, app/validators/status_length_validator.rb, read 2026-11-28).
// Forks keep the project's name; other programs count code points, all of them.
func (i instance) counts() bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimRight(i.Source, "/")), "/mastodon")
}
