// Package bluesky publishes on Bluesky and answers there: a client of the AT
// protocol's XRPC over plain HTTPS, with an app password of the account.
package bluesky

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

// A Client calls the servers of accounts. Sessions holds what was got by Login.
type Client struct {
	HTTP      *http.Client // NewHTTP makes it
	Clock     clockwork.Clock
	Sessions  Sessions
	Service   string // the base address of a server that knows everybody's handle
	Directory string // and that of the directory of lasting names
	Own       string // the address of a service that the operator has named: see ServerOf and NewHTTP

	// OnLost hears that an account does not let us in any more, as of a call that began
	// then; nil: nobody does.
	OnLost func(ctx context.Context, account int64, began time.Time)
}

// NewClient makes a client that looks handles up at a service, as an operator has
// named it: one that is not the public one is his own, and may be in his network.
func NewClient(service string, clock clockwork.Clock, sessions Sessions) *Client {
	own := service
	if service == PublicService {
		own = ""
	}
	return &Client{
		HTTP: platforms.NewHTTP(own), Clock: clock, Sessions: sessions, Service: service, Directory: PublicDirectory, Own: own,
	}
}

// How long a call may take.
const (
	patience       = 30 * time.Second
	uploadPatience = 2 * time.Minute
)

// A request is one call of a method.
type request struct {
	method string // its name (NSID)
	query  url.Values
	body   any    // sent as JSON; nil: none
	blob   []byte // sent as it is, instead of a body
	mime   string // of the blob
	post   bool   // a procedure; otherwise a query
	once   bool   // repeating it could be seen, or nobody knows
}

// ask makes a call in the account's name.
func (c *Client) ask(ctx context.Context, account int64, q request, out any) error {
	began := c.Clock.Now()
	err := c.attempt(ctx, account, q, out)
	var lost *platforms.AccountLost
	if c.OnLost != nil && errors.As(sorted(err), &lost) {
		c.OnLost(ctx, account, began)
	}
	return err
}

// attempt is ask itself. A token that has run out is renewed once; the server
// refuses such a call before it does anything.
func (c *Client) attempt(ctx context.Context, account int64, q request, out any) error {
	s, err := c.session(ctx, account)
	if err != nil {
		return err
	}
	err = c.call(ctx, s.Host, s.Access, q, out)
	if f, ok := failed(err); !ok || f.Name != expiredToken {
		return err
	}
	if s, err = c.renew(ctx, account, s); err != nil {
		return err
	}
	return c.call(ctx, s.Host, s.Access, q, out)
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
func (c *Client) call(ctx context.Context, host, token string, q request, out any) error {
	limit := patience
	if q.blob != nil {
		limit = uploadPatience
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := c.request(ctx, host, token, q)
	if err != nil {
		return &failure{Method: q.method, Cause: err}
	}
	answer, begun, err := platforms.Send(c.HTTP, r)
	f := &failure{Method: q.method, Once: q.once, Begun: begun, Status: answer.Status, Cause: err}
	switch {
	case err != nil:
		return f
	case answer.Status != http.StatusOK:
		return f.read(answer.Body, answer.Header, c.Clock.Now(), token)
	case out == nil:
		return nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		f.Cause = fmt.Errorf("reading the answer: %w", err)
		return f
	}
	return nil
}

// request builds the HTTP request.
func (c *Client) request(ctx context.Context, host, token string, q request) (*http.Request, error) {
	base, err := platforms.ServerOf(host, c.Own)
	if err != nil {
		return nil, err
	}
	method, body, kind := http.MethodGet, []byte(nil), ""
	if q.post {
		method, body, kind = http.MethodPost, q.blob, q.mime
	}
	if q.body != nil {
		if body, err = json.Marshal(q.body); err != nil {
			return nil, err
		}
		kind = "application/json"
	}
	address := base + "/xrpc/" + q.method
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}
