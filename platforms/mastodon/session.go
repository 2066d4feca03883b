package mastodon

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"peyk/platforms"
	"peyk/social"
)

// AppName is what people read where they let the program in.
const AppName = "Peyk"

// The way in without an address of our own: the server shows the person a code
// (mastodon/documentation bbf2634, methods/apps and methods/oauth).
const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// scopes are what the program may do: no more than what it does.
var scopes = []string{"read:accounts", "read:statuses", "read:notifications", "write:statuses", "write:media"}

// A Session is an account that has let us in. Token is a secret, which is stored
// sealed and which no print and no log shows; Mastodon's do not run out.
type Session struct {
	Host  string `json:"host"` // the server
	ID    string `json:"id"`   // the account's, there
	Token string `json:"token"`
}

// String names the account without its secret.
func (s Session) String() string { return fmt.Sprintf("%s at %s", s.ID, s.Host) }

// GoString does the same for %#v.
func (s Session) GoString() string { return s.String() }

// LogValue does the same for logs.
func (s Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Sessions keeps the sessions of accounts.
type Sessions interface {
	// Session returns the stored session of an account; without one it gives an
	// error like social.ErrNotFound.
	Session(ctx context.Context, account int64) (Session, error)
}

// An App is this program as a server knows it. Secret is stored sealed.
type App struct {
	Host   string `json:"host"`
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

// String names the app without its secret.
func (a App) String() string { return fmt.Sprintf("app %s at %s", a.ID, a.Host) }

// GoString does the same for %#v.
func (a App) GoString() string { return a.String() }

// LogValue does the same for logs.
func (a App) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Register makes the program known to a server. Doing so twice leaves two apps of
// one name, which does no harm. Older servers take the way in as a word only.
func (c *Client) Register(ctx context.Context, host string) (App, error) {
	register := func(ways any) (App, error) {
		var made struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
		}
		_, err := c.call(ctx, host, "", request{method: http.MethodPost, path: "/api/v1/apps", body: map[string]any{
			"client_name": AppName, "redirect_uris": ways, "scopes": strings.Join(scopes, " "),
		}}, &made)
		if err == nil && (made.ID == "" || made.Secret == "") {
			err = notMastodon("the answer names no app")
		}
		return App{Host: host, ID: made.ID, Secret: made.Secret}, err
	}
	app, err := register([]string{outOfBand})
	if answered(err, http.StatusBadRequest, http.StatusUnprocessableEntity) {
		app, err = register(outOfBand)
	}
	return app, strange(err)
}

func notMastodon(words string) error {
	return &platforms.Rejected{Code: CodeBadServer, Detail: words}
}

// strange reads an error of a call to a server that may be anything: what is no
// answer of Mastodon's interface shows that the server is none.
func strange(err error) error {
	f, ok := failed(err)
	other := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusGone, http.StatusUnprocessableEntity, http.StatusNotImplemented}
	if ok && (f.Status > 0 && f.Status < 400 || slices.Contains(other, f.Status)) || platforms.Inside(err) {
		return notMastodon(err.Error())
	}
	return sorted(err)
}

// AuthorizeURL is where a person lets the program in. The server asks him to sign
// in even if he is: an agency has more than one account on a server.
func (a App) AuthorizeURL() string {
	return baseOf(a.Host) + "/oauth/authorize?" + url.Values{
		"client_id": {a.ID}, "redirect_uri": {outOfBand}, "response_type": {"code"},
		"scope": {strings.Join(scopes, " ")}, "force_login": {"true"},
	}.Encode()
}

// Unknown tells whether the server has forgotten an app, so that it must be made
// known again.
func Unknown(err error) bool {
	f, ok := failed(err)
	return ok && (f.Status == http.StatusUnauthorized || f.Status == http.StatusBadRequest) && strings.Contains(f.Message, "invalid_client")
}

// Exchange turns the code that a person was shown into a session. The code is good
// for one time and a few minutes; one that is not any more is *platforms.Rejected
// with CodeBadCode.
func (c *Client) Exchange(ctx context.Context, app App, code string) (Session, error) {
	var got struct {
		Token string `json:"access_token"`
		Scope string `json:"scope"`
	}
	code = strings.TrimSpace(code)
	_, err := c.call(ctx, app.Host, "", request{method: http.MethodPost, path: "/oauth/token", body: map[string]string{
		"client_id": app.ID, "client_secret": app.Secret, "redirect_uri": outOfBand, "grant_type": "authorization_code", "code": code,
	}}, &got)
	if f, ok := failed(err); ok {
		for _, secret := range []string{code, app.Secret} {
			f.Message = strings.ReplaceAll(f.Message, secret, "…")
		}
		if !Unknown(err) && (f.Status == http.StatusBadRequest || f.Status == http.StatusUnauthorized || f.Status == http.StatusUnprocessableEntity) {
			return Session{}, &platforms.Rejected{Code: CodeBadCode, Detail: f.Error()}
		}
		if Unknown(err) {
			return Session{}, err
		}
		return Session{}, strange(err)
	}
	if got.Token == "" {
		return Session{}, notMastodon("the answer holds no token")
	}
	return Session{Host: app.Host, Token: got.Token}, nil
}

// A Profile is an account as its owner sees it.
type Profile struct {
	ID        string
	Handle    string // @me@host
	Followers int64
}

// account is an account as servers show it.
type account struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	Acct      string `json:"acct"` // with the server, where that is another one
	Name      string `json:"display_name"`
	URL       string `json:"url"`
	Followers *int64 `json:"followers_count"`
	Posts     *int64 `json:"statuses_count"`
}

// Who asks whose session it is. Domain is the server's name for itself, which may
// differ from where it is reached.
func (c *Client) Who(ctx context.Context, s Session, domain string) (Profile, error) {
	me, err := c.me(ctx, s)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{ID: me.ID, Handle: "@" + me.Username + "@" + domain}
	if me.Followers != nil {
		p.Followers = *me.Followers
	}
	return p, nil
}

func (c *Client) me(ctx context.Context, s Session) (account, error) {
	var me account
	_, err := c.call(ctx, s.Host, s.Token, request{
		method: http.MethodGet, path: "/api/v1/accounts/verify_credentials", right: "read:accounts",
	}, &me)
	if err == nil && (me.ID == "" || me.Username == "") {
		err = notMastodon("the answer names no account")
	}
	return me, sorted(err)
}

// RemoteID names an account among those of all servers.
func RemoteID(host, id string) string { return host + "#" + id }

// SplitRemoteID takes such a name apart; what is none has no id.
func SplitRemoteID(remote string) (host, id string) {
	host, id, _ = strings.Cut(remote, "#")
	return host, id
}

// localID is the account's id on its own server.
func localID(a social.Account) string {
	_, id := SplitRemoteID(a.RemoteID)
	return id
}

// aCode is how servers write the code that they show, or more of it than one: letters
// and digits, long ones.
var aCode = regexp.MustCompile(`^[A-Za-z0-9_-]{20,128}$`)

// CodeOf finds the code in what a person sends: the code itself, or the address of the
// page that shows it. Empty: there is none.
func CodeOf(text string) string {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && u.Scheme == "https" {
		text = u.Query().Get("code")
	}
	if !aCode.MatchString(text) {
		return ""
	}
	return text
}

// LooksLikeCode tells whether a text is a code of Mastodon and hardly anything else:
// 32 random bytes in letters, digits and two signs.
func LooksLikeCode(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) == 43 && CodeOf(text) == text && strings.ContainsAny(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") &&
		strings.ContainsAny(text, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(text, "0123456789")
}

// Revoke gives a token back, so that nobody can use it any more. A server says yes also of
// one that it does not know; what it refuses is not taken back.
func (c *Client) Revoke(ctx context.Context, app App, s Session) error {
	_, err := c.call(ctx, s.Host, "", request{method: http.MethodPost, path: "/oauth/revoke", body: map[string]string{
		"client_id": app.ID, "client_secret": app.Secret, "token": s.Token,
	}}, nil)
	if f, ok := failed(err); ok {
		for _, secret := range []string{s.Token, app.Secret} {
			f.Message = strings.ReplaceAll(f.Message, secret, "…")
		}
	}
	return strange(err)
}

// AppsPage is where the owner of an account sees which programs he lets in, and ends that.
func AppsPage(host string) string { return baseOf(host) + "/oauth/authorized_applications" }

func baseOf(host string) string {
	if strings.Contains(host, "://") {
		return host
	}
	return "https://" + host
}
