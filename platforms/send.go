package platforms

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// A Reply is what a server has answered.
type Reply struct {
	Status int // 0: nothing
	Header http.Header
	Body   []byte // as much of it as anybody reads
}

// maxReply is how much of an answer is read, in bytes.
const maxReply = 16 << 20

// Send makes a request and reads the answer. begun tells whether the request had begun
// to leave, so that the server may have carried it out, whatever went wrong after that.
func Send(client *http.Client, r *http.Request) (answer Reply, begun bool, err error) {
	var left atomic.Bool
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { left.Store(true) },
	}))
	got, err := client.Do(r)
	if err != nil {
		return Reply{}, left.Load(), plain(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(io.LimitReader(got.Body, maxReply))
	if err != nil {
		return Reply{}, true, plain(err)
	}
	return Reply{Status: got.StatusCode, Header: got.Header, Body: body}, true, nil
}

// plain takes the address out of an error of net/http: who reads it knows the
// method, and an address may name people.
func plain(err error) error {
	var behind *url.Error
	if errors.As(err, &behind) {
		return behind.Err
	}
	return err
}
