package push

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A vector made with Python's hmac and checked with OpenSSL 3: the same comment in
// Persian as UTF-8 and in the escapes in which Meta and others write it.
const (
	vectorSecret  = "whsec_cGV5ayBrbm93cyBob3cgdG8ga2VlcCBhIHNlY3JldCE="
	vectorID      = "msg_2026"
	vectorTime    = "1795860000"
	vectorUTF8    = `{"comments":[{"id":"17","post_id":"9","author":"سارا","text":"می‌خواهم؛ قیمت؟","at":"2026-11-28T10:00:00Z"}]}`
	vectorEscaped = `{"comments":[{"id":"17","post_id":"9","author":"\u0633\u0627\u0631\u0627","text":"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\u061b \u0642\u06cc\u0645\u062a\u061f","at":"2026-11-28T10:00:00Z"}]}`

	signedUTF8    = "28XAqPCini8h1QvCiSyfESub/rTHu6dgzr0zn1fD1PY="
	signedEscaped = "A76IpQ77B2noAdDNwoeYhxEfMRS/HAhOS93VY4XUmb0="
)

var vectorNow = time.Unix(1795860000, 0)

func headers(id, at, signature string) http.Header {
	h := http.Header{}
	h.Set(headerID, id)
	h.Set(headerTime, at)
	h.Set(headerSignature, signature)
	return h
}

// F30: the signature is over the very bytes. Whoever reads JSON and writes it anew
// agrees with it for English, and not for Persian.
func TestSignatureOverRawBytes(t *testing.T) {
	t.Parallel()
	var read any
	if err := json.Unmarshal([]byte(vectorEscaped), &read); err != nil {
		t.Fatal(err)
	}
	anew, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, signature, body string
		fits                  bool
	}{
		{"UTF-8", signedUTF8, vectorUTF8, true},
		{"escaped", signedEscaped, vectorEscaped, true},
		{"escaped, signed as UTF-8", signedUTF8, vectorEscaped, false},
		{"UTF-8, signed as escaped", signedEscaped, vectorUTF8, false},
		{"written anew", signedEscaped, string(anew), false},
		{"a byte more", signedUTF8, vectorUTF8 + " ", false},
		{"nothing", signedUTF8, "", false},
	} {
		s, err := sealOf(headers(vectorID, vectorTime, "v1,"+c.signature), vectorNow)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.fits(vectorSecret, []byte(c.body)); got != c.fits {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// What is signed is the id and the time as well, with the secret of this door.
func TestSignatureOfSomethingElse(t *testing.T) {
	t.Parallel()
	good := "v1," + signedUTF8
	for _, c := range []struct {
		name              string
		id, at, signature string
		secret            string
		fits              bool
	}{
		{"as it was signed", vectorID, vectorTime, good, vectorSecret, true},
		{"one of two", vectorID, vectorTime, "v1,AAAA " + good, vectorSecret, true},
		{"beside another kind", vectorID, vectorTime, "v1a,AAAA " + good, vectorSecret, true},
		{"another id", "msg_2027", vectorTime, good, vectorSecret, false},
		{"another time", vectorID, "1795860001", good, vectorSecret, false},
		{"another secret", vectorID, vectorTime, good, NewSecret(), false},
		{"an empty secret", vectorID, vectorTime, good, "whsec_", false},
		{"a broken secret", vectorID, vectorTime, good, "whsec_%", false},
		{"cut", vectorID, vectorTime, good[:len(good)-4], vectorSecret, false},
	} {
		s, err := sealOf(headers(c.id, c.at, c.signature), vectorNow)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := s.fits(c.secret, []byte(vectorUTF8)); got != c.fits {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestSealsThatAreRefused(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return strconv.FormatInt(vectorNow.Add(d).Unix(), 10) }
	good := "v1," + signedUTF8
	for name, h := range map[string]http.Header{
		"nothing":           {},
		"no id":             headers("", vectorTime, good),
		"an endless id":     headers(strings.Repeat("x", maxID+1), vectorTime, good),
		"an id of two":      headers("a b", vectorTime, good),
		"no time":           headers(vectorID, "", good),
		"a word for a time": headers(vectorID, "now", good),
		"too early":         headers(vectorID, at(-window-time.Second), good),
		"too late":          headers(vectorID, at(window+time.Second), good),
		"an endless time":   headers(vectorID, "9223372036854775807", good),
		"no signature":      headers(vectorID, vectorTime, ""),
		"another version":   headers(vectorID, vectorTime, "v2,"+signedUTF8),
		"no version":        headers(vectorID, vectorTime, signedUTF8),
		"no base64":         headers(vectorID, vectorTime, "v1,***"),
	} {
		if _, err := sealOf(h, vectorNow); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for _, d := range []time.Duration{-window, 0, window} {
		if _, err := sealOf(headers(vectorID, at(d), good), vectorNow); err != nil {
			t.Errorf("a clock %s away: %v", d, err)
		}
	}
}

func TestKeysAndSecretsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10 {
		seen[NewKey()], seen[NewSecret()] = true, true
	}
	if len(seen) != 20 {
		t.Errorf("of 20 keys and secrets %d differ", len(seen))
	}
	for key, sound := range map[string]bool{NewKey(): true, "": false, "..": false, NewKey()[1:]: false, NewKey() + "A": false, NewSecret(): false} {
		if soundKey(key) != sound {
			t.Errorf("%q is sound: %v", key, !sound)
		}
	}
}
