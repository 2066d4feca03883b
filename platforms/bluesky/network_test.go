package bluesky_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A network is Bluesky in small: one server that holds records and shows them, as
// strict as the real one where the connector depends on it.
type network struct {
	t  *testing.T
	mu sync.Mutex
	*httptest.Server
	holder  string // the address that it gives for its accounts' server
	began   time.Time
	now     time.Time // moves on with every record
	people  map[string]*person
	records map[string]*stored
	blobs   map[string]blobSeen
	likes   []like
	said    int      // posts that people wrote
	asked   []string // the methods, in order
	answers map[string][]answer
	queries map[string]string // the last query of each method
	hosts   map[string]string // and the host that was asked
}

// A person has an account there.
type person struct {
	did, handle, password string
	access                map[string]bool // true: it has run out
	refresh               string
	renewals              int
	gone                  bool // taken down
}

type stored struct {
	uri, cid, did, collection string
	value                     map[string]any
	at                        time.Time
}

type blobSeen struct {
	mime string
	size int
}

type like struct {
	by, subject string
	at          time.Time
}

// An answer stands in for a method's own.
type answer struct {
	status int
	name   string
	words  string
	header map[string]string
	raw    string
	after  bool // the method is executed all the same
	drop   bool // and the connection closed without an answer
}

const testPassword = "abcd-efgh-ijkl-mnop"

func newNetwork(t *testing.T, handles ...string) *network {
	n := &network{
		t: t, began: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), people: map[string]*person{}, records: map[string]*stored{},
		blobs: map[string]blobSeen{}, answers: map[string][]answer{}, queries: map[string]string{}, hosts: map[string]string{},
	}
	n.now = n.began
	for i, handle := range handles {
		did := fmt.Sprintf("did:plc:%024d", i+1)
		n.people[did] = &person{did: did, handle: handle, password: testPassword, access: map[string]bool{}}
	}
	n.Server = httptest.NewServer(http.HandlerFunc(n.serve))
	t.Cleanup(n.Close)
	return n
}

func (n *network) did(handle string) string {
	for did, p := range n.people {
		if p.handle == handle {
			return did
		}
	}
	return ""
}

// fail puts answers in the way of the next calls of a method.
func (n *network) fail(method string, a ...answer) {
	n.change(func() { n.spoil(method, a...) })
}

func (n *network) spoil(method string, a ...answer) {
	n.answers[method] = append(n.answers[method], a...)
}

// expire ends the life of all access tokens of an account.
func (n *network) expire(did string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for token := range n.people[did].access {
		n.people[did].access[token] = true
	}
}

// change lets a test do something to the network between two calls.
func (n *network) change(do func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	do()
}

func (n *network) count(method string) int {
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

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	n.asked = append(n.asked, method)
	n.queries[method], n.hosts[method] = r.URL.RawQuery, r.Host
	var in answer
	if waiting := n.answers[method]; len(waiting) > 0 {
		in, n.answers[method] = waiting[0], waiting[1:]
	}
	if in.status != 0 && !in.after {
		n.reply(w, in.status, map[string]string{"error": in.name, "message": in.words}, in)
		return
	}
	result, no := n.execute(method, r)
	switch {
	case in.drop:
		panic(http.ErrAbortHandler)
	case in.status != 0:
		n.reply(w, in.status, map[string]string{"error": in.name, "message": in.words}, in)
	case no != nil:
		n.reply(w, no.status, map[string]string{"error": no.name, "message": no.words}, in)
	default:
		n.reply(w, 200, result, in)
	}
}

func (n *network) reply(w http.ResponseWriter, status int, body any, in answer) {
	w.Header().Set("Content-Type", "application/json")
	for name, value := range in.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(status)
	if in.raw != "" {
		_, _ = w.Write([]byte(in.raw))
		return
	}
	if err := json.NewEncoder(w).Encode(body); err != nil {
		n.t.Error(err)
	}
}

// methods are what the network can do; those that name nobody need no token.
func (n *network) execute(method string, r *http.Request) (any, *refusal) {
	open := map[string]func(*http.Request) (any, *refusal){
		"com.atproto.server.createSession":  n.createSession,
		"com.atproto.server.refreshSession": n.refreshSession,
		"com.atproto.server.deleteSession":  n.deleteSession,
		"com.atproto.repo.getRecord":        n.getRecord,
		"com.atproto.repo.listRecords":      n.listRecords,
	}
	closed := map[string]func(*person, *http.Request) (any, *refusal){
		"com.atproto.identity.resolveHandle":      n.resolveHandle,
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

func (n *network) read(r *http.Request, into any) *refusal {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		return refuse("InvalidRequest", "Wrong request encoding")
	}
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return refuse("SyntaxError", err.Error())
	}
	return nil
}

func (n *network) getRecord(r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	uri := "at://" + q.Get("repo") + "/" + q.Get("collection") + "/" + q.Get("rkey")
	s, ok := n.records[uri]
	if !ok {
		return nil, refuse("RecordNotFound", "Could not locate record: "+uri)
	}
	return map[string]any{"uri": s.uri, "cid": s.cid, "value": s.value}, nil
}

func (n *network) listRecords(r *http.Request) (any, *refusal) {
	q := r.URL.Query()
	var found []any
	for _, s := range n.records {
		if s.did == q.Get("repo") && s.collection == q.Get("collection") {
			found = append(found, map[string]any{"uri": s.uri, "cid": s.cid, "value": s.value})
		}
	}
	return map[string]any{"records": found}, nil
}

func (n *network) uploadBlob(_ *person, r *http.Request) (any, *refusal) {
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
	cid := cidOf(data)
	n.blobs[cid] = blobSeen{kind, len(data)}
	return map[string]any{"blob": map[string]any{
		"$type": "blob", "ref": map[string]any{"$link": cid}, "mimeType": kind, "size": len(data),
	}}, nil
}

func cidOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "bafyrei" + hex.EncodeToString(sum[:])[:52]
}

func (n *network) deleteRecord(p *person, r *http.Request) (any, *refusal) {
	var in struct{ Repo, Collection, Rkey string }
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	delete(n.records, "at://"+p.did+"/"+in.Collection+"/"+in.Rkey)
	return map[string]any{}, nil
}

// putRecord follows the real one: the same body again changes nothing, whatever
// swapRecord says; then swapRecord must name what is there (null: nothing).
func (n *network) putRecord(p *person, r *http.Request) (any, *refusal) {
	var in struct {
		Repo, Collection, Rkey string
		Record                 json.RawMessage
		SwapRecord             json.RawMessage
	}
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	if in.Repo != p.did {
		return nil, &refusal{403, "AccountNotFound", "Account not found"}
	}
	var value map[string]any
	if err := json.Unmarshal(in.Record, &value); err != nil {
		return nil, refuse("InvalidRequest", err.Error())
	}
	if fault := n.invalid(in.Collection, in.Rkey, value); strings.HasPrefix(fault, lostFile) {
		return nil, refuse("BlobNotFound", fault)
	} else if fault != "" {
		return nil, refuse("InvalidRequest", fault)
	}
	return n.put(p.did, in.Collection, in.Rkey, value, string(in.SwapRecord))
}

func (n *network) put(did, collection, key string, value map[string]any, swap string) (any, *refusal) {
	body, err := json.Marshal(value)
	if err != nil {
		n.t.Fatal(err)
	}
	uri, cid := "at://"+did+"/"+collection+"/"+key, cidOf(body)
	was, there := n.records[uri]
	switch {
	case there && was.cid == cid:
		return map[string]any{"uri": uri, "cid": cid}, nil
	case swap == "null" && there:
		return nil, refuse("InvalidSwap", "Record was at "+was.cid)
	case swap != "null" && swap != "" && (!there || swap != strconv.Quote(was.cid)):
		return nil, refuse("InvalidSwap", "Record was not at "+swap)
	}
	n.now = n.now.Add(time.Second)
	n.records[uri] = &stored{uri: uri, cid: cid, did: did, collection: collection, value: value, at: n.now}
	return map[string]any{"uri": uri, "cid": cid}, nil
}

// held is a record that is there.
func (n *network) held(uri string) stored {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s, ok := n.records[uri]; ok {
		return *s
	}
	return stored{}
}

// posts counts the posts of an account.
func (n *network) posts(did string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, s := range n.records {
		if s.did == did && s.collection == "app.bsky.feed.post" {
			count++
		}
	}
	return count
}
