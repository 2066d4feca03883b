package bot

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"slices"
	"sync"
)

// An openError is a file of ours that could not be opened or read.
type openError struct{ error }

// Unwrap gives the cause.
func (e *openError) Unwrap() error { return e.error }

// A form is the body of an upload. It reads one file after the other, each opened
// when its turn comes, and holds none of them in memory.
type form struct {
	mu     sync.Mutex // the transport may close while it reads
	parts  []formPart
	now    io.ReadCloser // of the first part
	closed bool
}

// A formPart is text of the form, or a file.
type formPart struct {
	text []byte
	file *File
}

func (p formPart) open() (io.ReadCloser, error) {
	if p.file == nil {
		return io.NopCloser(bytes.NewReader(p.text)), nil
	}
	r, err := p.file.Open()
	if err != nil {
		return nil, &openError{err}
	}
	return r, nil
}

// newForm returns the body and its content type.
func newForm(fields map[string]string, files []File) (*form, string) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text) // writing to a buffer does not fail
	for name, value := range fields {
		_ = w.WriteField(name, value)
	}
	f := &form{}
	for _, file := range files {
		_, _ = w.CreateFormFile(file.Field, file.Name)
		f.parts = append(f.parts, formPart{text: slices.Clone(text.Bytes())}, formPart{file: &file})
		text.Reset()
	}
	_ = w.Close()
	f.parts = append(f.parts, formPart{text: text.Bytes()})
	return f, w.FormDataContentType()
}

// Read gives the next bytes of the form.
func (f *form) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		if err := f.ready(); err != nil {
			return 0, err
		}
		n, err := f.now.Read(p)
		if errors.Is(err, io.EOF) {
			err = f.next()
		} else if err != nil {
			err = &openError{err}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// ready opens the first part that is left.
func (f *form) ready() error {
	switch {
	case f.closed:
		return errors.New("the upload was closed")
	case len(f.parts) == 0:
		return io.EOF
	case f.now != nil:
		return nil
	}
	r, err := f.parts[0].open()
	f.now = r
	return err
}

// next closes the part that has been read.
func (f *form) next() error {
	r := f.now
	f.now, f.parts = nil, f.parts[1:]
	if err := r.Close(); err != nil {
		return &openError{err}
	}
	return nil
}

// Close closes the file that is open.
func (f *form) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.now == nil {
		return nil
	}
	r := f.now
	f.now = nil
	return r.Close()
}
