package bluesky_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// say writes a post of somebody, as his app would; parent and quoted may be empty.
func (n *network) say(handle, text, parent, quoted string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	value := map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": n.now.Format("2006-01-02T15:04:05.000Z")}
	if parent != "" {
		value["reply"] = map[string]any{"root": n.strong(n.rootOf(parent)), "parent": n.strong(parent)}
	}
	if quoted != "" {
		value["embed"] = map[string]any{"$type": "app.bsky.embed.record", "record": n.strong(quoted)}
	}
	for _, p := range n.people {
		if at := strings.Index(text, "@"+p.handle); at >= 0 {
			value["facets"] = []any{map[string]any{
				"index":    map[string]any{"byteStart": float64(at), "byteEnd": float64(at + 1 + len(p.handle))},
				"features": []any{map[string]any{"$type": "app.bsky.richtext.facet#mention", "did": p.did}},
			}}
		}
	}
	did := n.did(handle)
	n.said++
	key := fmt.Sprintf("3k%011d", n.said)
	key = strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(key)
	if _, no := n.put(did, "app.bsky.feed.post", key, value, "null"); no != nil {
		n.t.Fatalf("%s cannot write: %v", handle, no)
	}
	return "at://" + did + "/app.bsky.feed.post/" + key
}

func (n *network) strong(uri string) map[string]any {
	return map[string]any{"uri": uri, "cid": n.records[uri].cid}
}

func (n *network) rootOf(uri string) string {
	if root, _ := refOf(n.records[uri].value, "root"); root != "" {
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

func (n *network) like(handle, subject string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(time.Second)
	n.likes = append(n.likes, like{n.did(handle), subject, n.now})
}

func (n *network) remove(uri string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.records, uri)
}

func (n *network) profile(did string) map[string]any {
	p := n.people[did]
	name, _, _ := strings.Cut(p.handle, ".")
	return map[string]any{"did": did, "handle": p.handle, "displayName": strings.ToUpper(name)}
}

// shown is a post as the network shows it.
func (n *network) shown(s *stored) map[string]any {
	likes, replies, quotes := 0, 0, 0
	for _, l := range n.likes {
		if l.subject == s.uri {
			likes++
		}
	}
	for _, other := range n.records {
		if parent, _ := refOf(other.value, "parent"); parent == s.uri {
			replies++
		}
		if quotedBy(other) == s.uri {
			quotes++
		}
	}
	return map[string]any{
		"uri": s.uri, "cid": s.cid, "author": n.profile(s.did), "record": s.value, "indexedAt": stamp(s.at),
		"likeCount": likes, "repostCount": 0, "replyCount": replies, "quoteCount": quotes,
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

func quotedBy(s *stored) string {
	embed, _ := s.value["embed"].(map[string]any)
	to, _ := embed["record"].(map[string]any)
	uri, _ := to["uri"].(string)
	return uri
}

func (n *network) getPosts(_ *person, r *http.Request) (any, *refusal) {
	uris := r.URL.Query()["uris"]
	if len(uris) == 0 || len(uris) > 25 {
		return nil, refuse("InvalidRequest", "uris must have 1 to 25 elements")
	}
	shown := []any{}
	for _, uri := range uris {
		if s, ok := n.records[uri]; ok && s.collection == "app.bsky.feed.post" {
			shown = append(shown, n.shown(s))
		}
	}
	return map[string]any{"posts": shown}, nil
}

func (n *network) getProfile(_ *person, r *http.Request) (any, *refusal) {
	did := r.URL.Query().Get("actor")
	if n.people[did] == nil {
		return nil, refuse("InvalidRequest", "Profile not found")
	}
	p := n.profile(did)
	p["followersCount"] = 12
	return p, nil
}

func (n *network) getPostThread(_ *person, r *http.Request) (any, *refusal) {
	depth, _ := strconv.Atoi(r.URL.Query().Get("depth"))
	root, ok := n.records[r.URL.Query().Get("uri")]
	if depth > 1000 {
		return nil, refuse("InvalidRequest", "depth can not be greater than 1000")
	}
	if !ok {
		return nil, refuse("NotFound", "Post not found: "+r.URL.Query().Get("uri"))
	}
	return map[string]any{"thread": n.thread(root)}, nil
}

// thread shows a post and what is below it: who is blocked is named, without words.
func (n *network) thread(s *stored) any {
	replies := []any{map[string]any{"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://did:plc:x/app.bsky.feed.post/3kaaaaaaaaaaa", "notFound": true}}
	for _, child := range n.ordered() {
		parent, _ := refOf(child.value, "parent")
		switch {
		case parent != s.uri:
		case strings.HasPrefix(n.people[child.did].handle, "blocked"):
			replies = append(replies, map[string]any{"$type": "app.bsky.feed.defs#blockedPost", "uri": child.uri, "blocked": true,
				"author": map[string]any{"did": child.did}})
		default:
			replies = append(replies, n.thread(child))
		}
	}
	return map[string]any{"$type": "app.bsky.feed.defs#threadViewPost", "post": n.shown(s), "replies": replies}
}

// ordered are the records in the order in which they were made.
func (n *network) ordered() []*stored {
	var all []*stored
	for _, s := range n.records {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *stored) int { return a.at.Compare(b.at) })
	return all
}

// listNotifications tells what happened to the reader, from the newest back.
func (n *network) listNotifications(p *person, r *http.Request) (any, *refusal) {
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

func (n *network) notifications(p *person) []map[string]any {
	var all []map[string]any
	for _, s := range n.records {
		why, about := n.reason(s, p.did)
		if why == "" || s.did == p.did {
			continue
		}
		all = append(all, map[string]any{
			"uri": s.uri, "cid": s.cid, "author": n.profile(s.did), "reason": why, "reasonSubject": about, "record": s.value,
			"isRead": false, "indexedAt": stamp(s.at),
		})
	}
	for i, l := range n.likes {
		all = append(all, map[string]any{
			"uri": fmt.Sprintf("at://%s/app.bsky.feed.like/%d", l.by, i), "cid": "c", "author": n.profile(l.by), "reason": "like",
			"reasonSubject": l.subject, "record": map[string]any{"$type": "app.bsky.feed.like"}, "isRead": false, "indexedAt": stamp(l.at),
		})
	}
	slices.SortFunc(all, func(a, b map[string]any) int {
		return strings.Compare(b["indexedAt"].(string), a["indexedAt"].(string))
	})
	return all
}

// reason tells why a record is news for somebody.
func (n *network) reason(s *stored, did string) (why, about string) {
	for _, end := range []string{"parent", "root"} {
		if to, _ := refOf(s.value, end); strings.HasPrefix(to, "at://"+did+"/") {
			return "reply", to
		}
	}
	if to := quotedBy(s); strings.HasPrefix(to, "at://"+did+"/") {
		return "quote", to
	}
	if body, err := json.Marshal(s.value["facets"]); err == nil && strings.Contains(string(body), did) {
		return "mention", ""
	}
	return "", ""
}
