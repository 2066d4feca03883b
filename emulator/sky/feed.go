package sky

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Feed is what stands on the network, as the page of phones shows it.
type Feed struct {
	Down      bool      `json:"down"`
	Brands    []Account `json:"brands"`    // the accounts that Peyk writes for
	Followers []Account `json:"followers"` // everybody else
	Posts     []Post    `json:"posts"`     // from the newest back
}

// An Account is somebody on the network. Of a brand the app password is shown: the
// visitor of the demo is who has made it.
type Account struct {
	Handle   string `json:"handle"`
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
	Out      bool   `json:"out,omitempty"`   // its session has ended
	Known    bool   `json:"known,omitempty"` // somebody has signed in with it before
}

// A Post is a post with what stands below it, from the oldest on.
type Post struct {
	URI      string    `json:"uri"`
	Author   Account   `json:"author"`
	Brand    bool      `json:"brand"`
	At       int64     `json:"at"` // unix seconds
	Parts    []Part    `json:"parts"`
	Pictures []Picture `json:"pictures"`
	Likes    int       `json:"likes"`
	Hidden   bool      `json:"hidden,omitempty"` // by the gate of its thread
	Replies  []Post    `json:"replies"`
}

// A Part is a piece of a text; one that leads somewhere is a link.
type Part struct {
	Text string `json:"text"`
	Link bool   `json:"link,omitempty"`
}

// A Picture is named by its bytes: see File.
type Picture struct {
	CID string `json:"cid"`
	Alt string `json:"alt"`
}

const postCollection = "app.bsky.feed.post"

// Feed shows what stands there.
func (n *Network) Feed() Feed {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := Feed{Down: n.Down, Brands: []Account{}, Followers: []Account{}, Posts: []Post{}}
	for _, p := range n.People {
		if a := p.account(); p.Brand {
			a.Password, a.Out, a.Known = p.Password, p.Ended != "", p.Refresh != ""
			f.Brands = append(f.Brands, a)
		} else {
			f.Followers = append(f.Followers, a)
		}
	}
	for _, list := range [][]Account{f.Brands, f.Followers} {
		slices.SortFunc(list, func(a, b Account) int { return strings.Compare(a.Handle, b.Handle) })
	}
	all := n.ordered()
	hidden := hiddenIn(all)
	for _, s := range all {
		if _, answers := refOf(s.Value, "parent"); !answers && s.Collection == postCollection {
			f.Posts = append(f.Posts, n.post(s, all, hidden))
		}
	}
	slices.Reverse(f.Posts)
	return f
}

func (p *Person) account() Account { return Account{Handle: p.Handle, Name: p.called()} }

// hiddenIn are the replies that the gates of their threads hide.
func hiddenIn(all []*Stored) map[string]bool {
	hidden := map[string]bool{}
	for _, s := range all {
		list, _ := s.Value["hiddenReplies"].([]any)
		for _, uri := range list {
			if uri, ok := uri.(string); ok {
				hidden[uri] = true
			}
		}
	}
	return hidden
}

func (n *Network) post(s *Stored, all []*Stored, hidden map[string]bool) Post {
	author := n.People[s.DID]
	p := Post{
		URI: s.URI, Author: author.account(), Brand: author.Brand, At: s.At.Unix(), Parts: parts(s.Value),
		Pictures: pictures(s.Value), Hidden: hidden[s.URI], Replies: []Post{},
	}
	for _, l := range n.likes {
		if l.Subject == s.URI {
			p.Likes++
		}
	}
	for _, other := range all {
		if parent, _ := refOf(other.Value, "parent"); parent == s.URI {
			p.Replies = append(p.Replies, n.post(other, all, hidden))
		}
	}
	return p
}

// parts takes a post's text apart at its facets, which count bytes.
func parts(value map[string]any) []Part {
	text, _ := value["text"].(string)
	all := []Part{}
	add := func(s string, link bool) {
		if s != "" {
			all = append(all, Part{s, link})
		}
	}
	at := 0
	for _, f := range facetsOf(value) {
		from, to := f.Index.ByteStart, f.Index.ByteEnd
		if from < at || to < from || to > len(text) {
			continue
		}
		add(text[at:from], false)
		add(text[from:to], true)
		at = to
	}
	add(text[at:], false)
	return all
}

func facetsOf(value map[string]any) (facets []Facet) {
	raw, err := json.Marshal(value["facets"])
	if err == nil {
		_ = json.Unmarshal(raw, &facets) // they were looked at when they came
	}
	return facets
}

func pictures(value map[string]any) []Picture {
	all := []Picture{}
	embed, _ := value["embed"].(map[string]any)
	list, _ := embed["images"].([]any)
	for _, one := range list {
		picture, _ := one.(map[string]any)
		file, _ := picture["image"].(map[string]any)
		ref, _ := file["ref"].(map[string]any)
		cid, _ := ref["$link"].(string)
		alt, _ := picture["alt"].(string)
		all = append(all, Picture{cid, alt})
	}
	return all
}

// File gives the bytes of a picture.
func (n *Network) File(cid string) (mime string, data []byte, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	b, ok := n.blobs[cid]
	return b.mime, b.data, ok
}

// Comment writes below a post, in the name of somebody; false: there is no such post
// or person, or the network does not take the text.
func (n *Network) Comment(handle, text, uri string) bool {
	text = strings.TrimSpace(text)
	n.mu.Lock()
	who, post := n.People[n.DID(handle)], n.Records[uri]
	fits := who != nil && !who.Brand && post != nil && post.Collection == postCollection && text != "" &&
		n.invalidPost(map[string]any{"text": text}) == ""
	n.mu.Unlock()
	if fits {
		n.Say(handle, text, uri, "")
	}
	return fits
}

// Praise lets somebody like a post, once.
func (n *Network) Praise(handle, uri string) bool {
	n.mu.Lock()
	who, post := n.People[n.DID(handle)], n.Records[uri]
	fits := who != nil && !who.Brand && post != nil && post.Collection == postCollection &&
		!slices.ContainsFunc(n.likes, func(l like) bool { return l.By == who.DID && l.Subject == uri })
	n.mu.Unlock()
	if fits {
		n.Like(handle, uri)
	}
	return fits
}
