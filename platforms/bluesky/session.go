package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"peyk/platforms"
)

// A Session is an account that is signed in. Access lives for two hours, Refresh
// for ninety days and is good for one renewal; both are secrets, which are stored
// sealed and which no print and no log shows.
type Session struct {
	DID     string `json:"did"` // the account's name for ever
	Handle  string `json:"handle"`
	Entry   string `json:"entry"` // the base address of the server where it signs in
	Host    string `json:"host"`  // of the server that holds what it writes, often the same
	Access  string `json:"access"`
	Refresh string `json:"refresh"`
}

// String names the account without its secrets.
func (s Session) String() string { return fmt.Sprintf("%s (%s) at %s", s.Handle, s.DID, s.Host) }

// GoString does the same for %#v.
func (s Session) GoString() string { return s.String() }

// LogValue does the same for logs.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Sessions keeps the sessions of accounts for all processes of Peyk.
type Sessions interface {
	// Session returns the stored session of an account; without one it gives an
	// error like social.ErrNotFound.
	Session(ctx context.Context, account int64) (Session, error)
	// Renew locks the account over all processes. When the stored session is no
	// longer old, somebody else has renewed it, and Renew returns what is stored.
	// Otherwise it calls refresh and stores its result before it returns it. An
	// error of refresh comes back as it is, and nothing is stored.
	Renew(ctx context.Context, account int64, old Session,
		refresh func(context.Context, Session) (Session, error)) (Session, error)
}

// appPassword is how Bluesky writes the passwords that it makes for programs.
var appPassword = regexp.MustCompile(`^[a-z0-9]{4}(-[a-z0-9]{4}){3}$`)

// PasswordPage is where people make an app password.
const PasswordPage = "https://bsky.app/settings/app-passwords" //nolint:gosec // the page, not a password

// LooksLikeAppPassword tells whether s was made for a program, so that nobody
// gives us the password of his account by mistake.
func LooksLikeAppPassword(s string) bool { return appPassword.MatchString(strings.TrimSpace(s)) }

// A login is what createSession and refreshSession answer.
type login struct {
	DID     string          `json:"did"`
	Handle  string          `json:"handle"`
	Access  string          `json:"accessJwt"`
	Refresh string          `json:"refreshJwt"`
	Active  *bool           `json:"active"`
	Status  string          `json:"status"`
	Doc     json.RawMessage `json:"didDoc"`
}

// holder is the server that holds the account's records, where the answer names
// one that may be called. Bluesky's own accounts sign in at one server and live on
// many; only the one on which they live knows for certain what they have written.
func (l login) holder(own string) (string, bool) {
	var doc didDocument
	if json.Unmarshal(l.Doc, &doc) != nil {
		return "", false
	}
	host, err := doc.server(own)
	return host, err == nil
}

// session checks that the answer is whole and that the account is in use. Without
// word of the server that holds the account it is host.
func (l login) session(entry, host, own string) (Session, error) {
	if named, ok := l.holder(own); ok {
		host = named
	}
	switch {
	case l.Active != nil && !*l.Active:
		return Session{}, &platforms.AccountLost{Detail: "the account is " + cut(l.Status)}
	case !strings.HasPrefix(l.DID, "did:") || l.Access == "" || l.Refresh == "":
		return Session{}, &platforms.Rejected{Code: CodeBadServer, Detail: "the answer holds no session"}
	}
	return Session{DID: l.DID, Handle: l.Handle, Entry: entry, Host: host, Access: l.Access, Refresh: l.Refresh}, nil
}

// Enter signs in to an account that Find has found, and to no other.
func (c *Client) Enter(ctx context.Context, i Identity, password string) (Session, error) {
	s, err := c.Login(ctx, i.Host, i.Handle, password)
	if err == nil && s.DID != i.DID {
		return Session{}, &platforms.Rejected{Code: CodeUnproven, Detail: "the server signs in to another account"}
	}
	return s, err
}

// Followers is how many follow an account that has just been signed in to; false:
// the network does not tell.
func (c *Client) Followers(ctx context.Context, s Session) (int64, bool) {
	var p profile
	err := c.call(ctx, s.Host, s.Access, request{method: "app.bsky.actor.getProfile", query: url.Values{"actor": {s.DID}}}, &p)
	if err != nil || p.Followers == nil {
		return 0, false
	}
	return *p.Followers, true
}

// Login signs in at an account's server with its handle and an app password,
// which is not kept. A wrong name or password is *platforms.Rejected with
// CodeBadLogin.
func (c *Client) Login(ctx context.Context, host, handle, password string) (Session, error) {
	base, err := platforms.ServerOf(host, c.Own)
	if err != nil {
		return Session{}, &platforms.Rejected{Code: CodeBadServer, Detail: err.Error()}
	}
	if err := ctx.Err(); err != nil {
		return Session{}, &platforms.Transient{Cause: err}
	}
	password = strings.TrimSpace(password)
	var l login
	err = c.call(ctx, base, "", request{
		method: "com.atproto.server.createSession", post: true,
		body: map[string]string{"identifier": CleanHandle(handle), "password": password},
	}, &l)
	if err != nil {
		return Session{}, loginRefusal(err, password)
	}
	return l.session(base, base, c.Own)
}

// loginRefusal reads why nobody could sign in.
func loginRefusal(err error, password string) error {
	f, ok := failed(err)
	if !ok {
		return sorted(err)
	}
	if password != "" {
		f.Message = strings.ReplaceAll(f.Message, password, "…")
	}
	switch {
	case f.Name == "AuthFactorTokenRequired":
		return &platforms.Rejected{Code: CodeNotAppPassword, Detail: f.Error()}
	case f.Name == "AccountTakedown" || f.Name == "AccountDeactivated":
		return sorted(err)
	case f.Status == http.StatusUnauthorized || f.Status == http.StatusBadRequest:
		return &platforms.Rejected{Code: CodeBadLogin, Detail: f.Error()}
	case f.Status == http.StatusOK || f.Status == http.StatusNotFound || f.Status == http.StatusMethodNotAllowed ||
		f.Status >= 300 && f.Status < 400:
		return &platforms.Rejected{Code: CodeBadServer, Detail: f.Error()}
	}
	return sorted(err)
}

// Leave ends a session, so that nobody can use it any more. One that the server does not
// know is ended.
func (c *Client) Leave(ctx context.Context, s Session) error {
	err := c.call(ctx, s.Entry, s.Refresh, request{method: "com.atproto.server.deleteSession", post: true}, nil)
	if named(err, expiredToken) || named(err, "InvalidToken") {
		return nil
	}
	return sorted(err)
}

// renew gets a session in place of one whose access has run out.
func (c *Client) renew(ctx context.Context, account int64, old Session) (Session, error) {
	s, err := c.Sessions.Renew(ctx, account, old, c.refresh)
	return s, sorted(err)
}

// refresh asks the server for a session in place of an old one.
func (c *Client) refresh(ctx context.Context, old Session) (Session, error) {
	var l login
	err := c.call(ctx, old.Entry, old.Refresh, request{method: "com.atproto.server.refreshSession", post: true}, &l)
	if named(err, expiredToken) {
		return Session{}, &platforms.AccountLost{Detail: "the session has run out or was revoked"}
	}
	if err != nil {
		return Session{}, sorted(err)
	}
	return l.session(old.Entry, old.Host, c.Own)
}
