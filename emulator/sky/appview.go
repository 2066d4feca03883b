package sky

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Say writes a post of somebody, as his app would; parent and quoted may be empty.
func (n *Network) Say(handle, text, parent, quoted string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	value := map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": stamp(n.moment())}
	if parent != "" {
		value["reply"] = map[string]any{"root": n.Strong(n.rootOf(parent)), "parent": n.Strong(parent)}
	}
	if quoted != "" {
		value["embed"] = map[string]any{"$type": "app.bsky.embed.record", "record": n.Strong(quoted)}
	}
	for _, p := range n.People {
		if at := strings.Index(text, "@"+p.Handle); at >= 0 {
			value["facets"] = []any{map[string]any{
				"index":    map[string]any{"byteStart": float64(at), "byteEnd": float64(at + 1 + len(p.Handle))},
				"features": []any{map[string]any{"$type": "app.bsky.richtext.facet#mention", "did": p.DID}},
			}}
		}
	}
	did := n.DID(handle)
	n.said++
	key := letters(fmt.Sprintf("3k%011d", n.said))
	if _, no := n.Put(did, "app.bsky.feed.post", key, value, "null"); no != nil {
		panic(fmt.Sprintf("%s cannot write: %v", handle, no)) // the key is a new one
	}
	return "at://" + did + "/app.bsky.feed.post/" + key
}

// Strong names the present state of a record.
func (n *Network) Strong(uri string) map[string]any {
	return map[string]any{"uri": uri, "cid": n.Records[uri].CID}
}

func (n *Network) rootOf(uri string) string {
	if root, _ := refOf(n.Records[uri].Value, "root"); root != "" {
		return root
	}
	return uri
}

// refOf returns an end of a reply.
func refOf(value map[string]any, end string) (uri string, ok bool) {
	reply, _ := value["reply"].(map[string]any)
	to, _ := reply[end].(map[string]any)
	uri, ok = to["uri"].(string)
	return uri, ok
}

// Like lets somebody like a post.
func (n *Network) Like(handle, subject string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tick()
	n.likes = append(n.likes, like{n.DID(handle), subject, n.Now})
}

// Remove deletes a record, as its author would.
func (n *Network) Remove(uri string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.Records, uri)
	n.rev++
}

func (n *Network) profile(did string) map[string]any {
	p := n.People[did]
	return map[string]any{"did": did, "handle": p.Handle, "displayName": p.called()}
}

// called is the name that people read.
func (p *Person) called() string {
	if p.Name != "" {
		return p.Name
	}
	name, _, _ := strings.Cut(p.Handle, ".")
	return strings.ToUpper(name)
}

// shown is a post as the network shows it.
func (n *Network) shown(s *Stored) map[string]any {
	likes, replies, quotes := 0, 0, 0
	for _, l := range n.likes {
		if l.Subject == s.URI {
			likes++
		}
	}
	for _, other := range n.Records {
		if parent, _ := refOf(other.Value, "parent"); parent == s.URI {
			replies++
		}
		if quotedBy(other) == s.URI {
			quotes++
		}
	}
	return map[string]any{
		"uri": s.URI, "cid": s.CID, "author": n.profile(s.DID), "record": s.Value, "indexedAt": stamp(s.At),
		"likeCount": likes, "repostCount": 0, "replyCount": replies, "quoteCount": quotes,
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

func quotedBy(s *Stored) string {
	embed, _ := s.Value["embed"].(map[string]any)
	to, _ := embed["record"].(map[string]any)
	uri, _ := to["uri"].(string)
	return uri
}

func (n *Network) getPosts(_ *Person, r *http.Request) (any, *refusal) {
	uris := r.URL.Query()["uris"]
	if len(uris) == 0 || len(uris) > 25 {
		return nil, refuse("InvalidRequest", "uris must have 1 to 25 elements")
	}
	shown := []any{}
	for _, uri := range uris {
		if s, ok := n.Records[uri]; ok && s.Collection == "app.bsky.feed.post" {
			shown = append(shown, n.shown(s))
		}
	}
	return map[string]any{"posts": shown}, nil
}

func (n *Network) getProfile(_ *Person, r *http.Request) (any, *refusal) {
	did := r.URL.Query().Get("actor")
	if n.People[did] == nil {
		return nil, refuse("InvalidRequest", "Profile not found")
	}
	p := n.profile(did)
	p["followersCount"] = cmp.Or(n.People[did].Followers, 12)
	return p, nil
}

func (n *Network) getPostThread(_ *Person, r *http.Request) (any, *refusal) {
	depth, _ := strconv.Atoi(r.URL.Query().Get("depth"))
	root, ok := n.Records[r.URL.Query().Get("uri")]
	if depth > 1000 {
		return nil, refuse("InvalidRequest", "depth can not be greater than 1000")
	}
	if !ok {
		return nil, refuse("NotFound", "Post not found: "+r.URL.Query().Get("uri"))
	}
	return map[string]any{"thread": n.thread(root)}, nil
}

// thread shows a post and what is below it: who is blocked is named, without words.
func (n *Network) thread(s *Stored) any {
	replies := []any{map[string]any{"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://did:plc:x/app.bsky.feed.post/3kaaaaaaaaaaa", "notFound": true}}
	for _, child := range n.ordered() {
		parent, _ := refOf(child.Value, "parent")
		switch {
		case parent != s.URI:
		case strings.HasPrefix(n.People[child.DID].Handle, "blocked"):
			replies = append(replies, map[string]any{"$type": "app.bsky.feed.defs#blockedPost", "uri": child.URI, "blocked": true,
				"author": map[string]any{"did": child.DID}})
		default:
			replies = append(replies, n.thread(child))
		}
	}
	return map[string]any{"$type": "app.bsky.feed.defs#threadViewPost", "post": n.shown(s), "replies": replies}
}

// ordered are the records in the order in which they were made.
func (n *Network) ordered() []*Stored {
	var all []*Stored
	for _, s := range n.Records {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Stored) int { return a.At.Compare(b.At) })
	return all
}

// listNotifications tells what happened to the reader, from the newest back.
func (n *Network) listNotifications(p *Person, r *http.Request) (any, *refusal) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 100 {
		return nil, refuse("InvalidRequest", "limit must be 1 to 100")
	}
	all := n.notifications(p)
	if from := r.URL.Query().Get("cursor"); from != "" {
		if _, err := time.Parse(time.RFC3339, from); err != nil { // the real one stumbles over it, too
			return nil, &refusal{502, "InternalServerError", "Internal Server Error"}
		}
		all = slices.DeleteFunc(all, func(note map[string]any) bool { return note["indexedAt"].(string) >= from })
	}
	page := map[string]any{}
	if len(all) > limit {
		all = all[:limit]
		page["cursor"] = all[limit-1]["indexedAt"]
	}
	page["notifications"] = all
	return page, nil
}

func (n *Network) notifications(p *Person) []map[string]any {
	var all []map[string]any
	for _, s := range n.Records {
		why, about := n.reason(s, p.DID)
		if why == "" || s.DID == p.DID {
			continue
		}
		all = append(all, map[string]any{
			"uri": s.URI, "cid": s.CID, "author": n.profile(s.DID), "reason": why, "reasonSubject": about, "record": s.Value,
			"isRead": false, "indexedAt": stamp(s.At),
		})
	}
	for i, l := range n.likes {
		all = append(all, map[string]any{
			"uri": fmt.Sprintf("at://%s/app.bsky.feed.like/%d", l.By, i), "cid": "c", "author": n.profile(l.By), "reason": "like",
			"reasonSubject": l.Subject, "record": map[string]any{"$type": "app.bsky.feed.like"}, "isRead": false, "indexedAt": stamp(l.At),
		})
	}
	slices.SortFunc(all, func(a, b map[string]any) int {
		return strings.Compare(b["indexedAt"].(string), a["indexedAt"].(string))
	})
	return all
}

// reason tells why a record is news for somebody.
func (n *Network) reason(s *Stored, did string) (why, about string) {
	for _, end := range []string{"parent", "root"} {
		if to, _ := refOf(s.Value, end); strings.HasPrefix(to, "at://"+did+"/") {
			return "reply", to
		}
	}
	if to := quotedBy(s); strings.HasPrefix(to, "at://"+did+"/") {
		return "quote", to
	}
	if body, err := json.Marshal(s.Value["facets"]); err == nil && strings.Contains(string(body), did) {
		return "mention", ""
	}
	return "", ""
}
