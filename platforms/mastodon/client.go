// Package mastodon publishes on Mastodon and servers that speak its interface, and
// answers there: a client of its REST API over plain HTTPS, with a token that a
// person has granted.
package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/social"
)

// A Client calls the servers of accounts. HTTP follows no redirects, so that a token
// goes to its own server only.
type Client struct {
	HTTP     *http.Client // platforms.NewHTTP makes it
	Clock    clockwork.Clock
	Sessions Sessions
	Own      string        // the base address of a server that the operator has named, see platforms.ServerOf; empty: none
	Wait     time.Duration // between two looks at a file that a server still works on; 0: waitProcessing

	// OnLost hears that an account does not let us in any more, as of a call that began
	// then; nil: nobody does.
	OnLost func(ctx context.Context, account int64, began time.Time)
}

// How long a call may take.
const (
	patience        = 30 * time.Second
	pointerPatience = 5 * time.Second
	uploadPatience  = 2 * time.Minute
)

// A request is one call.
type request struct {
	method string // of HTTP
	path   string
	query  url.Values
	body   any    // sent as JSON; nil: none
	form   []byte // sent as it is, instead of a body
	kind   string // of the form
	key    string // Idempotency-Key; empty: none
	once   bool   // repeating it could be seen, or nobody knows
	right  string // the scope that it needs
}

// A reply is what came back beside the body.
type reply struct {
	status int
	drift  time.Duration // how far the server's clock is ahead of ours; 0: unknown
}

// ask makes a call in the account's name.
func (c *Client) ask(ctx context.Context, account int64, q request, out any) (reply, error) {
	began := c.Clock.Now()
	s, err := c.session(ctx, account)
	if err != nil {
		return reply{}, err
	}
	got, err := c.call(ctx, s.Host, s.Token, q, out)
	c.heed(ctx, account, began, err)
	return got, err
}

// heed tells when an error says that the account is lost.
func (c *Client) heed(ctx context.Context, account int64, began time.Time, err error) {
	var lost *platforms.AccountLost
	if err != nil && c.OnLost != nil && errors.As(sorted(err), &lost) {
		c.OnLost(ctx, account, began)
	}
}

// session reads the account's stored session.
func (c *Client) session(ctx context.Context, account int64) (Session, error) {
	if err := ctx.Err(); err != nil {
		return Session{}, &platforms.Transient{Cause: err}
	}
	s, err := c.Sessions.Session(ctx, account)
	switch {
	case errors.Is(err, social.ErrNotFound):
		return Session{}, &platforms.AccountLost{Detail: "nobody is signed in"}
	case err != nil:
		return Session{}, &platforms.Transient{Cause: err}
	}
	return s, nil
}

// call makes one call with a token (empty: without) and reads the answer into out
// (nil: nobody reads it). What goes wrong is a *failure.
func (c *Client) call(ctx context.Context, host, token string, q request, out any) (reply, error) {
	limit := patience
	if q.form != nil {
		limit = uploadPatience
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := c.request(ctx, host, token, q)
	if err != nil {
		return reply{}, &failure{request: q, Cause: err}
	}
	answer, begun, err := platforms.Send(c.HTTP, r)
	got := reply{status: answer.Status, drift: drift(answer.Header, c.Clock.Now())}
	f := &failure{request: q, Begun: begun, Status: answer.Status, Cause: err}
	switch {
	case err != nil:
		return got, f
	case answer.Status < 200 || answer.Status > 299:
		return got, f.read(answer.Body, answer.Header, c.Clock.Now().Add(got.drift), token)
	case out == nil:
		return got, nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		f.Cause = fmt.Errorf("reading the answer: %w", err)
		return got, f
	}
	return got, nil
}

// drift is how far a server's clock is ahead of ours, by what it says beside every
// answer. Seconds that the answer took are no drift worth knowing.
func drift(h http.Header, now time.Time) time.Duration {
	said, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return said.Sub(now)
}

// request builds the HTTP request.
func (c *Client) request(ctx context.Context, host, token string, q request) (*http.Request, error) {
	base, err := platforms.ServerOf(host, c.Own)
	if err != nil {
		return nil, err
	}
	body, kind := q.form, q.kind
	if q.body != nil {
		if body, err = json.Marshal(q.body); err != nil {
			return nil, err
		}
		kind = "application/json"
	}
	address := base + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, q.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if q.once {
		// net/http sends a request anew whose connection has died, if it carries an
		// Idempotency-Key and its body can be had again. Not every server honours the key.
		r.GetBody = nil
	}
	for name, value := range map[string]string{
		"Content-Type": kind, "Idempotency-Key": q.key, "User-Agent": userAgent, "Accept": "application/json",
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}

// userAgent tells the people of a server who calls.
const userAgent = AppName + " (social inbox)"
