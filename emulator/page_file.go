package emulator

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// file gives the bytes of a file that a message shows. Only pictures, sound and films open in the page; all else is for saving,
// so that no document of somebody runs as a page.
func (g *Page) file(w http.ResponseWriter, r *http.Request) {
	g.e.mu.Lock()
	f := g.e.files[r.PathValue("id")]
	g.e.mu.Unlock()
	if f == nil {
		g.refuse(w, nil, errNoSuch)
		return
	}
	kind, shown := shownType(f.Mime)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=31536000, immutable") // a file_id never gets other bytes
	if name := r.URL.Query().Get("name"); name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": safeName(name)}))
	} else if !shown {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
}

// shownType is the content type to serve a file with, and whether a browser may show it.
func shownType(declared string) (string, bool) {
	kind, _, err := mime.ParseMediaType(declared)
	if err != nil {
		return "application/octet-stream", false
	}
	family, _, _ := strings.Cut(kind, "/")
	switch {
	case kind == "image/svg+xml": // may hold scripts
	case family == "image", family == "video", family == "audio":
		return kind, true
	}
	return "application/octet-stream", false
}

// safeName is a file name without folders and signs that steer.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\\", "/"))
	if s = path.Base(s); s == "." || s == "/" || s == ".." {
		return "file"
	}
	return s
}

func (g *Page) index(w http.ResponseWriter, r *http.Request) { g.embedded(w, r, "index.html") }

func (g *Page) asset(w http.ResponseWriter, r *http.Request) { g.embedded(w, r, r.PathValue("name")) }

// embedded serves a file of the page itself.
func (g *Page) embedded(w http.ResponseWriter, r *http.Request, name string) {
	data, err := fs.ReadFile(pageFiles, "page/"+name)
	if err != nil {
		g.refuse(w, nil, errNoSuch)
		return
	}
	h := w.Header()
	h.Set("Content-Type", assetType(name))
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hashOf(data)[:16]+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// assetType does not ask the machine's own table, which differs from one to the next.
func assetType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}
