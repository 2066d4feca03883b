package emulator

import (
	"context"
	"embed"
	stdjson "encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// The page of phones: plain HTML, style sheets, scripts and a font. Its words and looks are its own; what it shows comes from
// the handlers of [NewPage].
//
//go:embed page
var pageFiles embed.FS

// PageOptions say who gets a phone on the page, and who holds the clock and the bot's process.
type PageOptions struct {
	Lang    string       // "fa" or "en": what the page itself speaks at first
	People  []PagePerson // in the order of their phones
	Control Control      // nil: no clock bar and no bot bar
}

// PagePerson is somebody whose phone stands on the page.
type PagePerson struct {
	Username string
	About    map[string]string // who that is, by language
}

// Control is what the page can do beside using Telegram.
type Control interface {
	Clock() ClockFace
	Skip(ctx context.Context, to string) error // "15m", "1h", "due", "saturday"
	Alive() bool                               // the bot's process runs
	Kill(ctx context.Context) error            // as a power cut would
	Start(ctx context.Context) error
}

// ClockFace is the time of the world in both calendars, with the next minute at which a post is due (0: none).
type ClockFace struct {
	Now  int64  `json:"now"`
	Fa   string `json:"fa"`
	En   string `json:"en"`
	Zone string `json:"zone"`
	Due  int64  `json:"due"`
}

// Page serves the phones of an emulator's people to a browser on the same machine.
type Page struct {
	e   *Emulator
	o   PageOptions
	mux *http.ServeMux

	mu   sync.Mutex
	read map[[2]int64]int64 // who, chat → the newest message that was looked at
}

// NewPage makes the page of phones. It answers only to a browser that came by a loopback address.
func NewPage(e *Emulator, o PageOptions) *Page {
	if o.Lang != "fa" {
		o.Lang = "en"
	}
	p := &Page{e: e, o: o, mux: http.NewServeMux(), read: map[[2]int64]int64{}}
	files, _ := fs.Sub(pageFiles, "page") // the folder is embedded above
	p.mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(files)))
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "index.html") })
	p.mux.HandleFunc("GET /file/{id}", p.file)
	p.mux.HandleFunc("GET /api/live", p.live)
	for path, see := range map[string]view{"world": p.world, "chat": p.chat, "comments": p.comments} {
		p.mux.HandleFunc("GET /api/"+path, p.show(see))
	}
	for path, deed := range p.deeds() {
		p.mux.HandleFunc("POST /api/"+path, p.act(deed))
	}
	return p
}

// ServeHTTP answers the browser.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !isLoopback(r.Host) {
		tell(w, &pageError{http.StatusForbidden, "host", "This page is only for a browser on the same machine."})
		return
	}
	if r.Method == http.MethodPost && r.Header.Get("X-Peyk") == "" {
		tell(w, &pageError{http.StatusForbidden, "origin", "This request did not come from the page."})
		return
	}
	p.mux.ServeHTTP(w, r)
}

// isLoopback keeps away pages of others that got a name for this address.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// pageError is a refusal that the page shows.
type pageError struct {
	status int
	Code   string `json:"error"`
	Text   string `json:"text"`
}

// Error is the text.
func (e *pageError) Error() string { return e.Text }

var (
	errNobody  = &pageError{http.StatusNotFound, "nobody", "There is no such person."}
	errNoChat  = &pageError{http.StatusNotFound, "chat", "This person has no such chat."}
	errNoThing = &pageError{http.StatusNotFound, "message", "That message is not there any more."}
	errBad     = &pageError{http.StatusBadRequest, "request", "This request cannot be read."}
	errNoRight = &pageError{http.StatusForbidden, "right", "This person may not do that here."}
	errNobodys = &pageError{http.StatusNotFound, "control", "Here nobody holds the clock and the bot."}
)

func tell(w http.ResponseWriter, err error) {
	var known *pageError
	switch {
	case errors.As(err, &known):
	case errors.Is(err, ErrGone):
		known = errNoThing
	default:
		known = &pageError{http.StatusConflict, "failed", err.Error()}
	}
	writeJSON(w, known.status, known)
}

// view answers a question of the page.
type view func(r *http.Request) (any, error)

func (p *Page) show(see view) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := see(r)
		if err != nil {
			tell(w, err)
			return
		}
		writeJSON(w, http.StatusOK, v)
	}
}

const (
	maxDeed = 1 << 20  // bytes of a deed in JSON
	maxSend = 60 << 20 // bytes of a message with files
)

// deed does what somebody did on the page; what it returns goes back as JSON.
type deed func(r *http.Request, d *did) (any, error)

// did is a deed as it came.
type did struct {
	As, Chat, Message, Reply, Post, From, Channel int64
	Text, Data, Emoji, Payload, Lang, Title       string
	Username, Skip, Name, Do                      string
	On                                            bool
	Messages                                      []int64
	Entities                                      []Entity
}

func (p *Page) act(do deed) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d := &did{}
		if r.Header.Get("Content-Type") == "application/json" {
			r.Body = http.MaxBytesReader(w, r.Body, maxDeed)
			if err := stdjson.NewDecoder(r.Body).Decode(d); err != nil {
				tell(w, errBad)
				return
			}
		} else {
			r.Body = http.MaxBytesReader(w, r.Body, maxSend)
		}
		v, err := do(r, d)
		switch {
		case err != nil:
			tell(w, err)
		case v == nil:
			writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
		default:
			writeJSON(w, http.StatusOK, v)
		}
	}
}

// number reads an id of the query; 0: there is none.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.FormValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// phone is somebody's phone with a chat open that is theirs: their own one with the bot (0), or a group or channel that they are
// in. A public channel may be looked at by everybody.
func (p *Page) phone(as, chat int64) (*Phone, error) {
	p.e.mu.Lock()
	defer p.e.mu.Unlock()
	u := p.e.users[as]
	if u == nil || u.IsBot || p.e.chats[as] == nil {
		return nil, errNobody
	}
	if chat == 0 {
		chat = as
	}
	ch := p.e.chats[chat]
	if ch == nil || ch.Type == Private && chat != as || ch.Type != Private && !ch.members[as].isIn() && ch.Username == "" {
		return nil, errNoChat
	}
	return &Phone{e: p.e, user: u, chat: ch}, nil
}
