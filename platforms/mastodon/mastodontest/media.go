package mastodontest

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

// Description is what describes a file that a post names, by the post's place for it.
func (s *Server) Description(id string, n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[s.status(id).files[n]].description
}

// Spoil lets the files that are worked on now never become ready.
func (s *Server) Spoil() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files {
		f.broken = f.looks > 0
	}
}

func (s *Server) upload(c *call) (int, any) {
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return refuse(http.StatusBadRequest, "no form")
	}
	f := &file{owner: c.who.id, looks: s.work}
	form := multipart.NewReader(strings.NewReader(string(c.body)), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			break
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return refuse(http.StatusBadRequest, "a broken form")
		}
		switch part.FormName() {
		case "file":
			f.mime, f.size = part.Header.Get("Content-Type"), len(data)
		case "description":
			f.description = string(data)
		default:
			s.t.Errorf("a form with the unknown part %q", part.FormName())
		}
	}
	limit := pictureSize
	if !strings.HasPrefix(f.mime, "image/") {
		limit = videoSize
	}
	switch {
	case f.size == 0:
		return refuse(http.StatusUnprocessableEntity, "Validation failed: File can't be blank")
	case !slices.Contains(mimeTypes(), f.mime):
		return refuse(http.StatusUnprocessableEntity, "Validation failed: File content type is invalid, File is invalid")
	case f.size > limit:
		return refuse(http.StatusUnprocessableEntity, "Validation failed: File must be less than 16 MB")
	}
	f.id = s.next()
	s.files[f.id] = f
	if f.looks > 0 {
		return http.StatusAccepted, s.attachment(f)
	}
	return http.StatusOK, s.attachment(f)
}

// look tells whether a file is ready. One that a post names is not to be seen here.
func (s *Server) look(c *call) (int, any) {
	f, ok := s.files[c.PathValue("id")]
	switch {
	case !ok || f.owner != c.who.id || f.attached:
		return refuse(http.StatusNotFound, "Record not found")
	case f.broken:
		return refuse(http.StatusUnprocessableEntity, "Error processing thumbnail for uploaded media")
	case f.looks > 0:
		f.looks--
	}
	if f.looks > 0 {
		return http.StatusPartialContent, s.attachment(f)
	}
	return http.StatusOK, s.attachment(f)
}

func (s *Server) attachment(f *file) map[string]any {
	kind, _, _ := strings.Cut(f.mime, "/")
	var address any
	if f.looks == 0 {
		address = s.page("/files/" + f.id)
	}
	return map[string]any{
		"id": f.id, "type": kind, "url": address, "preview_url": address, "remote_url": nil, "blurhash": nil, "meta": nil,
		"description": f.description,
	}
}

// Finish ends the work on all files.
func (s *Server) Finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = 0
	for _, f := range s.files {
		f.looks = 0
	}
}
