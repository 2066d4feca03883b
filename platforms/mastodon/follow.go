package mastodon

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"peyk/platforms"
)

// Locate finds the server behind a name that somebody gives, and asks it what it is. The
// accounts of example.org may live at social.example.org: then the domain points there
// (RFC 7033 and RFC 6415), by a redirect or in words. It is followed once, to a server
// that could have been named as well, and only to ask what it is.
func (c *Client) Locate(ctx context.Context, host string) (server string, told Instance, err error) {
	told, err = c.Instance(ctx, host)
	var no *platforms.Rejected
	if !errors.As(err, &no) || no.Code != CodeBadServer || host == c.Own {
		return host, told, err
	}
	for _, other := range c.pointed(ctx, host) {
		if there, failed := c.Instance(ctx, other); failed == nil {
			return other, there, nil
		}
	}
	return host, told, err
}

// pointed are the servers to which a domain points.
func (c *Client) pointed(ctx context.Context, host string) []string {
	var found []string
	// Who is asked about does not matter: what answers for one account answers for all.
	who := url.Values{"resource": {"acct:" + AppName + "@" + host}}
	for _, q := range []request{
		{method: http.MethodGet, path: "/.well-known/webfinger", query: who},
		{method: http.MethodGet, path: "/.well-known/host-meta"},
	} {
		for _, address := range c.pointers(ctx, host, q) {
			if other, ok := HostOf(address, c.Own); ok && other != host && !slices.Contains(found, other) {
				found = append(found, other)
			}
		}
	}
	return found[:min(len(found), 3)]
}

// pointers are the addresses that one answer names.
func (c *Client) pointers(ctx context.Context, host string, q request) []string {
	ctx, cancel := context.WithTimeout(ctx, pointerPatience)
	defer cancel()
	r, err := c.request(ctx, host, "", q)
	if err != nil {
		return nil
	}
	r.Header.Set("Accept", "application/jrd+json, application/xrd+xml, application/json")
	answer, _, err := platforms.Send(c.HTTP, r)
	switch {
	case err != nil:
		return nil
	case answer.Status >= 300 && answer.Status < 400:
		return []string{answer.Header.Get("Location")}
	case answer.Status == http.StatusOK:
		return pointersIn(answer.Body)
	}
	return nil
}

// pointersIn finds addresses in a document of either kind: of the account itself, or of where
// one asks for accounts.
func pointersIn(body []byte) []string {
	type link struct {
		Rel      string `json:"rel" xml:"rel,attr"`
		Href     string `json:"href" xml:"href,attr"`
		Template string `json:"template" xml:"template,attr"`
	}
	var document struct {
		Links []link `json:"links" xml:"Link"`
	}
	if json.Unmarshal(body, &document) != nil && xml.Unmarshal(body, &document) != nil {
		return nil
	}
	var addresses []string
	for _, l := range document.Links {
		if l.Rel == "self" || l.Rel == "lrdd" {
			addresses = append(addresses, l.Href+l.Template)
		}
	}
	return addresses
}
