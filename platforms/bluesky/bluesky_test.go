package bluesky_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/platforms/platformtest"
	"peyk/social"
)

// newNetwork starts a small Bluesky on which these people have accounts.
func newNetwork(t *testing.T, handles ...string) *sky.Network {
	t.Helper()
	n := sky.New(handles...)
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n
}

// vault keeps sessions as the store will: one renewal at a time.
type vault struct {
	mu   sync.Mutex
	held map[int64]bluesky.Session
}

func (v *vault) Session(_ context.Context, account int64) (bluesky.Session, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.held[account]
	if !ok {
		return s, fmt.Errorf("session of %d: %w", account, social.ErrNotFound)
	}
	return s, nil
}

func (v *vault) Renew(ctx context.Context, account int64, old bluesky.Session,
	refresh func(context.Context, bluesky.Session) (bluesky.Session, error)) (bluesky.Session, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now := v.held[account]; now != old {
		return now, nil
	}
	s, err := refresh(ctx, old)
	if err != nil {
		return s, err
	}
	v.held[account] = s
	return s, nil
}

// A rig is a connector that is signed in at a server.
type rig struct {
	*bluesky.Connector
	account social.Account
	vault   *vault
	faults  *faults
	key     string
}

// newRig signs in at any server, the small one of these tests or a real one.
func newRig(t *testing.T, host, handle, password string) *rig {
	t.Helper()
	v := &vault{held: map[int64]bluesky.Session{}}
	way := platforms.NewHTTP("http://localhost")
	calls := &faults{next: way.Transport}
	way.Transport = calls
	client := &bluesky.Client{
		HTTP: way, Sessions: v, Own: "http://localhost", Clock: clockwork.NewFakeClockAt(time.Now().Truncate(time.Second)),
	}
	s, err := client.Login(t.Context(), host, handle, password)
	if err != nil {
		t.Fatal(err)
	}
	v.held[7] = s
	return &rig{
		Connector: &bluesky.Connector{Client: client, Media: media, Salt: rand.Text()},
		account:   social.Account{ID: 7, Platform: social.Bluesky, RemoteID: s.DID, Handle: "@" + s.Handle},
		vault:     v, faults: calls, key: "post-1-7-v1",
	}
}

func (r *rig) intent(text string, files ...social.Media) platforms.Intent {
	return platforms.Intent{Key: r.key, Account: r.account, Attempt: 1,
		Variant: social.Variant{Account: 7, Text: social.Text{Plain: text}, Media: files}}
}

// posts counts what the account has posted, by asking its server.
func (r *rig) posts(t *testing.T) int {
	count, next := 0, ""
	for {
		var page struct {
			Cursor  string
			Records []json.RawMessage
		}
		q := url.Values{"repo": {r.account.RemoteID}, "collection": {"app.bsky.feed.post"}, "limit": {"100"}, "cursor": {next}}
		answer, err := http.Get(r.vault.held[7].Host + "/xrpc/com.atproto.repo.listRecords?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(answer.Body).Decode(&page)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatal(answer.Status, err)
		}
		count += len(page.Records)
		if next = page.Cursor; next == "" || len(page.Records) == 0 {
			return count
		}
	}
}

// faults stands between the connector and any server and spoils the next call that
// writes, or that reads, as the way there or the server itself would.
type faults struct {
	next  http.RoundTripper
	fault platformtest.Fault
	reads bool
	clock func() time.Time
}

func (f *faults) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.fault == "" || f.reads == strings.HasSuffix(r.URL.Path, "com.atproto.repo.putRecord") {
		return f.next.RoundTrip(r)
	}
	fault := f.fault
	f.fault = ""
	switch fault {
	case platformtest.Unreachable:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	case platformtest.Dropped:
		answer, err := f.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		answer.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	a := spoilt[fault]
	answer := &http.Response{
		StatusCode: a.Status, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"error":"` + a.Name + `","message":"` + a.Words + `"}`)),
	}
	if fault == platformtest.Throttled {
		answer.Header.Set("RateLimit-Reset", strconv.FormatInt(f.clock().Add(17*time.Second).Unix(), 10))
	}
	return answer, nil
}

// spoilt are the faults of the suite in the words of servers.
var spoilt = map[platformtest.Fault]sky.Answer{
	platformtest.Broken:    {Status: 502, Name: "UpstreamFailure", Words: "Upstream service unreachable"},
	platformtest.Throttled: {Status: 429, Name: "RateLimitExceeded", Words: "Rate Limit Exceeded"},
	platformtest.Refused:   {Status: 400, Name: "InvalidRequest", Words: "Input/record must be sound"},
	platformtest.NoRights:  {Status: 403, Name: "InsufficientScope", Words: "Missing required scope"},
	platformtest.Gone:      {Status: 401, Name: "AccountTakedown", Words: "Account has been taken down"},
}

// media is a store with two pictures.
func media(_ context.Context, hash string) (io.ReadCloser, error) {
	if hash != "a" && hash != "b" {
		return nil, fmt.Errorf("opening %s: %w", hash, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(painted(40+int(hash[0]-'a'), 30))), nil
}

func painted(width, height int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)))
	return b.Bytes()
}

func photo(hash string) social.Media {
	return social.Media{Kind: social.Photo, Hash: hash, MIME: "image/png"}
}

// conforms runs the suite that all connectors pass at a server.
func conforms(t *testing.T, server func(*testing.T) (host, handle, password string)) {
	for name, files := range map[string][]social.Media{"text": nil, "pictures": {photo("a"), photo("b")}} {
		t.Run(name, func(t *testing.T) {
			platformtest.Run(t, func(t *testing.T) platformtest.Rig {
				host, handle, password := server(t)
				r := newRig(t, host, handle, password)
				before := r.posts(t)
				r.faults.clock = r.Client.Clock.Now
				return platformtest.Rig{
					Connector: r.Connector, State: social.Live, Certain: true,
					Intent: r.intent("سلام به #نوروز، peyk.ir را ببینید 🌸", files...),
					Posts:  func() int { return r.posts(t) - before },
					Fail:   func(f platformtest.Fault) { r.faults.fault = f },
				}
			})
		})
	}
}

func TestConformance(t *testing.T) {
	conforms(t, func(t *testing.T) (string, string, string) {
		n := newNetwork(t, "cafe.test")
		return n.URL, "cafe.test", sky.Password
	})
}
