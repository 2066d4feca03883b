package push

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of a push, and how a secret begins
// (github.com/standard-webhooks/standard-webhooks, spec, read 2026-11).
const (
	headerID        = "Webhook-Id"
	headerTime      = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
	secretPrefix    = "whsec_"
)

// window is how far the clock of whoever knocks may be from ours.
const window = 5 * time.Minute

// maxID is the longest id of a push, in bytes; maxSigned the most signatures that are
// looked at, which is what somebody needs who changes his secret.
const (
	maxID     = 200
	maxSigned = 5
)

var errForged = errors.New("not signed with the secret of this address")

// NewSecret makes a secret: 32 random bytes in the usual form.
func NewSecret() string {
	var raw [32]byte
	rand.Read(raw[:])
	return secretPrefix + base64.StdEncoding.EncodeToString(raw[:])
}

// NewKey makes what an address ends with: 32 random bytes in letters that an address
// may hold.
func NewKey() string {
	var raw [32]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

// soundKey tells whether NewKey may have made the key.
func soundKey(key string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(key)
	return err == nil && len(raw) == 32
}

// A seal is what the headers of a push say.
type seal struct {
	id, at     string
	signatures [][]byte
}

// sealOf reads the headers, and refuses what is incomplete or of another time.
func sealOf(h http.Header, now time.Time) (seal, error) {
	s := seal{id: h.Get(headerID), at: h.Get(headerTime)}
	seconds, err := strconv.ParseInt(s.at, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > window {
		return s, errForged
	}
	if s.id == "" || len(s.id) > maxID || strings.ContainsFunc(s.id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return s, errForged
	}
	for _, word := range strings.Fields(h.Get(headerSignature)) {
		version, code, _ := strings.Cut(word, ",")
		sum, err := base64.StdEncoding.DecodeString(code)
		if version == "v1" && err == nil && len(s.signatures) < maxSigned {
			s.signatures = append(s.signatures, sum)
		}
	}
	if len(s.signatures) == 0 {
		return s, errForged
	}
	return s, nil
}

// fits tells, in a time that says nothing of the secret, whether one of the
// signatures was made with it over the very bytes of the body.
func (s seal) fits(secret string, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(s.id + "." + s.at + "."))
	mac.Write(body)
	want, fits := mac.Sum(nil), false
	for _, got := range s.signatures {
		fits = hmac.Equal(want, got) || fits
	}
	return fits
}
