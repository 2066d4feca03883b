package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/social"
)

// asked holds one open question, for every chat.
type asked struct {
	open  social.Dialog
	err   error
	ended int
}

func (a *asked) Dialog(context.Context, int64) (social.Dialog, error) {
	if a.open.Step == "" && a.err == nil {
		return social.Dialog{}, social.ErrNotFound
	}
	return a.open, a.err
}

func (a *asked) SetDialog(_ context.Context, d social.Dialog) error { a.open = d; return nil }

func (a *asked) EndDialog(context.Context, int64) error { a.ended++; return nil }

// table is a router whose handlers note that they ran.
func table(t *testing.T, tg *telegram) (*Router, *[]string) {
	rt := NewRouter(tg.sender(t), clockwork.NewRealClock(), quiet(t))
	rt.Username = "Peyk_Bot"
	var ran []string
	note := func(name string) HandlerFunc {
		return func(_ context.Context, r *Request) error {
			ran = append(ran, fmt.Sprintf("%s(%d %s %s)", name, r.From.ID, r.Payload, r.Text().Plain))
			return nil
		}
	}
	rt.Command("start", note("start"))
	rt.Action("ok", note("ok"))
	rt.Step("name", note("name"))
	rt.Content(note("content"))
	rt.Album(note("album"))
	rt.Edited(note("edited"))
	rt.Group(note("group"))
	rt.Unknown(note("unknown"))
	rt.Forged(note("forged"))
	rt.MyMember(note("mine"))
	rt.Member(note("member"))
	rt.Post(note("post"))
	rt.Reactions(note("reactions"))
	return rt, &ran
}

func TestRoutes(t *testing.T) {
	private := func(more string) string {
		return `"message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},` + more + `}`
	}
	group := func(from string) string {
		return `"message":{"message_id":1,"date":1,"chat":{"id":-7,"type":"supergroup"},"from":` + from + `,"text":"/start x","entities":[{"type":"bot_command","offset":0,"length":6}]}`
	}
	start := `"text":"/start tok","entities":[{"type":"bot_command","offset":0,"length":6}]`
	for name, c := range map[string]struct {
		raw  string
		open string
		want string
	}{
		"command":                {private(start), "", "start(5 tok /start tok)"},
		"command beats question": {private(start), "name", "start(5 tok /start tok)"},
		"command in a caption":   {private(`"photo":[{"file_id":"f"}],"caption":"/start tok","caption_entities":[{"type":"bot_command","offset":0,"length":6}]`), "", "start(5 tok /start tok)"},
		"forwarded command":      {private(start + `,"forward_origin":{"type":"user"}`), "", "content(5  /start tok)"},
		"another bot's command":  {private(`"text":"/start@x_bot","entities":[{"type":"bot_command","offset":0,"length":12}]`), "", "content(5  /start@x_bot)"},
		"our own by name":        {private(`"text":"/start@PEYK_bot","entities":[{"type":"bot_command","offset":0,"length":15}]`), "", "start(5  /start@PEYK_bot)"},
		"unknown command":        {private(`"text":"/nope","entities":[{"type":"bot_command","offset":0,"length":5}]`), "", "unknown(5  /nope)"},
		"text":                   {private(`"text":"سلام"`), "", "content(5  سلام)"},
		"answer":                 {private(`"text":"سلام"`), "name", "name(5  سلام)"},
		"answer to an old step":  {private(`"text":"سلام"`), "removed", "content(5  سلام)"},
		"photo":                  {private(`"photo":[{"file_id":"f"}]`), "", "content(5  )"},
		"service message":        {private(`"pinned_message":{}`), "name", ""},
		"group":                  {group(`{"id":6}`), "name", "group(6 x /start x)"},
		"anonymous admin":        {group(`{"id":1087968824,"is_bot":true}`), "", "group(0 x /start x)"},
		"automatic forward":      {group(`{"id":777000}`), "", "group(0 x /start x)"},
		"tap":                    {`"callback_query":{"id":"c","from":{"id":5},"data":"v1:ok:1:1"}`, "name", "ok(5  )"},
		"tap in a group":         {`"callback_query":{"id":"c","from":{"id":5},"data":"v1:ok:1:1","message":{"message_id":3,"date":1,"chat":{"id":-8,"type":"group"}}}`, "", "ok(5  )"},
		"forged tap":             {`"callback_query":{"id":"c","from":{"id":5},"data":"approve:1"}`, "", "forged(5  )"},
		"tap of nobody":          {`"callback_query":{"id":"c","from":{"id":1087968824},"data":"v1:ok:1:1"}`, "", ""},
		"unknown action":         {`"callback_query":{"id":"c","from":{"id":5},"data":"v1:nope:1:1"}`, "", "forged(5  )"},
		"edited":                 {`"edited_message":{"message_id":1,"date":1,"chat":{"id":5,"type":"private"},"from":{"id":5},"text":"x"}`, "", "edited(5  x)"},
		"edited in a group":      {`"edited_message":{"message_id":1,"date":1,"chat":{"id":-5,"type":"group"},"from":{"id":5},"text":"x"}`, "", "group(5  x)"},
		"post":                   {`"channel_post":{"message_id":1,"date":1,"chat":{"id":-5,"type":"channel"},"text":"x"}`, "", "post(0  x)"},
		"blocked":                {`"my_chat_member":{"chat":{"id":5,"type":"private"},"from":{"id":5},"new_chat_member":{"status":"kicked"}}`, "", "mine(5  )"},
		"member":                 {`"chat_member":{"chat":{"id":-5},"from":{"id":5}}`, "", "member(5  )"},
		"reactions":              {`"message_reaction_count":{"chat":{"id":-5}}`, "", "reactions(0  )"},
		"novelty":                {`"novelty":{}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			rt, ran := table(t, &telegram{})
			rt.Dialogs = &asked{open: social.Dialog{Step: c.open}}
			if err := rt.Handle(t.Context(), decode(t, `{"update_id":1,`+c.raw+`}`), false); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(*ran, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func tapOn(data string, message int) Update {
	c := &Callback{ID: "c", From: User{ID: 5}, Data: data}
	if message != 0 {
		c.Message = &Received{ID: int64(message), Chat: Chat{ID: 5, Type: Private}}
	}
	return Update{ID: 1, Callback: c}
}

func TestExpiredQuestion(t *testing.T) {
	rt, ran := table(t, &telegram{})
	d := &asked{open: social.Dialog{Step: "name", Expires: time.Now().Add(-time.Second)}}
	rt.Dialogs = d
	u := Update{Message: &Received{ID: 1, Chat: Chat{ID: 5, Type: Private}, From: User{ID: 5}, Text: social.Text{Plain: "x"}}}
	if err := rt.Handle(t.Context(), u, false); err != nil || d.ended != 1 || (*ran)[0] != "content(5  x)" {
		t.Errorf("%v; ended %d times, ran %v", err, d.ended, *ran)
	}
	d.err = errors.New("the database is down")
	if err := rt.Handle(t.Context(), u, false); err == nil || len(*ran) != 1 {
		t.Errorf("without the database: %v, ran %v", err, *ran)
	}
}

func TestAlbumRequest(t *testing.T) {
	rt, ran := table(t, &telegram{})
	one := func(id, caption string) *Received {
		return &Received{Chat: Chat{ID: 5, Type: Private}, From: User{ID: 5}, Text: social.Text{Plain: caption}, Media: &social.Media{FileID: id}}
	}
	u := Update{Message: one("a", ""), Album: []*Received{one("a", ""), one("b", "متن")}}
	var media []social.Media
	rt.Before(func(next HandlerFunc) HandlerFunc {
		return func(ctx context.Context, r *Request) error { media = r.Media(); return next(ctx, r) }
	})
	if err := rt.Handle(t.Context(), u, false); err != nil || (*ran)[0] != "album(5  متن)" || len(media) != 2 || media[1].FileID != "b" {
		t.Errorf("%v; ran %v with %v", err, *ran, media)
	}
}

func TestPressedData(t *testing.T) {
	rt, _ := table(t, &telegram{})
	rt.Action("acc", func(_ context.Context, r *Request) error {
		if r.ID() != 35 || r.Version() != 2 || r.Arg(0) != "z" || r.Arg(1) != "" || r.Arg(-1) != "" || r.Action() != "acc" {
			t.Errorf("id %d, version %d, args %q %q", r.ID(), r.Version(), r.Arg(0), r.Arg(1))
		}
		return nil
	})
	if err := rt.Handle(t.Context(), tapOn(Data("acc", 35, 2, "z"), 3), false); err != nil {
		t.Error(err)
	}
}

// Every tap is answered exactly once, whatever the handler does.
func TestEveryTapIsAnsweredOnce(t *testing.T) {
	card := Message{HTML: "x"}
	for name, c := range map[string]struct {
		fn      HandlerFunc
		methods string
		text    string
	}{
		"nothing": {func(context.Context, *Request) error { return nil }, "answerCallbackQuery", ""},
		"toast":   {func(ctx context.Context, r *Request) error { return r.Toast(ctx, "باشد") }, "answerCallbackQuery", "باشد"},
		"twice":   {func(ctx context.Context, r *Request) error { _ = r.Toast(ctx, "a"); return r.Toast(ctx, "b") }, "answerCallbackQuery", "a"},
		"replace": {func(ctx context.Context, r *Request) error { _, err := r.Replace(ctx, card); return err }, "editMessageText answerCallbackQuery", ""},
		"slow":    {func(context.Context, *Request) error { time.Sleep(blankAfter + time.Second); return nil }, "answerCallbackQuery", ""},
		"slow, alert": {func(ctx context.Context, r *Request) error {
			time.Sleep(blankAfter + time.Second)
			return r.Alert(ctx, "<x>")
		}, "answerCallbackQuery sendMessage", ""},
		"refusal": {func(context.Context, *Request) error { return social.ErrOutdated }, "answerCallbackQuery", "outdated"},
		"wrapped": {func(context.Context, *Request) error { return fmt.Errorf("x: %w", social.ErrForbidden) }, "answerCallbackQuery", "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tg := &telegram{}
				rt, _ := table(t, tg)
				rt.OnError = func(ctx context.Context, r *Request, err error) {
					var rule social.Rule
					errors.As(err, &rule)
					_ = r.Alert(ctx, string(rule))
				}
				rt.Action("ok", c.fn)
				err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", 3), false)
				if err != nil || tg.methods() != c.methods {
					t.Fatalf("%v; called %s", err, tg.methods())
				}
				for _, call := range tg.made() {
					if call.method == "answerCallbackQuery" && call.params.Get("text") != c.text {
						t.Errorf("answered %q", call.params.Get("text"))
					}
				}
			})
		})
	}
}

func TestAnswerAndEditGoSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: 50 * time.Millisecond}
		rt, _ := table(t, tg)
		rt.Action("ok", func(ctx context.Context, r *Request) error {
			_ = r.Toast(ctx, "a")
			_, err := r.Replace(ctx, Message{HTML: "x"})
			return err
		})
		start := time.Now()
		err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", 3), false)
		if took := time.Since(start); err != nil || took != 50*time.Millisecond || len(tg.made()) != 2 {
			t.Errorf("%v; %s took %v", err, tg.methods(), took)
		}
	})
}

// A fault is tried again in silence; the last time it is explained.
func TestFaultsAreExplainedOnce(t *testing.T) {
	for name, fn := range map[string]HandlerFunc{
		"error": func(context.Context, *Request) error { return errors.New("the database is down") },
		"panic": func(context.Context, *Request) error { panic("boom") },
	} {
		tg := &telegram{}
		rt, _ := table(t, tg)
		told := 0
		rt.OnError = func(ctx context.Context, r *Request, err error) { told++; _ = r.Alert(ctx, "code 7") }
		rt.Action("ok", fn)
		if err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", 3), false); err == nil || told != 0 || len(tg.made()) != 0 {
			t.Errorf("%s, first time: %v, told %d times, called %q", name, err, told, tg.methods())
		}
		if err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", 3), true); err == nil || told != 1 || tg.methods() != "answerCallbackQuery" {
			t.Errorf("%s, last time: %v, told %d times, called %q", name, err, told, tg.methods())
		}
	}
}

func TestFaultAfterTheEffectIsExplainedAtOnce(t *testing.T) {
	rt, _ := table(t, &telegram{})
	told := 0
	rt.OnError = func(context.Context, *Request, error) { told++; panic("in the explanation too") }
	rt.Action("ok", func(ctx context.Context, _ *Request) error {
		h, _ := social.IncomingFrom(ctx)
		h.Marked = true
		return errors.New("the card could not be drawn")
	})
	ctx := social.WithIncoming(t.Context(), social.Incoming{ID: 1})
	if err := rt.Handle(ctx, tapOn("v1:ok:1:1", 3), false); err != nil || told != 1 {
		t.Errorf("%v, told %d times", err, told)
	}
}

func TestReplaceSendsAfresh(t *testing.T) {
	gone := refusal(400, "Bad Request: message to edit not found")
	for name, c := range map[string]struct {
		message int
		edit    string
		m       Message
		want    string
	}{
		"there":    {3, "", Message{HTML: "x"}, "editMessageText"},
		"gone":     {3, gone, Message{HTML: "x"}, "editMessageText sendMessage"},
		"inline":   {0, "", Message{HTML: "x"}, "sendMessage"},
		"too long": {3, "", Message{HTML: strings.Repeat("x\n", 3000)}, "sendMessage sendMessage"},
	} {
		tg := &telegram{answer: func(a apiCall) string {
			if strings.HasPrefix(a.method, "edit") {
				return c.edit
			}
			return ""
		}}
		rt, _ := table(t, tg)
		var id int64
		rt.Action("ok", func(ctx context.Context, r *Request) (err error) { id, err = r.Replace(ctx, c.m); return err })
		err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", c.message), false)
		if err != nil || tg.methods() != c.want+" answerCallbackQuery" || id == 0 || (id == 3) != (name == "there") {
			t.Errorf("%s: %v; called %s, id %d", name, err, tg.methods(), id)
		}
	}
}

func TestBeforeWrapsFromOutside(t *testing.T) {
	rt, ran := table(t, &telegram{})
	var mu sync.Mutex
	for _, name := range []string{"outer", "inner"} {
		rt.Before(func(next HandlerFunc) HandlerFunc {
			return func(ctx context.Context, r *Request) error {
				mu.Lock()
				*ran = append(*ran, name)
				mu.Unlock()
				return next(ctx, r)
			}
		})
	}
	if err := rt.Handle(t.Context(), tapOn("v1:ok:1:1", 3), false); err != nil || strings.Join(*ran, " ") != "outer inner ok(5  )" {
		t.Errorf("%v; ran %v", err, *ran)
	}
}
