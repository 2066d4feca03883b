package emulator

import (
	"context"
	"embed"
	stdjson "encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"

	"peyk/emulator/sky"
)

// PageOptions say whose phones the page shows and what it may steer.
type PageOptions struct {
	Lang    string       // of the page until its visitor chooses another: "fa", else "en"
	People  []PagePerson // who has a phone, in the order of the page; nobody named: everybody has one
	Control Control      // the clock, the bot's process and its faults; nil: the page shows no bar for them
	Sky     *sky.Network // the Bluesky of this world; nil: there is none
	NoTour  bool         // leave the guided tour out
}

// PagePerson is somebody whose phone the page shows.
type PagePerson struct {
	Username string
	About    map[string]string // who that is, by language: "Agency owner"
}

// Control is what the page steers outside of the emulator.
type Control interface {
	// Clock gives the world's time.
	Clock() ClockFace
	// Skip moves the world's time: by "15m" or "1h", to the next "due" post, or to "saturday".
	Skip(ctx context.Context, to string) error

	// Alive says whether the bot's process runs; Kill ends it roughly, Start begins it again.
	Alive() bool
	Kill(ctx context.Context) error
	Start(ctx context.Context) error
}

// ClockFace is a moment as the page shows it.
type ClockFace struct {
	Now  int64  `json:"now"` // unix seconds, like all times of the page
	Fa   string `json:"fa"`
	En   string `json:"en"`
	Zone string `json:"zone"`
	Due  int64  `json:"due"` // when the next post is due; 0: none is
}

// The page of phones: plain HTML, style sheets, scripts and a font. Its words and looks are its own; what it shows comes from
// the handlers of [NewPage].
//
//go:embed page
var pageFiles embed.FS

// Page serves the phones of an emulator's people to a browser on the same machine.
type Page struct {
	e       *Emulator
	opts    PageOptions
	handler http.Handler
	maxSend int64 // bytes of an upload; maxSend but for a test of the refusal
}

// Most that a request of the page may bring.
const (
	maxDeed = 1 << 20
	maxSend = 60 << 20
)

// NewPage gives the page of phones with all that it asks for. It belongs on a listener of its own on the loopback interface:
// whoever reaches it acts as any person of the world.
func NewPage(e *Emulator, o PageOptions) *Page {
	if o.Lang != "fa" {
		o.Lang = "en"
	}
	g := &Page{e: e, opts: o, maxSend: maxSend}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", g.index)
	mux.HandleFunc("GET /assets/{name...}", g.asset)
	mux.HandleFunc("GET /file/{id}", g.file)
	mux.HandleFunc("GET /api/world", g.world)
	mux.HandleFunc("GET /api/chat", g.byViewer(g.chat, "chat", "before", "limit"))
	mux.HandleFunc("GET /api/comments", g.byViewer(g.comments, "channel", "post"))
	mux.HandleFunc("GET /api/live", g.live)
	mux.HandleFunc("GET /api/sky", g.sky)
	mux.HandleFunc("GET /sky/{cid}", g.skyFile)
	mux.HandleFunc("POST /api/send", g.send)
	for name, f := range g.personDeeds() {
		mux.HandleFunc("POST /api/"+name, g.byPerson(f))
	}
	for name, f := range g.worldDeeds() {
		mux.HandleFunc("POST /api/"+name, g.byVisitor(f))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { g.refuse(w, nil, errNoSuch) })
	g.handler = g.guarded(mux)
	return g
}

// ServeHTTP answers the browser.
func (g *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.handler.ServeHTTP(w, r) }

// guarded keeps out what does not come from the page itself: names of other hosts that lead here (DNS rebinding), and posts of
// other sites, which cannot set a header of ours.
func (g *Page) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "+
			"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		switch {
		case !isLoopback(r.Host):
			g.refuse(w, nil, errForbiddenHost)
		case r.Method == http.MethodPost && r.Header.Get("X-Peyk") != "1":
			g.refuse(w, nil, errHeaderMissing)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// deed is the body of a POST; each deed reads the fields that it needs.
type deed struct {
	As       int64
	Chat     int64
	Text     string
	Reply    int64
	Entities []Entity
	Message  int64
	Messages []int64
	From     int64
	Data     string
	Emoji    string
	Payload  string
	Link     string
	Channel  int64
	Post     int64
	On       bool
	Lang     string
	Title    string
	Username string
	Skip     string
	Name     string
	Do       string
	Step     int
	Seen     string
}

// answer is what a deed tells the page beside its success.
type answer map[string]any

// byPerson runs a deed that somebody does on the own phone.
func (g *Page) byPerson(f func(*Phone, *deed) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := readDeed(w, r)
		if err != nil {
			g.refuse(w, nil, err)
			return
		}
		p, err := g.person(d.As)
		if err != nil {
			g.refuse(w, nil, err)
			return
		}
		a, err := f(p, d)
		g.finish(w, p, a, err)
	}
}

// byVisitor runs a deed that nobody in the world does.
func (g *Page) byVisitor(f func(context.Context, *deed) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := readDeed(w, r)
		if err != nil {
			g.refuse(w, nil, err)
			return
		}
		a, err := f(r.Context(), d)
		g.finish(w, nil, a, err)
	}
}

func readDeed(w http.ResponseWriter, r *http.Request) (*deed, error) {
	var d deed
	err := stdjson.NewDecoder(http.MaxBytesReader(w, r.Body, maxDeed)).Decode(&d)
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return nil, errTooBig
	}
	if err != nil {
		return nil, errBadJSON
	}
	return &d, nil
}

// finish answers a deed.
func (g *Page) finish(w http.ResponseWriter, p *Phone, a answer, err error) {
	if err != nil {
		g.refuse(w, p, err)
		return
	}
	body := answer{"ok": true}
	for k, v := range a {
		body[k] = v
	}
	g.reply(w, http.StatusOK, body)
}

// reply writes JSON that no browser keeps.
func (g *Page) reply(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, code, v)
}

// person finds the phone of somebody by id, with the chat with the bot open.
func (g *Page) person(id int64) (*Phone, error) {
	g.e.mu.Lock()
	defer g.e.mu.Unlock()
	u, ch := g.e.users[id], g.e.chats[id]
	if u == nil || ch == nil || u.IsBot || u.deactivated {
		return nil, errUnknownPerson
	}
	return &Phone{e: g.e, user: u, chat: ch}, nil
}

// in opens another chat on a phone, if the person may see it.
func (g *Page) in(p *Phone, chat int64) (*Phone, error) {
	g.e.mu.Lock()
	defer g.e.mu.Unlock()
	if chat == 0 {
		chat = p.user.ID
	}
	ch := g.e.chats[chat]
	if ch == nil || !g.e.sees(p.user.ID, ch) {
		return nil, errNoChat
	}
	return &Phone{e: g.e, user: p.user, chat: ch}, nil
}

// visits says whether a person may open a chat: the own one with the bot, those joined, and public ones. The lock is held.
func (e *Emulator) visits(person int64, ch *chat) bool {
	if ch.Type == Private {
		return ch.ID == person
	}
	m := ch.members[person]
	return ch.migratedTo == 0 && (m.isIn() || ch.Username != "" && (m == nil || m.Status != Banned))
}

// sees says whether anything of a chat comes to a person's phone: it may be opened, or it is the discussion group of such a
// channel, of which the threads under posts are seen. The lock is held.
func (e *Emulator) sees(person int64, ch *chat) bool {
	channel := e.chats[ch.linked]
	return e.visits(person, ch) || ch.isGroup() && channel != nil && channel.Type == Broadcast && e.visits(person, channel)
}

// mayWrite says whether a person may write in a chat. The lock is held.
func mayWrite(person int64, ch *chat) bool {
	m := ch.members[person]
	switch ch.Type {
	case Private:
		return ch.ID == person
	case Broadcast:
		return m.can("can_post_messages")
	}
	return m.isIn() && m.Status != Restricted
}
