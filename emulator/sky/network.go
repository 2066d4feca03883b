// Package sky is Bluesky in small, for the tests and the demo: one server that holds
// records and shows them, as strict as the real one where the connector depends on
// it. What it allows and the real servers do not is a fault of it
// (docs/decisions/0011-bluesky-network.md).
package sky

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Network is a server with its people. Fields are read and changed within Change.
type Network struct {
	mu     sync.Mutex
	server *http.Server // nil: not started

	URL     string           // its base address, as it names itself to those who ask
	Address string           // where it listens: a program whose proxy this is reaches it by its URL, and nobody else
	Holder  string           // the address that it gives for its accounts' server; empty: itself
	Clock   func() time.Time // what records are dated with; nil: a clock that moves on with every record
	Began   time.Time
	Now     time.Time // of the newest record
	People  map[string]*Person
	Records map[string]*Stored
	Queries map[string]string // the last query of each method
	Hosts   map[string]string // and the host that was asked

	Down bool // every call is answered with 502

	blobs   map[string]blobSeen
	rev     int64 // counts the changes
	likes   []like
	said    int      // posts that people wrote
	asked   []string // the methods, in order
	answers map[string][]Answer
}

// A Person has an account there.
type Person struct {
	DID, Handle, Password string
	Name                  string          // what he calls himself; empty: the beginning of his handle
	Brand                 bool            // Peyk is to write in his name
	Followers             int             // 0 counts as 12
	Access                map[string]bool // true: it has run out
	Refresh               string
	Ended                 string // the refresh token that SignOut has taken; empty: none since the last signing in
	Renewals              int
	Gone                  bool   // taken down
	Named                 string // the handle that his DID document names; empty: his own
}

// A Stored is a record.
type Stored struct {
	URI, CID, DID, Collection string
	Value                     map[string]any
	At                        time.Time
}

type blobSeen struct {
	mime string
	size int
	data []byte
}

type like struct {
	By, Subject string
	At          time.Time
}

// An Answer stands in for a method's own.
type Answer struct {
	Status int
	Name   string
	Words  string
	Header map[string]string
	Raw    string
	After  bool // the method is executed all the same
	Drop   bool // and the connection closed without an answer
}

// Password is the app password of everybody.
const Password = "abcd-efgh-ijkl-mnop"

// New makes a network on which these people have accounts. It answers once it is started.
func New(handles ...string) *Network {
	n := &Network{
		Began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), People: map[string]*Person{}, Records: map[string]*Stored{},
		blobs: map[string]blobSeen{}, answers: map[string][]Answer{}, Queries: map[string]string{}, Hosts: map[string]string{},
	}
	n.Now = n.Began
	for i, handle := range handles {
		did := "did:plc:" + letters(fmt.Sprintf("%024d", i+1))
		n.People[did] = &Person{DID: did, Handle: handle, Password: Password, Access: map[string]bool{}}
	}
	return n
}

// Renew makes the network what New makes for these people, as though nothing had happened
// on it. It goes on to answer where it did.
func (n *Network) Renew(handles ...string) {
	fresh := New(handles...)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Now, n.People, n.Records, n.Queries, n.Hosts, n.Down = fresh.Now, fresh.People, fresh.Records, fresh.Queries, fresh.Hosts, false
	n.blobs, n.likes, n.said, n.asked, n.answers = fresh.blobs, nil, 0, nil, fresh.answers
	n.rev++
}

// Fresh tells whether nobody has asked or said anything.
func (n *Network) Fresh() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.asked) == 0 && len(n.Records) == 0
}

// letters writes a number with those that names and keys may have.
func letters(digits string) string {
	return strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(digits)
}

// DID is the lasting name of somebody; empty: nobody has the handle.
func (n *Network) DID(handle string) string {
	for did, p := range n.People {
		if p.Handle == handle {
			return did
		}
	}
	return ""
}

// Fail puts answers in the way of the next calls of a method.
func (n *Network) Fail(method string, a ...Answer) {
	n.Change(func() { n.Spoil(method, a...) })
}

// Spoil is Fail within Change.
func (n *Network) Spoil(method string, a ...Answer) {
	n.answers[method] = append(n.answers[method], a...)
}

// Expire ends the life of all access tokens of an account.
func (n *Network) Expire(did string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for token := range n.People[did].Access {
		n.People[did].Access[token] = true
	}
}

// Change lets a test do something to the network between two calls.
func (n *Network) Change(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
}

// Count is how often a method was called.
func (n *Network) Count(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(n.asked), func(m string) bool { return m != method }))
}

// A refusal is an error in the words of XRPC.
type refusal struct {
	status      int
	name, words string
}

func refuse(name, words string) *refusal { return &refusal{400, name, words} }

// Serve answers a call; a server of its own may do so too.
func (n *Network) Serve(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.Down || n.foreign(r) {
		n.reply(w, http.StatusBadGateway, map[string]string{"error": "UpstreamFailure", "message": "Bad Gateway"}, Answer{})
		return
	}
	method, called := strings.CutPrefix(r.URL.Path, "/xrpc/")
	if !called {
		n.document(w, strings.TrimPrefix(r.URL.Path, "/"))
		return
	}
	n.asked = append(n.asked, method)
	n.Queries[method], n.Hosts[method] = r.URL.RawQuery, r.Host
	var in Answer
	if waiting := n.answers[method]; len(waiting) > 0 {
		in, n.answers[method] = waiting[0], waiting[1:]
	}
	if in.Status != 0 && !in.After {
		n.reply(w, in.Status, map[string]string{"error": in.Name, "message": in.Words}, in)
		return
	}
	result, no := n.execute(method, r)
	switch {
	case in.Drop:
		panic(http.ErrAbortHandler)
	case in.Status != 0:
		n.reply(w, in.Status, map[string]string{"error": in.Name, "message": in.Words}, in)
	case no != nil:
		n.reply(w, no.status, map[string]string{"error": no.name, "message": no.words}, in)
	default:
		n.reply(w, 200, result, in)
	}
}

func (n *Network) reply(w http.ResponseWriter, status int, body any, in Answer) {
	w.Header().Set("Content-Type", "application/json")
	for name, value := range in.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	if in.Raw != "" {
		_, _ = w.Write([]byte(in.Raw))
		return
	}
	_ = json.NewEncoder(w).Encode(body) // whoever asked may have gone
}

// methods are what the network can do; those that name nobody need no token.
func (n *Network) execute(method string, r *http.Request) (any, *refusal) {
	open := map[string]func(*http.Request) (any, *refusal){
		"com.atproto.server.createSession":   n.createSession,
		"com.atproto.server.refreshSession":  n.refreshSession,
		"com.atproto.server.deleteSession":   n.deleteSession,
		"com.atproto.identity.resolveHandle": n.resolveHandle,
		"com.atproto.repo.describeRepo":      n.describeRepo,
		"com.atproto.repo.getRecord":         n.getRecord,
		"com.atproto.repo.listRecords":       n.listRecords,
	}
	closed := map[string]func(*Person, *http.Request) (any, *refusal){
		"com.atproto.repo.putRecord":              n.putRecord,
		"com.atproto.repo.deleteRecord":           n.deleteRecord,
		"com.atproto.repo.uploadBlob":             n.uploadBlob,
		"app.bsky.feed.getPosts":                  n.getPosts,
		"app.bsky.feed.getPostThread":             n.getPostThread,
		"app.bsky.actor.getProfile":               n.getProfile,
		"app.bsky.notification.listNotifications": n.listNotifications,
	}
	if f, ok := open[method]; ok {
		return f(r)
	}
	f, ok := closed[method]
	if !ok {
		return nil, &refusal{501, "MethodNotImplemented", "Method Not Implemented"}
	}
	p, no := n.bearer(r)
	if no != nil {
		return nil, no
	}
	return f(p, r)
}

func (n *Network) read(r *http.Request, into any) *refusal {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		return refuse("InvalidRequest", "Wrong request encoding")
	}
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return refuse("SyntaxError", err.Error())
	}
	return nil
}

func (n *Network) getRecord(r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	uri := "at://" + q.Get("repo") + "/" + q.Get("collection") + "/" + q.Get("rkey")
	s, ok := n.Records[uri]
	if !ok {
		return nil, refuse("RecordNotFound", "Could not locate record: "+uri)
	}
	return map[string]any{"uri": s.URI, "cid": s.CID, "value": s.Value}, nil
}

func (n *Network) listRecords(r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	var found []any
	for _, s := range n.Records {
		if s.DID == q.Get("repo") && s.Collection == q.Get("collection") {
			found = append(found, map[string]any{"uri": s.URI, "cid": s.CID, "value": s.Value})
		}
	}
	return map[string]any{"records": found}, nil
}

func (n *Network) uploadBlob(_ *Person, r *http.Request) (any, *refusal) {
	data := make([]byte, 0, 1024)
	for {
		part := make([]byte, 4096)
		k, err := r.Body.Read(part)
		data = append(data, part[:k]...)
		if err != nil {
			break
		}
	}
	kind := r.Header.Get("Content-Type")
	if !strings.HasPrefix(kind, "image/") || len(data) == 0 {
		return nil, refuse("InvalidRequest", "not an image: "+kind)
	}
	cid := CID(data)
	n.blobs[cid] = blobSeen{kind, len(data), data}
	return map[string]any{"blob": map[string]any{
		"$type": "blob", "ref": map[string]any{"$link": cid}, "mimeType": kind, "size": len(data),
	}}, nil
}

// CID is the name of these bytes.
func CID(data []byte) string {
	sum := sha256.Sum256(data)
	return "bafyrei" + hex.EncodeToString(sum[:])[:52]
}

func (n *Network) deleteRecord(p *Person, r *http.Request) (any, *refusal) {
	var in struct{ Repo, Collection, Rkey string }
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	delete(n.Records, "at://"+p.DID+"/"+in.Collection+"/"+in.Rkey)
	n.rev++
	return map[string]any{}, nil
}

// putRecord follows the real one: the same body again changes nothing, whatever
// swapRecord says; then swapRecord must name what is there (null: nothing).
func (n *Network) putRecord(p *Person, r *http.Request) (any, *refusal) {
	var in struct {
		Repo, Collection, Rkey string
		Record                 json.RawMessage
		SwapRecord             json.RawMessage
	}
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	if in.Repo != p.DID {
		return nil, &refusal{403, "AccountNotFound", "Account not found"}
	}
	var value map[string]any
	if err := json.Unmarshal(in.Record, &value); err != nil {
		return nil, refuse("InvalidRequest", err.Error())
	}
	if fault := n.Invalid(in.Collection, in.Rkey, value); strings.HasPrefix(fault, lostFile) {
		return nil, refuse("BlobNotFound", fault)
	} else if fault != "" {
		return nil, refuse("InvalidRequest", fault)
	}
	return n.Put(p.DID, in.Collection, in.Rkey, value, string(in.SwapRecord))
}

// Put writes a record within Change, in place of what swap names, as putRecord does.
func (n *Network) Put(did, collection, key string, value map[string]any, swap string) (any, *refusal) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, refuse("InvalidRequest", err.Error())
	}
	uri, cid := "at://"+did+"/"+collection+"/"+key, CID(body)
	was, there := n.Records[uri]
	switch {
	case there && was.CID == cid:
		return map[string]any{"uri": uri, "cid": cid}, nil
	case swap == "null" && there:
		return nil, refuse("InvalidSwap", "Record was at "+was.CID)
	case swap != "null" && swap != "" && (!there || swap != strconv.Quote(was.CID)):
		return nil, refuse("InvalidSwap", "Record was not at "+swap)
	}
	n.tick()
	n.Records[uri] = &Stored{URI: uri, CID: cid, DID: did, Collection: collection, Value: value, At: n.Now}
	return map[string]any{"uri": uri, "cid": cid}, nil
}

// tick moves the time on: two records are never of the same moment.
func (n *Network) tick() {
	n.rev++
	n.Now = n.Now.Add(time.Second)
	n.Now = n.moment()
}

// moment is what its clock shows, but not before the newest record.
func (n *Network) moment() time.Time {
	if n.Clock != nil {
		if now := n.Clock().UTC().Truncate(time.Millisecond); now.After(n.Now) {
			return now
		}
	}
	return n.Now
}

// Held is a record that is there.
func (n *Network) Held(uri string) Stored {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.Records[uri]; ok {
		return *s
	}
	return Stored{}
}

// Posts counts the posts of an account.
func (n *Network) Posts(did string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, s := range n.Records {
		if s.DID == did && s.Collection == "app.bsky.feed.post" {
			count++
		}
	}
	return count
}
