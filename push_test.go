package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/social"
)

// A caller is a tool of the agency that tells of comments.
type caller struct {
	address, secret string
	clock           interface{ Now() time.Time }
}

// sign is the signature of a body, as any tool makes it.
func (c caller) sign(id, at string, body []byte) string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(c.secret, "whsec_"))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// tell posts a body under an id, signed.
func (c caller) tell(ctx context.Context, id string, body []byte) (int, http.Header, social.Receipt, error) {
	at := strconv.FormatInt(c.clock.Now().Unix(), 10)
	return c.post(ctx, map[string]string{"Webhook-Id": id, "Webhook-Timestamp": at, "Webhook-Signature": c.sign(id, at, body)}, bytes.NewReader(body))
}

func (c caller) post(ctx context.Context, headers map[string]string, body io.Reader) (int, http.Header, social.Receipt, error) {
	var receipt social.Receipt
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, body)
	if err != nil {
		return 0, nil, receipt, err
	}
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, receipt, err
	}
	defer resp.Body.Close()
	err = json.NewDecoder(resp.Body).Decode(&receipt)
	return resp.StatusCode, resp.Header, receipt, err
}

// pushed is the deed "run push": a tool tells of one comment.
//
//	run push ADDRESS SECRET new|edited|deleted ID AUTHOR "text" [hours ago]
//
// A text that ends with … is made 10,000 characters long.
func (s *stage) pushed(ctx context.Context, args []string) error {
	if len(args) < 6 {
		return fmt.Errorf("run push wants an address, a secret, a kind, an id, an author and a text")
	}
	at := s.clock.Now()
	if short, long := strings.CutSuffix(args[5], "…"); long {
		args[5] = short + strings.Repeat("x", 10_000-len([]rune(short)))
	}
	if len(args) > 6 {
		hours, err := strconv.Atoi(args[6])
		if err != nil {
			return err
		}
		at = at.Add(-time.Duration(hours) * time.Hour)
	}
	body, err := json.Marshal(map[string]any{"comments": []map[string]any{{
		"kind": args[2], "id": args[3], "author": args[4], "text": args[5], "at": at.Format(time.RFC3339Nano),
		"post_link": "https://www.instagram.com/p/cakes/", "post_text": "Three new cakes",
		"link": "https://www.instagram.com/p/cakes/c/" + args[3] + "/",
	}}})
	if err != nil {
		return err
	}
	status, _, receipt, err := caller{args[0], args[1], s.clock}.tell(ctx, fmt.Sprintf("msg_%d", time.Now().UnixNano()), body)
	if err != nil || status != http.StatusOK || len(receipt.Refused) > 0 {
		return fmt.Errorf("status %d, %+v: %w", status, receipt, err)
	}
	return nil
}

// doorScript brings a brand to an account with a door.
const doorScript = `
include setup/begin.en.txt
lena presses "Instagram"
bot offers lena "✅ Instagram"
include setup/join.en.txt
include setup/door.en.txt
run settle
`

// doorInPersian does the same on a network that takes a post without a picture.
const doorInPersian = `
include setup/begin.fa.txt
leila presses "فیس‌بوک"
bot offers leila "✅ فیس‌بوک"
include setup/join.fa.txt
leila starts
bot tells leila "سلام"
leila presses "نوبهار" on "سلام"
bot tells leila "نقش شما"
leila presses "حساب‌ها"
bot tells leila "حساب‌های نوبهار"
leila presses "فیس‌بوک"
bot tells leila "دستی منتشر می‌شود"
leila presses "نظرها"
bot tells leila "نظرهای فیس‌بوک"
leila presses "ساختن نشانی"
keep address "(http://[0-9.:]+/comments/[A-Za-z0-9_-]{43})" from leila
keep secret "(whsec_[A-Za-z0-9+/=]+)" from leila
run settle
`

// openDoor plays a script that makes a door, and returns who may knock there.
func (s *stage) openDoor(t *testing.T, script string) caller {
	t.Helper()
	c := caller{clock: s.clock}
	hooks := s.hooks(t)
	hooks.Run["caller"] = func(args []string) error { c.address, c.secret = args[0], args[1]; return nil }
	emulator.RunLines(t, s.telegram, "testdata/scripts/door", script+"\nrun caller {address} {secret}", hooks)
	return c
}

// TestPush knocks at one door as strangers do, too often, and slowly.
func TestPush(t *testing.T) {
	t.Parallel()
	s := hooked.lent(t, asBegun)
	c := s.openDoor(t, doorScript)
	t.Run("forged", func(t *testing.T) { s.pushForged(t, c) })
	s.clock.set(s.clock.Now().Add(2 * time.Minute)) // what came before no longer counts
	t.Run("too often", func(t *testing.T) { s.pushTooOften(t, c) })
	s.clock.set(s.clock.Now().Add(2 * time.Minute))
	t.Run("slowly", func(t *testing.T) { s.pushSlowly(t, c) })
	if strings.Contains(s.out.String(), c.secret) || strings.Contains(s.out.String(), c.address) {
		t.Error("the log shows the address or its secret")
	}
	s.check(t)
}

// F30: whoever has not signed is refused, and nothing of it is stored.
func (s *stage) pushForged(t *testing.T, c caller) {
	t.Helper()
	body := []byte(`{"comments":[{"id":"1","post_id":"9","author":"سارا","text":"می‌خواهم","at":"2026-11-23T08:00:00Z"}]}`)
	escaped := []byte(strings.ReplaceAll(string(body), "می", `\u0645\u06cc`))
	now := strconv.FormatInt(s.clock.Now().Unix(), 10)
	old := strconv.FormatInt(s.clock.Now().Add(-6*time.Minute).Unix(), 10)
	other := caller{c.address, "whsec_" + base64.StdEncoding.EncodeToString([]byte("another")), s.clock}
	elsewhere := caller{c.address[:len(c.address)-43] + strings.Repeat("A", 43), c.secret, s.clock}
	signed := func(by caller, at string, over []byte) map[string]string {
		return map[string]string{"Webhook-Id": "m", "Webhook-Timestamp": at, "Webhook-Signature": by.sign("m", at, over)}
	}
	for _, test := range []struct {
		name    string
		at      caller
		headers map[string]string
		body    []byte
		status  int
	}{
		{"not signed", c, nil, body, http.StatusUnauthorized},
		{"with another secret", c, signed(other, now, body), body, http.StatusUnauthorized},
		{"at another door", elsewhere, signed(c, now, body), body, http.StatusUnauthorized},
		{"at no door", caller{address: c.address + "x"}, signed(c, now, body), body, http.StatusUnauthorized},
		{"six minutes old", c, signed(c, old, body), body, http.StatusUnauthorized},
		{"Persian, written anew", c, signed(c, now, escaped), body, http.StatusUnauthorized},
		{"64 MB", c, signed(c, now, body), make([]byte, 64<<20), http.StatusRequestEntityTooLarge},
		{"64 MB of a stranger", elsewhere, signed(c, now, body), make([]byte, 64<<20), http.StatusUnauthorized},
		{"signed, and no JSON", c, signed(c, now, body[:40]), body[:40], http.StatusBadRequest},
		{"as it should be", c, signed(c, now, escaped), escaped, http.StatusOK},
		{"a replay", c, signed(c, now, escaped), escaped, http.StatusOK},
	} {
		status, _, receipt, err := test.at.post(t.Context(), test.headers, bytes.NewReader(test.body))
		if err != nil || status != test.status {
			t.Errorf("%s: status %d, want %d: %v", test.name, status, test.status, err)
		}
		if test.name == "a replay" && !receipt.Again {
			t.Errorf("a replay: %+v", receipt)
		}
		stored := 0
		must(t, s.query(t.Context(), &stored, `SELECT count(*) FROM comments`))
		if want := map[bool]int{true: 1, false: 0}[test.status == http.StatusOK]; stored != want {
			t.Errorf("%s: %d comments are stored", test.name, stored)
		}
	}
}

// F28: 1,000 comments in one call, some of them worthless: the good ones are stored,
// the bad ones named, and people get a burst instead of a thousand cards. It has the
// program to itself: beside others a thousand take longer than a call may. Before them
// the example of docs/push.md tells of one.
func TestPushOfAThousand(t *testing.T) {
	s := newStage(t, time.Now().Add(-time.Minute)) // as openssl and date have no clock of ours
	s.postTo(s.listen)
	s.start(t)
	c := s.openDoor(t, doorScript)
	t.Run("example", func(t *testing.T) { s.pushExample(t, c) })
	var comments []string
	for n := range social.MaxTold {
		at := s.clock.Now().UTC().Format(time.RFC3339)
		if n == 500 {
			at = "never"
		}
		comments = append(comments, fmt.Sprintf(`{"id":"%d","post_id":"9","author":"Follower %d","text":"me too %d","at":"%s"}`, n, n, n, at))
	}
	begun := time.Now()
	status, _, receipt, err := c.tell(t.Context(), "one", []byte(`{"comments":[`+strings.Join(comments, ",")+`]}`))
	t.Logf("1,000 comments in %s", time.Since(begun))
	if err != nil || status != http.StatusOK || receipt.Fresh != social.MaxTold-1 || len(receipt.Refused) != 1 || receipt.Refused[0].Index != 500 {
		t.Fatalf("status %d, %+v, %v", status, receipt, err)
	}
	must(t, s.settle(t.Context()))
	cards := 0
	for _, call := range s.telegram.Calls("sendMessage") {
		if strings.Contains(call.Params["text"], "me too") {
			cards++
		}
	}
	if cards > 8 {
		t.Errorf("people got %d messages", cards)
	}
	s.check(t)
}

// helloThere is a call that tells of one comment.
const helloThere = `{"comments":[{"id":"1","post_id":"9","text":"hello","at":"2026-11-23T08:00:00Z"}]}`

// While the database is away whoever tells is asked to come again …
func (s *stage) pushTooEarly(t *testing.T, c caller) {
	t.Helper()
	status, header, _, err := c.tell(t.Context(), "one", []byte(helloThere))
	if err != nil || status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q, %v", status, header.Get("Retry-After"), err)
	}
}

// … and then nothing is lost.
func (s *stage) pushAgain(t *testing.T, c caller) {
	t.Helper()
	var status int
	var err error
	for begun := time.Now(); status != http.StatusOK && time.Since(begun) < 30*time.Second; time.Sleep(200 * time.Millisecond) {
		status, _, _, err = c.tell(t.Context(), "one", []byte(helloThere))
	}
	stored := 0
	must(t, s.query(t.Context(), &stored, `SELECT count(*) FROM comments`))
	if status != http.StatusOK || stored != 1 {
		t.Errorf("status %d (%v), %d stored", status, err, stored)
	}
}

// Whoever knocks too often is asked to wait.
func (s *stage) pushTooOften(t *testing.T, c caller) {
	t.Helper()
	body := []byte(helloThere)
	for n := range 200 {
		status, header, _, err := c.tell(t.Context(), fmt.Sprint("m", n), body)
		if err != nil {
			t.Fatal(err)
		}
		if status == http.StatusTooManyRequests {
			if header.Get("Retry-After") == "" || n < 60 {
				t.Errorf("call %d: refused, Retry-After %q", n, header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("200 calls in a row were let in")
}

// Slow ones are cut off, whether they drip a head or a body.
func (s *stage) pushSlowly(t *testing.T, c caller) {
	t.Helper()
	now := strconv.FormatInt(s.clock.Now().Unix(), 10)
	path := c.address[strings.Index(c.address, "/comments/"):]
	for name, head := range map[string]string{
		"a head": "POST " + path + " HTTP/1.1\r\nHost: peyk\r\nX-Slow: ",
		"a body": "POST " + path + " HTTP/1.1\r\nHost: peyk\r\nWebhook-Id: m\r\nWebhook-Timestamp: " + now +
			"\r\nWebhook-Signature: v1,AAAA\r\nContent-Length: 100000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.listen)
			must(t, err)
			defer conn.Close()
			begun := time.Now()
			_, err = io.WriteString(conn, head)
			must(t, err)
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, _ = bufio.NewReader(conn).ReadString(0)
			}()
			for {
				select {
				case <-over:
					if took := time.Since(begun); took > 20*time.Second {
						t.Errorf("it was held for %s", took)
					}
					return
				case <-time.After(100 * time.Millisecond):
					_, _ = io.WriteString(conn, "x")
				}
				if time.Since(begun) > 25*time.Second {
					t.Fatal("it is still held")
				}
			}
		})
	}
}

// pushExample runs the example of docs/push.md as it stands there.
func (s *stage) pushExample(t *testing.T, c caller) {
	t.Helper()
	for _, tool := range []string{"sh", "curl", "openssl", "base64", "od", "tr"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("the example needs ", tool)
		}
	}
	_, example, ok := strings.Cut(readDocs(t)["docs/push.md"], "```sh\n")
	example, _, _ = strings.Cut(example, "```")
	if !ok {
		t.Fatal("docs/push.md has no example")
	}
	s.clock.set(time.Now())
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", example)
	cmd.Dir = t.TempDir()
	cmd.Env = append(cmd.Environ(), "PEYK_ADDRESS="+c.address, "PEYK_SECRET="+c.secret)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"new":1`) {
		t.Fatalf("%v\n%s", err, out)
	}
	emulator.RunLines(t, s.telegram, filepath.Join("testdata", "x"), `
user lena en "Lena" 1001
bot shows lena "New comment" "قیمت این کیک چند است؟"`, s.hooks(t))
}
