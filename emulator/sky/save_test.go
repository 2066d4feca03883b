package sky_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"peyk/emulator/sky"
)

// newNetwork is a network with a brand's post, a picture and an answer.
func newNetwork(t *testing.T) (n *sky.Network, token string) {
	t.Helper()
	n = sky.New("cafe.test", "sara.test")
	n.People[n.DID("cafe.test")].Brand = true
	post := n.Say("cafe.test", "Cakes", "", "")
	n.Say("sara.test", "Gluten free?", post, "")
	if !n.Praise("sara.test", post) {
		t.Fatal("nobody may like it")
	}
	n.Change(func() {
		cafe := n.People[n.DID("cafe.test")]
		cafe.Access["secret"], cafe.Refresh = false, "another"
	})
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	return n, "secret"
}

func upload(t *testing.T, n *sky.Network, token string) int {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.Address+"/xrpc/com.atproto.repo.uploadBlob", bytes.NewReader([]byte("png")))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "image/png")
	q.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// What is saved is there again: posts, answers, pictures, sessions; a network that
// was never saved begins as it was made, and another form is refused.
func TestSave(t *testing.T) {
	n, token := newNetwork(t)
	if code := upload(t, n, token); code != http.StatusOK {
		t.Fatal(code)
	}
	dir := t.TempDir()
	fresh := sky.New("cafe.test", "sara.test", "new.test")
	if err := fresh.LoadFrom(dir); err != nil || len(fresh.Feed().Posts) != 0 {
		t.Errorf("nothing was saved: %v", err)
	}
	for range 2 { // also over an older state
		if err := n.SaveTo(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := fresh.LoadFrom(dir); err != nil {
		t.Fatal(err)
	}
	was, is := n.Feed(), fresh.Feed()
	if !reflect.DeepEqual(was.Posts, is.Posts) || !reflect.DeepEqual(was.Brands, is.Brands) || len(is.Followers) != 2 {
		t.Errorf("saved %+v\nloaded %+v", was, is)
	}
	if _, data, ok := fresh.File(sky.CID([]byte("png"))); !ok || string(data) != "png" {
		t.Error("the picture is gone")
	}
	if err := fresh.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fresh.Close)
	if code := upload(t, fresh, token); code != http.StatusOK {
		t.Errorf("the session is gone: %d", code)
	}
	for _, text := range []string{"And vegan?", "And halal?"} {
		fresh.Comment("sara.test", text, is.Posts[0].URI)
	}
	if len(fresh.Feed().Posts[0].Replies) != 3 {
		t.Error("a new answer took an old one's place")
	}
	if err := os.WriteFile(filepath.Join(dir, "network.json"), []byte(`{"Version":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if sky.New().LoadFrom(dir) == nil {
		t.Error("a state of another form was read")
	}
}

// A network that is somebody's proxy answers in its own name alone: nothing that is
// meant for others leads out.
func TestProxy(t *testing.T) {
	n := sky.New("cafe.test")
	n.URL = "http://bluesky.test"
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Close)
	way, err := url.Parse(n.Address)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(way)}}
	const question = "/xrpc/com.atproto.identity.resolveHandle?handle=cafe.test"
	for host, want := range map[string]int{"http://bluesky.test": 200, "http://elsewhere.test": 502, "https://bluesky.test": 0} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host+question, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		code := 0
		if answer, err := client.Do(q); err == nil {
			code = answer.StatusCode
			answer.Body.Close()
		}
		if code != want {
			t.Errorf("%s: %d, want %d", host, code, want)
		}
	}
}
