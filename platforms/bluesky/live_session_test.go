package bluesky_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peyk/emulator/sky"
	"peyk/platforms"
	"peyk/platforms/bluesky"
	"peyk/social"
)

// A token that has run out is renewed on the way; one that cannot be renewed any
// more, because the account was signed out, loses the account.
func renews(t *testing.T, r *rig, expire func()) {
	t.Helper()
	var no *platforms.Rejected
	if _, err := r.Client.Login(t.Context(), r.vault.held[7].Host, r.account.Handle, "aaaa-aaaa-aaaa-aaaa"); !errors.As(err, &no) || no.Code != bluesky.CodeBadLogin {
		t.Errorf("a wrong password gives %v", err)
	}
	expire()
	old := r.vault.held[7]
	p, err := r.publish(t, r.intent("پس از نوشدن"))
	if now := r.vault.held[7]; err != nil || p.Remote == "" || now.Access == old.Access || now.Refresh == old.Refresh || now.Host != old.Host {
		t.Errorf("%+v, %v, kept: %v", p, err, now)
	}
	expire()
	signOut(t, r.vault.held[7])
	_, err = r.AccountFigures(t.Context(), r.account)
	var lost *platforms.AccountLost
	if !errors.As(err, &lost) {
		t.Errorf("signed out: %v", err)
	}
}

func signOut(t *testing.T, s bluesky.Session) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Host+"/xrpc/com.atproto.server.deleteSession", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+s.Refresh)
	answer, err := http.DefaultClient.Do(q)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
}

func TestRenews(t *testing.T) {
	n := newNetwork(t, "cafe.test")
	r := newRig(t, n.URL, "cafe.test", sky.Password)
	renews(t, r, func() { n.Expire(r.account.RemoteID) })
}

func TestRenewsLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD", "BLUESKY_SECRET")
	r := newRig(t, said[0], said[1], said[2])
	renews(t, r, func() {
		s := r.vault.held[7]
		s.Access = expired(t, s.Access, said[3])
		r.vault.held[7] = s
	})
}

// expired is a token that has run out, signed as the server does.
func expired(t *testing.T, token, secret string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	claims["iat"], claims["exp"] = 1700000000, 1700007200
	if raw, err = json.Marshal(claims); err != nil {
		t.Fatal(err)
	}
	signed := parts[0] + "." + base64.RawURLEncoding.EncodeToString(raw)
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

// What stands on the server is what was written: each facet covers its words, and
// the pictures are there in their order, with room for a description.
func stands(t *testing.T, r *rig) {
	t.Helper()
	r.key = "post-stands"
	text := "منوی #نوروز رسید 🌸 " + r.account.Handle + " https://peyk.ir/منو"
	p, err := r.publish(t, r.intent(text, photo("b"), photo("a")))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(strings.TrimPrefix(p.Remote, "at://"), "/")
	answer, err := http.Get(r.vault.held[7].Host + "/xrpc/com.atproto.repo.getRecord?repo=" + parts[0] + "&collection=" + parts[1] + "&rkey=" + parts[2])
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var got struct {
		Value struct {
			Text   string
			Facets []struct {
				Index struct{ ByteStart, ByteEnd int }
			}
			Embed struct {
				Images []struct {
					Alt         *string
					Image       struct{ MimeType string }
					AspectRatio struct{ Width, Height int }
				}
			}
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	var covered []string
	for _, f := range got.Value.Facets {
		covered = append(covered, got.Value.Text[f.Index.ByteStart:f.Index.ByteEnd])
	}
	if diff := cmp.Diff([]string{"#نوروز", r.account.Handle, "https://peyk.ir/منو"}, covered); diff != "" || got.Value.Text != text {
		t.Error(diff, got.Value.Text)
	}
	pictures := got.Value.Embed.Images
	if len(pictures) != 2 || pictures[0].AspectRatio.Width != 41 || pictures[1].AspectRatio.Width != 40 || pictures[0].Alt == nil ||
		pictures[0].Image.MimeType != "image/png" {
		t.Errorf("%+v", pictures)
	}
	found, err := r.Reconcile(t.Context(), r.intent(text))
	if err != nil || found.Verdict != platforms.Landed || found.Published != p {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestStands(t *testing.T) {
	stands(t, newRig(t, newNetwork(t, "cafe.test").URL, "cafe.test", sky.Password))
}

func TestStandsLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD")
	stands(t, newRig(t, said[0], said[1], said[2]))
}

// Rounds of notifications on a server: the second begins where the first ended, and
// a place that nobody knows is left behind.
func TestRoundsLive(t *testing.T) {
	said := live(t, "BLUESKY_HOST", "BLUESKY_HANDLE", "BLUESKY_PASSWORD", "BLUESKY_FOLLOWER", "BLUESKY_FOLLOWER_PASSWORD")
	rounds(t, newRig(t, said[0], said[1], said[2]), newRig(t, said[0], said[3], said[4]))
}

func TestRounds(t *testing.T) {
	n := newNetwork(t, "cafe.test", "sara.test")
	rounds(t, newRig(t, n.URL, "cafe.test", sky.Password), newRig(t, n.URL, "sara.test", sky.Password))
}

func rounds(t *testing.T, cafe, sara *rig) {
	t.Helper()
	sara.key = "names-1"
	p, err := sara.publish(t, sara.intent("سلام "+cafe.account.Handle))
	if err != nil {
		t.Fatal(err)
	}
	cafe.polls(t, p.Remote)
	_, seen, more, err := cafe.Poll(t.Context(), cafe.account, "")
	if err != nil || more || seen == "" {
		t.Fatalf("%s, %t, %v", seen, more, err)
	}
	found, again, more, err := cafe.Poll(t.Context(), cafe.account, seen)
	if err != nil || more || again != seen || len(found) == 0 {
		t.Errorf("a second round: %d comments, %s after %s, %t, %v", len(found), again, seen, more, err)
	}
	lost := strings.TrimSuffix(seen, "}") + `,"next":"x","top":"2026-11-23T09:00:00.000Z"}`
	if _, anew, more, err := cafe.Poll(t.Context(), cafe.account, lost); err != nil || !more || anew != seen {
		t.Errorf("a lost place leads to %s, %t, %v", anew, more, err)
	}
	gone := social.Comment{Account: cafe.account, Remote: strings.Replace(p.Remote, "post/", "post/3jzfcijpj2z2a", 1)[:len(p.Remote)]}
	if err := cafe.Hide(t.Context(), gone); err != nil {
		t.Errorf("hiding what is gone: %v", err)
	}
	var no *platforms.Rejected
	if err := cafe.Hide(t.Context(), social.Comment{Account: cafe.account, Remote: p.Remote}); !errors.As(err, &no) || no.Code != bluesky.CodeNotOurThread {
		t.Errorf("hiding in the thread of somebody else: %v", err)
	}
	if _, err := cafe.SweepThread(t.Context(), cafe.account, gone.Remote); !errors.As(err, &no) || no.Code != bluesky.CodePostGone {
		t.Errorf("a thread that is gone: %v", err)
	}
}
