package mastodon_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/platforms/mastodon"
	"peyk/platforms/mastodon/mastodontest"
	"peyk/platforms/platformtest"
	"peyk/social"
)

// vault keeps sessions as the store does.
type vault struct {
	mu   sync.Mutex
	held map[int64]mastodon.Session
}

func (v *vault) Session(_ context.Context, account int64) (mastodon.Session, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.held[account]
	if !ok {
		return s, fmt.Errorf("session of %d: %w", account, social.ErrNotFound)
	}
	return s, nil
}

// A rig is a connector that is signed in at a server.
type rig struct {
	*mastodon.Connector
	server  *mastodontest.Server
	clock   *clockwork.FakeClock
	account social.Account
	vault   *vault
	way     *way
	key     string
}

// began is when everything here happens.
var began = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

func newRig(t *testing.T, o mastodontest.Options) *rig {
	t.Helper()
	clock := clockwork.NewFakeClockAt(began)
	if o.Now == nil {
		o.Now = clock.Now
	}
	server := mastodontest.New(t, o)
	server.Person("cafe", 41)
	server.Guest("sara@elsewhere.example", "سارا")
	w := &way{next: http.DefaultTransport}
	v := &vault{held: map[int64]mastodon.Session{}}
	client := &mastodon.Client{HTTP: &http.Client{Transport: w, CheckRedirect: stay}, Clock: clock, Sessions: v, Own: server.URL, Wait: time.Millisecond}
	app, err := client.Register(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s, err := client.Exchange(t.Context(), app, server.Authorize(app.AuthorizeURL(), "cafe"))
	if err != nil {
		t.Fatal(err)
	}
	me, err := client.Who(t.Context(), s, server.Domain())
	if err != nil {
		t.Fatal(err)
	}
	told, err := client.Instance(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	v.held[7] = s
	return &rig{
		Connector: &mastodon.Connector{Client: client, Media: media}, server: server, clock: clock, vault: v, way: w, key: "post-1-7-v1",
		account: social.Account{
			ID: 7, Platform: social.Mastodon, RemoteID: mastodon.RemoteID(server.Domain(), me.ID), Handle: me.Handle, Limits: told.Limits,
		},
	}
}

func (r *rig) intent(text string, files ...social.Media) platforms.Intent {
	return platforms.Intent{
		Key: r.key, Account: r.account, Attempt: 1, Sent: r.clock.Now(),
		Variant: social.Variant{Account: 7, Text: social.Text{Plain: text}, Media: files},
	}
}

// publish does what the queue does.
func (r *rig) publish(t *testing.T, in platforms.Intent) (platforms.Published, error) {
	t.Helper()
	stage, err := r.Prepare(t.Context(), in)
	if err != nil {
		return platforms.Published{}, err
	}
	in.Stage = stage
	return r.Commit(t.Context(), in)
}

// stay follows no redirects, as the product's client does not.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// way is the way to the server: it is gone for the next call that posts.
type way struct {
	next http.RoundTripper
	lost bool
}

func (w *way) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.lost && r.Method == http.MethodPost && r.URL.Path == "/api/v1/statuses" {
		w.lost = false
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	return w.next.RoundTrip(r)
}

// media is a store with two pictures, a film and some odd files.
func media(_ context.Context, hash string) (io.ReadCloser, error) {
	var data []byte
	switch hash {
	case "a", "b":
		data = pictures()[hash]
	case "film":
		data = append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 600)...)
	case "empty":
	case "words":
		data = []byte("words")
	case "big":
		data = append(painted(9), make([]byte, small)...)
	default:
		return nil, fmt.Errorf("opening %s: %w", hash, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// small is how large a picture may be on servers that take only small ones.
const small = 64 << 10

var pictures = sync.OnceValue(func() map[string][]byte {
	return map[string][]byte{"a": painted(40), "b": painted(41)}
})

func painted(width int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 30)))
	return b.Bytes()
}

func photo(hash string) social.Media {
	return social.Media{Kind: social.Photo, Hash: hash, MIME: "image/png"}
}

func film() social.Media { return social.Media{Kind: social.Video, Hash: "film", MIME: "video/mp4"} }

const posting = "POST /api/v1/statuses"

// spoilt are the faults of the suite in the words of servers.
func spoilt(f platformtest.Fault, now time.Time) mastodontest.Answer {
	a := map[platformtest.Fault]mastodontest.Answer{
		platformtest.Dropped: {After: true, Drop: true},
		platformtest.Broken:  {Status: 503, Words: "There was a temporary problem serving your request, please try again"},
		platformtest.Throttled: {Status: 429, Words: "Too many requests", Header: map[string]string{
			"X-RateLimit-Reset": now.Add(17 * time.Second).Format("2006-01-02T15:04:05.000000Z"),
		}},
		platformtest.Refused:  {Status: 422, Words: "Validation failed: Poll is invalid"},
		platformtest.NoRights: {Status: 403, Words: "This action is outside the authorized scopes"},
		platformtest.Gone:     {Status: 401, Words: "The access token was revoked"},
	}[f]
	a.Call = posting
	return a
}

// The suite that all connectors pass, on servers that honour the key and on such
// that do not, with clocks that differ.
func TestConformance(t *testing.T) {
	for name, o := range map[string]mastodontest.Options{
		"honours the key": {}, "forgets the key": {ForgetsKey: true}, "names no app": {NoIDs: true},
		"a clock ahead": {Ahead: 20 * time.Minute}, "a clock behind": {Ahead: -20 * time.Minute},
	} {
		for kind, files := range map[string][]social.Media{"text": nil, "pictures": {photo("a"), photo("b")}, "film": {film()}} {
			if kind != "text" && name != "forgets the key" {
				continue
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				platformtest.Run(t, func(t *testing.T) platformtest.Rig {
					r := newRig(t, o)
					return platformtest.Rig{
						Connector: r.Connector, State: social.Live,
						Intent: r.intent("سلام به #نوروز،\n\nhttps://peyk.example/a/very/long/path?of=an&address=1 را ببینید <3 🌸 @sara@elsewhere.example", files...),
						Posts:  func() int { return len(r.server.Posts("cafe")) },
						Settle: func() { r.clock.Advance(2 * time.Minute) },
						Fail: func(f platformtest.Fault) {
							if f == platformtest.Unreachable {
								r.way.lost = true
								return
							}
							r.server.Fail(spoilt(f, r.server.Now()))
						},
					}
				})
			})
		}
	}
}

func TestContract(t *testing.T) {
	s := mastodontest.New(t, mastodontest.Options{})
	if !s.Checked() {
		t.Skip("mastodon.json is not beside the checkout: no request was compared with the description of the API")
	}
	r := newRig(t, mastodontest.Options{})
	if _, err := r.publish(t, r.intent("سلام", photo("a"))); err != nil {
		t.Fatal(err)
	}
}

func errorIs[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func long(n int) string { return strings.Repeat("س", n) }
