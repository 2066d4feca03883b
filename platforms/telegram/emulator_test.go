package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"peyk/emulator"
	"peyk/platforms"
	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
	"peyk/social"
)

// A wire is a client of the Bot API over HTTP, as plain as can be.
type wire struct{ url string }

func (w *wire) Call(ctx context.Context, method string, params map[string]any, files []telegram.File) (json.RawMessage, error) {
	body, kind, err := form(params, files)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/"+method, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	var dial interface{ Timeout() bool }
	switch {
	case err != nil && errors.As(err, &dial) && w.url == nowhere:
		return nil, telegram.Failure{Description: "no connection"}
	case err != nil:
		return nil, telegram.Failure{Description: "no answer", Maybe: true}
	}
	defer resp.Body.Close()
	return answerOf(resp)
}

// form writes the call as multipart/form-data; what is no text goes as JSON.
func form(params map[string]any, files []telegram.File) (io.Reader, string, error) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	var faults []error
	for name, value := range params {
		text, ok := value.(string)
		if !ok {
			data, err := json.Marshal(value)
			faults, text = append(faults, err), string(data)
		}
		faults = append(faults, m.WriteField(name, text))
	}
	for _, f := range files {
		part, err := m.CreateFormFile(f.Field, f.Name)
		content, openErr := f.Open()
		if err := errors.Join(err, openErr); err != nil {
			return nil, "", err
		}
		_, err = io.Copy(part, content)
		faults = append(faults, err, content.Close())
	}
	return &body, m.FormDataContentType(), errors.Join(append(faults, m.Close())...)
}

func answerOf(resp *http.Response) (json.RawMessage, error) {
	var a struct {
		OK          bool            `json:"ok"`
		Result      json.RawMessage `json:"result"`
		Description string          `json:"description"`
		Parameters  struct {
			RetryAfter int   `json:"retry_after"`
			MigrateTo  int64 `json:"migrate_to_chat_id"`
		} `json:"parameters"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return nil, &telegram.Failure{Code: resp.StatusCode, Description: "no JSON", Maybe: true}
	}
	if a.OK {
		return a.Result, nil
	}
	return nil, &telegram.Failure{Code: resp.StatusCode, Description: a.Description, MigrateTo: a.Parameters.MigrateTo,
		RetryAfter: time.Duration(a.Parameters.RetryAfter) * time.Second}
}

// nowhere is an address at which nobody listens.
const nowhere = "http://127.0.0.1:1"

// A world is an emulated Telegram with one channel in which the bot may post.
type world struct {
	*emulator.Emulator
	owner *emulator.Phone
	room  *emulator.Room
	wire  *wire
}

// botAPI is the description of the Bot API against which every world checks what is
// asked; nil: it is not here.
var botAPI = sync.OnceValue(func() *emulator.Spec {
	spec, err := emulator.LoadSpec(filepath.Join("..", "..", "..", "shared", "specs", "telegram-bot-api-10.3.json"))
	if err != nil {
		return nil
	}
	return spec
})

func newWorld(t *testing.T) world {
	t.Helper()
	e := emulator.New(emulator.Options{Spec: botAPI()})
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		e.Close()
		for _, fault := range e.Violations() {
			t.Errorf("against the Bot API: %s", fault)
		}
	})
	w := world{Emulator: e, owner: e.AddUser(emulator.User{Username: "sara", FirstName: "Sara"}), room: e.AddChannel("cafe", "کافه")}
	w.room.AddOwner(w.owner)
	w.room.PromoteBot(w.owner, telegram.RightPost, telegram.RightEdit)
	w.wire = &wire{url: e.URL() + "/bot" + e.Token()}
	return w
}

// posts counts the bot's posts in the channel, an album as one.
func (w world) posts() int {
	albums, n := map[string]bool{}, 0
	for _, m := range w.Messages(w.room.ID()) {
		if m.MediaGroup == "" || !albums[m.MediaGroup] {
			n++
		}
		albums[m.MediaGroup] = true
	}
	return n
}

func (w world) fail(f platformtest.Fault) {
	switch f {
	case platformtest.Unreachable:
		w.wire.url = nowhere
	case platformtest.Dropped:
		w.Fault(emulator.Fault{Kind: emulator.Drop})
	case platformtest.Broken:
		w.Fault(emulator.Fault{Kind: emulator.Garbage})
	case platformtest.Throttled:
		w.Fault(emulator.Fault{Kind: emulator.Flood, After: 17 * time.Second})
	case platformtest.Refused:
		w.Fault(emulator.Fault{Kind: emulator.Status, Code: 400})
	case platformtest.NoRights:
		w.room.PromoteBot(w.owner, telegram.RightEdit)
	case platformtest.Gone:
		w.room.KickBot(w.owner)
	}
}

// files is a store in which every file is a picture of 40 by 30 pixels.
func files(context.Context, string) (io.ReadCloser, error) {
	var data bytes.Buffer
	err := jpeg.Encode(&data, image.NewGray(image.Rect(0, 0, 40, 30)), nil)
	return io.NopCloser(&data), err
}

func TestConformanceOnTheWire(t *testing.T) {
	picture, film := social.Media{Kind: social.Photo, Hash: "a"}, social.Media{Kind: social.Video, Hash: "b", Name: "b.mp4"}
	for name, in := range map[string]platforms.Intent{
		"text":  intent("سلام"),
		"photo": intent("سلام", picture),
		"album": intent("سلام", picture, film),
	} {
		t.Run(name, func(t *testing.T) {
			platformtest.Run(t, func(t *testing.T) platformtest.Rig {
				w := newWorld(t)
				in.Account.RemoteID = strconv.FormatInt(w.room.ID(), 10)
				return platformtest.Rig{
					Connector: &telegram.Connector{Client: w.wire, Media: files},
					Intent:    in, State: social.Live, Posts: w.posts, Fail: w.fail,
				}
			})
		})
	}
}

func TestFormattingArrives(t *testing.T) {
	w := newWorld(t)
	in := intent("👍 سلام دنیا")
	in.Account.RemoteID = strconv.FormatInt(w.room.ID(), 10)
	in.Variant.Text.Marks = []social.Mark{{Type: "bold", Offset: 3, Length: 4}, {Type: "text_link", Offset: 8, Length: 4, URL: "https://a.ir/"}}
	p, err := (&telegram.Connector{Client: w.wire, Media: media()}).Commit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := w.Last(w.room.ID())
	if !ok || m.Text != in.Variant.Text.Plain || p.Link != fmt.Sprintf("https://t.me/cafe/%d", m.ID) {
		t.Fatalf("%+v at %s", m, p.Link)
	}
	got := slices.Collect(func(yield func(social.Mark) bool) {
		for _, e := range m.Entities {
			yield(social.Mark{Type: e.Type, Offset: e.Offset, Length: e.Length, URL: e.URL})
		}
	})
	if !slices.Equal(got, in.Variant.Text.Marks) {
		t.Errorf("the formatting arrives as %+v", got)
	}
}

func TestInspectOnTheWire(t *testing.T) {
	w := newWorld(t)
	got, err := telegram.Inspect(t.Context(), w.wire, "@cafe")
	if err != nil || got.ID != w.room.ID() || got.Title != "کافه" || got.Username != "cafe" || got.Type != "channel" ||
		len(got.Standing.Missing) != 0 || !slices.Equal(got.Standing.Advised, []string{telegram.RightDelete}) {
		t.Errorf("%+v, %v", got, err)
	}
	w.room.PromoteBot(w.owner, telegram.RightDelete)
	if got, err = telegram.Inspect(t.Context(), w.wire, "@cafe"); err != nil || !slices.Equal(got.Standing.Missing, []string{telegram.RightPost}) {
		t.Errorf("without the right to post: %+v, %v", got, err)
	}
	w.room.KickBot(w.owner)
	got, err = telegram.Inspect(t.Context(), w.wire, "@cafe")
	var lost *platforms.AccountLost
	if !errors.As(err, &lost) && !got.Standing.Lost {
		t.Errorf("after being removed: %+v, %v", got, err)
	}
}

// A file that Telegram has forgotten goes out by its bytes, alone and in an album.
func TestForgottenFileOnTheWire(t *testing.T) {
	old := social.Media{Kind: social.Photo, Hash: "a", FileID: "AgACAgQAAxkBAAIB"}
	for _, album := range [][]social.Media{{old}, {old, old}} {
		w := newWorld(t)
		in := intent("سلام", album...)
		in.Account.RemoteID = strconv.FormatInt(w.room.ID(), 10)
		p, err := (&telegram.Connector{Client: w.wire, Media: files}).Commit(t.Context(), in)
		if err != nil || w.posts() != 1 {
			t.Errorf("%d files: %+v, %v, %d posts", len(album), p, err, w.posts())
		}
	}
}
