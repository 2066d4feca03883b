package sky

import (
	"net/http"
	"reflect"
	"testing"
)

// TestRenew: of all that can happen nothing is left, and the network answers where it did.
func TestRenew(t *testing.T) {
	t.Parallel()
	n := New("cafe.test", "sara.test")
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	answers := func() int {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.Address+"/xrpc/com.atproto.identity.resolveHandle?handle=cafe.test", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer.StatusCode
	}
	if status := answers(); status != http.StatusOK || n.Fresh() {
		t.Errorf("it answers %d, and is fresh", status)
	}
	n.Like("sara.test", n.Say("cafe.test", "Nine new cakes", "", ""))
	n.Fail("com.atproto.server.createSession", Answer{Status: http.StatusBadGateway})
	n.Revoke("cafe.test", "none")
	n.Change(func() { n.blobs["x"] = blobSeen{mime: "image/png"} })
	n.SetDown(true)
	n.Renew("cafe.test", "sara.test")
	anew := New("cafe.test", "sara.test")
	anew.server, anew.URL, anew.Address, anew.rev = n.server, n.URL, n.Address, n.rev
	if !reflect.DeepEqual(n, anew) || !n.Fresh() {
		t.Errorf("it is\n%+v\nand was\n%+v", n, anew)
	}
	if status := answers(); status != http.StatusOK {
		t.Errorf("it answers %d", status)
	}
}
