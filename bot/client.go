package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// DefaultAPI is Telegram's own Bot API server.
const DefaultAPI = "https://api.telegram.org"

// The time one call may take. Near its limits Telegram holds a send for tens of
// seconds before it answers (design: telegram.md 1, "short client timeouts").
const (
	callTimeout = 60 * time.Second
	pollMargin  = 15 * time.Second
)

// A Client calls the Bot API with one bot's token. The token is in none of its
// errors. It may be used by many goroutines.
type Client struct {
	api   string
	token string
	http  *http.Client
}

// An Option changes a client while it is made.
type Option func(*Client)

// WithTransport sends the requests through another transport.
func WithTransport(t http.RoundTripper) Option {
	return func(c *Client) { c.http.Transport = t }
}

// NewClient returns a client of the server at apiURL (empty: Telegram's own). It
// does not use the network: a bot starts while Telegram is down.
func NewClient(token, apiURL string, opts ...Option) *Client {
	quietLibrary()
	if apiURL == "" {
		apiURL = DefaultAPI
	}
	c := &Client{
		api:   strings.TrimRight(apiURL, "/"),
		token: token,
		http: &http.Client{
			Transport: newTransport(),
			// A redirect would carry the token in its path to another address.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	for _, o := range opts {
		o(c)
	}
	return c
}

func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.TLSHandshakeTimeout = 10 * time.Second
	return t
}

// quietLibrary silences the library's logger, which prints URLs with the token.
// It is the library's state, not ours, and may be set only once without a race.
var quietLibrary = sync.OnceFunc(func() {
	_ = tgbotapi.SetLogger(log.New(io.Discard, "", 0)) // refuses only a nil logger
})

// ID is the bot's own Telegram id: the number before the colon of its token.
func (c *Client) ID() int64 {
	number, _, _ := strings.Cut(c.token, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0 // no token at all: Telegram will refuse it
	}
	return id
}

// Close closes the connections that are kept for later calls.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// A File is one part of an upload. Open is called anew for each try.
type File struct {
	Field string // the part's name in the form
	Name  string // the file's name, as people may see it
	Open  func() (io.ReadCloser, error)
}

// Call calls a method and returns its result. Params are what JSON holds;
// strings go as they are, nil is left out. The error is an *Error.
func (c *Client) Call(ctx context.Context, method string, params map[string]any) (json.RawMessage, error) {
	return c.call(ctx, callTimeout, method, params, nil)
}

// Upload calls a method with files beside its params.
func (c *Client) Upload(ctx context.Context, method string, params map[string]any, files []File) (json.RawMessage, error) {
	return c.call(ctx, callTimeout, method, params, files)
}

func (c *Client) call(ctx context.Context, limit time.Duration, method string, params map[string]any, files []File) (json.RawMessage, error) {
	values, err := encode(params)
	if err != nil {
		return nil, &Error{Method: method, Description: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	got, err := c.library(ctx, method, values, files)
	if err == nil {
		return got.Result, nil
	}
	return nil, c.failure(method, got, err, wrote.Load())
}

// library runs one request of the library with our context and files: it has no
// context itself, and loses the error code of uploads.
func (c *Client) library(ctx context.Context, method string, values tgbotapi.Params, files []File) (apiAnswer, error) {
	var got apiAnswer
	api := &tgbotapi.BotAPI{Token: c.token, Client: shell{ctx: ctx, http: c.http, files: files, form: values, answer: &got}}
	api.SetAPIEndpoint(c.api + "/bot%s/%s")
	_, err := api.MakeRequest(method, values)
	return got, err
}

// failure reads what went wrong. Without an answer of Telegram the call may have
// been carried out as soon as its headers were written.
func (c *Client) failure(method string, got apiAnswer, err error, wrote bool) *Error {
	e := &Error{Method: method, Maybe: wrote}
	var bad *badAnswer
	var open *openError
	switch {
	case errors.As(err, &open): // the body stayed incomplete: nothing was carried out
		e.Description, e.Maybe, e.cause = "opening a file: "+c.scrub(open.Error()), false, open
	case got.Code != 0:
		e.Code, e.Description = got.Code, c.scrub(got.Description)
		e.Maybe = got.Code >= 500
		e.RetryAfter, e.MigrateTo = time.Duration(got.Parameters.RetryAfter)*time.Second, got.Parameters.MigrateTo
	case errors.As(err, &bad):
		e.Code, e.Description = bad.status, bad.Error()
		e.Maybe = bad.status < 300 || bad.status >= 500
	default:
		e.Description, e.cause = c.scrub(bareError(err)), known(err)
	}
	return e
}

// scrub removes the token from a text.
func (c *Client) scrub(s string) string {
	if c.token == "" {
		return s
	}
	s = strings.ReplaceAll(s, c.token, "<token>")
	if _, secret, ok := strings.Cut(c.token, ":"); ok && secret != "" {
		s = strings.ReplaceAll(s, secret, "<token>")
	}
	return s
}

// encode writes params as the form fields that Telegram reads.
func encode(params map[string]any) (tgbotapi.Params, error) {
	values := make(tgbotapi.Params, len(params))
	for name, v := range params {
		switch v := v.(type) {
		case nil:
		case string:
			values[name] = v
		case int64:
			values[name] = strconv.FormatInt(v, 10)
		default:
			raw, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("encoding the parameter %s: %w", name, err)
			}
			values[name] = string(raw)
		}
	}
	return values, nil
}
