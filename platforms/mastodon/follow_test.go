package mastodon_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"peyk/platforms"
	"peyk/platforms/mastodon"
)

// A street is all servers that there are: what each answers to a path, and who was asked.
type street struct {
	answers map[string]string // host and path → status, then a place or a body
	asked   []string
}

const anInstance = `200 {"domain":"example.org","source_url":"https://github.com/mastodon/mastodon","configuration":{"statuses":{"max_characters":500}}}`

func (s *street) RoundTrip(r *http.Request) (*http.Response, error) {
	at := r.URL.Host + r.URL.Path
	s.asked = append(s.asked, r.URL.Scheme+" "+at)
	answer, ok := s.answers[at]
	if !ok {
		answer = "404 <html>"
	}
	status, rest := 0, ""
	_, _ = fmt.Sscan(answer, &status)
	_, rest, _ = strings.Cut(answer, " ")
	got := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(rest)), Request: r}
	if status/100 == 3 {
		got.Header.Set("Location", rest)
	}
	return got, nil
}

// A domain whose accounts live elsewhere leads there, by what it says in any of the ways
// in which servers are set up, and to nowhere that nobody may be led to.
func TestLocate(t *testing.T) {
	const webfinger, meta = "example.org/.well-known/webfinger", "example.org/.well-known/host-meta"
	for name, c := range map[string]struct {
		answers map[string]string
		want    string // empty: there is no server
		most    int    // calls
	}{
		"itself":               {map[string]string{"example.org/api/v2/instance": anInstance}, "example.org", 1},
		"webfinger redirects":  {map[string]string{webfinger: "301 https://social.example.org/.well-known/webfinger?resource=acct:x"}, "social.example.org", 4},
		"webfinger in words":   {map[string]string{webfinger: `200 {"subject":"acct:x","links":[{"rel":"self","href":"https://social.example.org/users/x"}]}`}, "social.example.org", 4},
		"host-meta redirects":  {map[string]string{meta: "302 https://social.example.org/.well-known/host-meta"}, "social.example.org", 4},
		"host-meta in words":   {map[string]string{meta: `200 <?xml version="1.0"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0"><Link rel="lrdd" template="https://social.example.org/.well-known/webfinger?resource={uri}"/></XRD>`}, "social.example.org", 4},
		"the second is right":  {map[string]string{webfinger: "301 https://www.example.org/", meta: "301 https://social.example.org/"}, "social.example.org", 5},
		"to itself":            {map[string]string{webfinger: "301 https://example.org/elsewhere"}, "", 3},
		"to this machine":      {map[string]string{webfinger: "301 https://127.0.0.1/", meta: "301 https://localhost/"}, "", 3},
		"without https":        {map[string]string{webfinger: "301 ftp://social.example.org/"}, "", 3},
		"to somebody's secret": {map[string]string{webfinger: "301 https://me:secret@social.example.org/"}, "", 3},
		"to another page":      {map[string]string{webfinger: "301 https://www.example.org/"}, "", 4},
		"no further":           {map[string]string{webfinger: "301 https://a.example/", "a.example/.well-known/webfinger": "301 https://social.example.org/"}, "", 4},
		"nothing of the kind":  {map[string]string{webfinger: "200 <html>hello", meta: "200 {"}, "", 3},
	} {
		s := &street{answers: c.answers}
		s.answers["social.example.org/api/v2/instance"] = anInstance
		client := &mastodon.Client{
			HTTP:  &http.Client{Transport: s, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
			Clock: clockwork.NewFakeClock(),
		}
		host, told, err := client.Locate(t.Context(), "example.org")
		var no *platforms.Rejected
		switch {
		case c.want == "" && (!errors.As(err, &no) || no.Code != mastodon.CodeBadServer):
			t.Errorf("%s: %s, %v", name, host, err)
		case c.want != "" && (err != nil || host != c.want || told.Domain != "example.org"):
			t.Errorf("%s: %s, %+v, %v", name, host, told, err)
		}
		if len(s.asked) > c.most {
			t.Errorf("%s: asked %q", name, s.asked)
		}
		for _, a := range s.asked {
			if !strings.HasPrefix(a, "https ") {
				t.Errorf("%s: asked %q", name, a)
			}
		}
	}
}
