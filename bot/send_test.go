package bot

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"peyk/social"
)

// strict refuses what real Telegram may refuse: over 30 calls in a second, over
// 20 a minute to a group, over one a second to a person beyond a short burst.
func strict(tg *telegram) (refused func() int) {
	var mu sync.Mutex
	var all []time.Time
	chats := map[int64][]time.Time{}
	n := 0
	within := func(list []time.Time, now time.Time, d time.Duration) int {
		return len(list) - slices.IndexFunc(append(list, now), func(t time.Time) bool { return now.Sub(t) < d })
	}
	tg.answer = func(c apiCall) string {
		mu.Lock()
		defer mu.Unlock()
		chat := c.chat()
		over := within(all, c.at, time.Second) >= 30 ||
			chat < 0 && within(chats[chat], c.at, time.Minute) >= 20 ||
			chat > 0 && within(chats[chat], c.at, 10*time.Second) >= 13
		if over {
			n++
			return tooMany(3)
		}
		all, chats[chat] = append(all, c.at), append(chats[chat], c.at)
		return ""
	}
	return func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// sendAll sends each message from its own goroutine and waits for all.
func sendAll(t *testing.T, s *Sender, lane Lane, chats ...int64) time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for _, chat := range chats {
		all.Go(func() {
			if _, err := s.Send(t.Context(), lane, chat, Message{HTML: "x"}); err != nil {
				t.Errorf("chat %d: %v", chat, err)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

func repeat(chat int64, n int) []int64 { return slices.Repeat([]int64{chat}, n) }

func TestPaceOverAllChats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: 30 * time.Millisecond}
		refused := strict(tg)
		var chats []int64
		for i := range int64(300) {
			chats = append(chats, 1+i)
		}
		took := sendAll(t, tg.sender(t), Bulk, chats...)
		if n := refused(); n != 0 {
			t.Errorf("%d of 300 sends were refused", n)
		}
		if took > 13*time.Second {
			t.Errorf("300 sends took %v", took)
		}
	})
}

// TestPaceIsShared has two processes send for one bot at the same time.
func TestPaceIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: 30 * time.Millisecond}
		refused := strict(tg)
		var all sync.WaitGroup
		for process := range int64(2) {
			s := tg.sender(t)
			s.Share(2)
			var chats []int64
			for i := range int64(100) {
				chats = append(chats, 1000*process+1+i)
			}
			all.Go(func() { sendAll(t, s, Bulk, chats...) })
		}
		all.Wait()
		if n := refused(); n != 0 {
			t.Errorf("%d of 200 sends were refused", n)
		}
	})
}

// TestPassingKeepsThePace publishes in many channels at one minute, beside messages to
// people: nothing is refused, and what is refused holds the chat back for all.
func TestPassingKeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: 30 * time.Millisecond}
		refused := strict(tg)
		s := tg.sender(t)
		pass := func(ctx context.Context, chat int64) error {
			_, err := s.Pass(ctx, Cards, chat, 1, Passing{Method: "sendMessage", Params: map[string]any{"chat_id": chat, "text": "x"}})
			return err
		}
		var all sync.WaitGroup
		for i := range int64(100) {
			all.Go(func() {
				if err := pass(t.Context(), -1000-i); err != nil {
					t.Error(err)
				}
			})
		}
		var people []int64
		for i := range int64(100) {
			people = append(people, 1+i)
		}
		all.Go(func() { sendAll(t, s, Cards, people...) })
		all.Wait()
		if n := refused(); n != 0 {
			t.Errorf("%d of 200 calls were refused", n)
		}
		tg.answer = func(apiCall) string { return tooMany(20) }
		before := len(tg.made())
		if e := apiError(t, pass(t.Context(), -7)); e.Code != 429 || e.Maybe || len(tg.made()) != before+1 {
			t.Errorf("got %+v after %d calls", e, len(tg.made())-before)
		}
		if e := apiError(t, pass(within(t, time.Second), -7)); e.Code != 0 || e.Maybe || len(tg.made()) != before+1 {
			t.Errorf("while the channel had to wait: %+v after %d calls", e, len(tg.made())-before)
		}
	})
}

func TestPaceOfOneChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		refused := strict(tg)
		s := tg.sender(t)
		if took := sendAll(t, s, Cards, repeat(5, 3)...); took > 200*time.Millisecond {
			t.Errorf("three messages to a person took %v", took)
		}
		if took := sendAll(t, s, Cards, repeat(5, 20)...); took < 19*time.Second || took > 22*time.Second {
			t.Errorf("20 more took %v, want a second each", took)
		}
		if took := sendAll(t, s, Cards, repeat(-5, 41)...); took < 120*time.Second || took > 130*time.Second {
			t.Errorf("41 messages to a group took %v, want two minutes", took)
		}
		if n := refused(); n != 0 {
			t.Errorf("%d sends were refused", n)
		}
	})
}

func TestInteractiveOvertakesBulk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		s := tg.sender(t)
		var all sync.WaitGroup
		for i := range int64(200) {
			all.Go(func() { _, _ = s.Send(t.Context(), Bulk, 100+i, Message{HTML: "x"}) })
		}
		time.Sleep(time.Second)
		start := time.Now()
		if _, err := s.Send(t.Context(), Interactive, 7, Message{HTML: "x"}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 100*time.Millisecond {
			t.Errorf("an answer waited %v behind a digest", took)
		}
		all.Wait()
	})
}

func TestOrderWithinAChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{delay: 400 * time.Millisecond}
		s := tg.sender(t)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() { _, _ = s.Send(t.Context(), Cards, 5, Message{HTML: strconv.Itoa(i)}) })
			synctest.Wait()
		}
		all.Wait()
		for i, c := range tg.made() {
			if c.params.Get("text") != strconv.Itoa(i) {
				t.Errorf("message %d came as number %d", i, i)
			}
			if i > 0 && c.at.Sub(tg.made()[i-1].at) < 400*time.Millisecond {
				t.Errorf("message %d left before the one before it had arrived", i)
			}
		}
	})
}

func TestRetryAfterHoldsOneChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		var once sync.Once
		tg.answer = func(c apiCall) (body string) {
			if c.chat() == 5 {
				once.Do(func() { body = tooMany(20) })
			}
			return body
		}
		s := tg.sender(t)
		var five, six time.Duration
		var all sync.WaitGroup
		all.Go(func() { five = sendAll(t, s, Cards, 5) })
		all.Go(func() { six = sendAll(t, s, Cards, 6) })
		all.Wait()
		if five < 20*time.Second || five > 21*time.Second || six > time.Second {
			t.Errorf("the refused chat waited %v, the other %v", five, six)
		}
		if c := s.Counts(); c.Limited != 1 || c.Calls != 3 {
			t.Errorf("counted %+v", c)
		}
	})
}

func TestThreeRefusedChatsStopAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		var mu sync.Mutex
		done := map[int64]bool{}
		tg.answer = func(c apiCall) string {
			mu.Lock()
			defer mu.Unlock()
			if c.chat() < 4 && !done[c.chat()] {
				done[c.chat()] = true
				return tooMany(15)
			}
			return ""
		}
		s := tg.sender(t)
		var all sync.WaitGroup
		all.Go(func() { sendAll(t, s, Cards, 1, 2, 3) })
		time.Sleep(time.Second)
		if took := sendAll(t, s, Interactive, 9); took < 13*time.Second {
			t.Errorf("a fourth chat waited only %v", took)
		}
		all.Wait()
	})
}

func TestRetryAfterBeyondTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{answer: func(apiCall) string { return tooMany(60) }}
		start := time.Now()
		_, err := tg.sender(t).Send(within(t, 10*time.Second), Cards, 5, Message{HTML: "x"})
		if e := apiError(t, err); e.Code != 429 || e.Maybe || time.Since(start) > time.Second {
			t.Errorf("%v after %v, want the refusal at once", err, time.Since(start))
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		s := tg.sender(t)
		sendAll(t, s, Cards, repeat(5, 3)...)
		_, err := s.Send(within(t, 300*time.Millisecond), Cards, 5, Message{HTML: "x"})
		if e := apiError(t, err); e.Maybe || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %+v", e)
		}
		if took := sendAll(t, s, Cards, 5); took > 2*time.Second {
			t.Errorf("the chat stayed closed for %v", took)
		}
	})
}

var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

func TestTryAgainWhatNeverLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := 3
		tg := &telegram{refuse: func() error {
			if fails--; fails >= 0 {
				return errDial
			}
			return nil
		}}
		sent, err := tg.sender(t).Send(t.Context(), Cards, 5, Message{HTML: "x"})
		if err != nil || sent.MessageID == 0 || len(tg.made()) != 1 {
			t.Errorf("%+v, %v after %d calls", sent, err, len(tg.made()))
		}
	})
}

func TestNeverSendTwiceWhatMayHaveArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{drop: func(apiCall) error { return io.ErrUnexpectedEOF }}
		s := tg.sender(t)
		_, err := s.Send(t.Context(), Cards, 5, Message{HTML: "x"})
		if e := apiError(t, err); !e.Maybe || len(tg.made()) != 1 {
			t.Errorf("%v after %d calls, want one call of unknown outcome", err, len(tg.made()))
		}
		// An edit may be repeated without harm.
		err = s.Edit(t.Context(), Cards, 5, 100, Message{HTML: "x"})
		if e := apiError(t, err); !e.Maybe || len(tg.made()) != 4 {
			t.Errorf("%v after %d calls, want three tries of the edit", err, len(tg.made())-1)
		}
	})
}

func TestBlocked(t *testing.T) {
	for _, text := range []string{"bot was blocked by the user", "user is deactivated", "bot was kicked from the supergroup chat", "bot can't initiate conversation with a user"} {
		tg := &telegram{answer: func(apiCall) string { return refusal(403, "Forbidden: "+text) }}
		s := tg.sender(t)
		var told []int64
		s.OnBlocked = func(_ context.Context, chat int64) { told = append(told, chat) }
		_, err := s.Send(t.Context(), Cards, 5, Message{HTML: "x"})
		if !IsBlocked(err) || !slices.Equal(told, []int64{5}) || len(tg.made()) != 1 {
			t.Errorf("%s: %v, told %v", text, err, told)
		}
	}
}

func TestMigratedGroup(t *testing.T) {
	tg := &telegram{answer: func(c apiCall) string {
		if c.chat() == -5 {
			return `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1005}}`
		}
		return ""
	}}
	s := tg.sender(t)
	var from, to int64
	s.OnMigrated = func(_ context.Context, a, b int64) { from, to = a, b }
	sent, err := s.Send(t.Context(), Cards, -5, Message{HTML: "x"})
	if err != nil || sent.MessageID == 0 || from != -5 || to != -1005 {
		t.Errorf("%+v, %v; told %d → %d", sent, err, from, to)
	}
}

func TestEdit(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		want   error
	}{
		"changed":      {"", nil},
		"not modified": {refusal(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"), nil},
		"gone":         {refusal(400, "Bad Request: message to edit not found"), ErrGone},
		"too old":      {refusal(400, "Bad Request: message can't be edited"), ErrGone},
	} {
		tg := &telegram{answer: func(apiCall) string { return c.answer }}
		err := tg.sender(t).Edit(t.Context(), Cards, 5, 100, Message{HTML: "x", Keyboard: [][]Button{{{Text: "a", Data: "v1:ok:1:1"}}}})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || len(tg.made()) != 1 {
			t.Errorf("%s: %v after %s", name, err, tg.methods())
		}
	}
	if err := (&telegram{}).sender(t).Edit(t.Context(), Cards, 5, 1, Message{HTML: strings.Repeat("x", MaxText+1)}); !errors.Is(err, ErrTooLong) {
		t.Errorf("a long text: %v", err)
	}
}

// TestRedrawInItsTurn draws only when nobody else edits in the chat: an edit that
// began before is through, one that came later has not begun.
func TestRedrawInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{answer: func(apiCall) string { time.Sleep(3 * time.Second); return "" }}
		s := tg.sender(t)
		var all sync.WaitGroup
		all.Go(func() { _ = s.Edit(t.Context(), Cards, 5, 100, Message{HTML: "before"}) })
		synctest.Wait()
		all.Go(func() {
			err := s.Redraw(t.Context(), Cards, 5, 100, func(context.Context) (Message, error) {
				if n := len(tg.made()); n != 1 {
					t.Errorf("drawn when %d calls had been made", n)
				}
				time.Sleep(time.Second)
				return Message{HTML: "drawn"}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		all.Go(func() { _ = s.Edit(t.Context(), Cards, 5, 100, Message{HTML: "after"}) })
		all.Wait()
		var texts []string
		for _, c := range tg.made() {
			texts = append(texts, c.params.Get("text"))
		}
		if got := strings.Join(texts, " "); got != "before drawn after" {
			t.Errorf("edited in the order %q", got)
		}
		if err := s.Redraw(t.Context(), Cards, 5, 100, func(context.Context) (Message, error) { return Message{}, ErrSame }); err != nil || len(tg.made()) != 3 {
			t.Errorf("what is right already: %v after %s", err, tg.methods())
		}
	})
}

func TestEditFindsOutWhetherItIsACaption(t *testing.T) {
	tg := &telegram{answer: func(c apiCall) string {
		if c.method == "editMessageText" {
			return refusal(400, "Bad Request: there is no text in the message to edit")
		}
		return ""
	}}
	err := tg.sender(t).Edit(t.Context(), Cards, 5, 100, Message{HTML: "x"})
	if err != nil || tg.methods() != "editMessageText editMessageCaption" || tg.made()[1].params.Get("caption") != "x" {
		t.Errorf("%v after %s", err, tg.methods())
	}
}

func TestPlainTextWhenTheFormattingIsBroken(t *testing.T) {
	tg := &telegram{answer: func(c apiCall) string {
		if c.params.Get("parse_mode") != "" || strings.Contains(c.params.Get("media"), "parse_mode") {
			return refusal(400, "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"")
		}
		return ""
	}}
	s := tg.sender(t)
	photos := []social.Media{{Kind: social.Photo, FileID: "a"}, {Kind: social.Photo, FileID: "b"}}
	for i, m := range []Message{{HTML: "<b>a &amp; b"}, {HTML: "<b>a &amp; b", Media: photos[:1]}, {HTML: "<b>a &amp; b", Media: photos}} {
		if _, err := s.Send(t.Context(), Cards, int64(i+1), m); err != nil {
			t.Error(err)
		}
		last := tg.made()[len(tg.made())-1].params
		if got := last.Get("text") + last.Get("caption") + last.Get("media"); !strings.Contains(got, "a & b") && !strings.Contains(got, `a \u0026 b`) {
			t.Errorf("sent %q", got)
		}
	}
	if err := s.Edit(t.Context(), Cards, 5, 1, Message{HTML: "<b>x"}); err != nil {
		t.Error(err)
	}
	if n := s.Counts().Plain; n != 4 {
		t.Errorf("counted %d broken messages", n)
	}
}

func TestAnswer(t *testing.T) {
	tg := &telegram{answer: func(apiCall) string {
		return refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
	}}
	s := tg.sender(t)
	if err := s.Answer(t.Context(), "c", strings.Repeat("م", 300), true); err != nil {
		t.Errorf("an old tap: %v", err)
	}
	p := tg.made()[0].params
	if n := len([]rune(p.Get("text"))); n != MaxToast || p.Get("show_alert") != "true" || p.Get("callback_query_id") != "c" {
		t.Errorf("answered %v, %d signs", p, n)
	}
}

func TestDeleteWhatIsGone(t *testing.T) {
	tg := &telegram{answer: func(apiCall) string { return refusal(400, "Bad Request: message to delete not found") }}
	if err := tg.sender(t).Delete(t.Context(), Cards, 5, 1); err != nil {
		t.Error(err)
	}
}

func TestShapesOfMessages(t *testing.T) {
	photo := social.Media{Kind: social.Photo, FileID: "p"}
	voice := social.Media{Kind: social.Voice, FileID: "v"}
	file := social.Media{Kind: social.Document, FileID: "d"}
	keys := [][]Button{{{Text: "a", Data: "v1:ok:1:1"}}}
	for name, c := range map[string]struct {
		m       Message
		methods string
		all     int
	}{
		"text":                   {Message{HTML: "x", Keyboard: keys}, "sendMessage", 1},
		"photo":                  {Message{HTML: "x", Media: []social.Media{photo}, Keyboard: keys}, "sendPhoto", 1},
		"bare voice":             {Message{Media: []social.Media{voice}}, "sendVoice", 1},
		"album":                  {Message{HTML: "x", Media: []social.Media{photo, photo, photo}}, "sendMediaGroup", 3},
		"album with keyboard":    {Message{HTML: "x", Media: []social.Media{photo, photo}, Keyboard: keys}, "sendMediaGroup sendMessage", 3},
		"photo with a long text": {Message{HTML: strings.Repeat("x", MaxCaption+1), Media: []social.Media{photo}}, "sendPhoto sendMessage", 2},
		"longest caption":        {Message{HTML: strings.Repeat("❤", MaxCaption), Media: []social.Media{photo}}, "sendPhoto", 1},
		"mixed":                  {Message{HTML: "x", Media: []social.Media{photo, photo, file, voice}, Keyboard: keys}, "sendMediaGroup sendDocument sendVoice sendMessage", 5},
		"twelve photos":          {Message{Media: slices.Repeat([]social.Media{photo}, 12)}, "sendMediaGroup sendMediaGroup", 12},
		"very long text":         {Message{HTML: strings.Repeat("سطر\n", 2500), Keyboard: keys}, "sendMessage sendMessage sendMessage", 3},
		"question":               {Message{HTML: "x", ForceReply: "متن"}, "sendMessage", 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tg := &telegram{}
				c.m.ReplyTo = 42
				sent, err := tg.sender(t).Send(t.Context(), Cards, 5, c.m)
				if err != nil || tg.methods() != c.methods || len(sent.All()) != c.all || sent.MessageID == 0 {
					t.Fatalf("%s: %+v, %v", tg.methods(), sent, err)
				}
				calls := tg.made()
				first, last := calls[0].params, calls[len(calls)-1].params
				if !strings.Contains(first.Get("reply_parameters"), `"message_id":42`) {
					t.Errorf("answers %s", first.Get("reply_parameters"))
				}
				if (c.m.markup() != nil) != last.Has("reply_markup") || len(calls) > 1 && first.Has("reply_markup") {
					t.Errorf("the keyboard is at the wrong message")
				}
			})
		})
	}
}

func TestUploads(t *testing.T) {
	tg := &telegram{}
	s := tg.sender(t)
	opened := map[string]int{}
	s.Open = func(_ context.Context, hash string) (io.ReadCloser, error) {
		opened[hash]++
		return io.NopCloser(strings.NewReader("bytes of " + hash)), nil
	}
	video := social.Media{Kind: social.Video, Hash: "h2", Name: "ویدیو.mp4", Width: 4, Height: 3, Duration: 2}
	m := Message{HTML: "x", Media: []social.Media{{Kind: social.Photo, Hash: "h1"}, video, {Kind: social.Photo, FileID: "known"}}}
	sent, err := s.Send(t.Context(), Cards, 5, m)
	if err != nil || len(sent.FileIDs) != 3 {
		t.Fatalf("%+v, %v", sent, err)
	}
	c := tg.made()[0]
	if c.files["file0"] != "photo.jpg:bytes of h1" || c.files["file1"] != "ویدیو.mp4:bytes of h2" || len(c.files) != 2 {
		t.Errorf("uploaded %v", c.files)
	}
	media := c.params.Get("media")
	for _, want := range []string{`"attach://file0"`, `"attach://file1"`, `"known"`, `"duration":2`, `"caption":"x"`} {
		if !strings.Contains(media, want) {
			t.Errorf("%s is missing in %s", want, media)
		}
	}
}

// A file's id that Telegram no longer knows is replaced by its bytes, and every
// try opens the file anew.
func TestStaleFileID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		n := 0
		tg.answer = func(c apiCall) string {
			switch n++; {
			case n == 1:
				return refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
			case n == 2:
				return tooMany(1)
			}
			return ""
		}
		opened := 0
		m := Message{Media: []social.Media{{Kind: social.Photo, FileID: "stale", Hash: "h"}}, Open: func(context.Context, string) (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader("bytes")), nil
		}}
		_, err := tg.sender(t).Send(t.Context(), Cards, 5, m)
		calls := tg.made()
		if err != nil || len(calls) != 3 || opened != 2 || calls[2].files["photo"] != "photo.jpg:bytes" {
			t.Errorf("%v after %d calls, opened %d times", err, len(calls), opened)
		}
	})
}

// When the album stands and the card fails, the caller learns of both.
func TestHalfAMessage(t *testing.T) {
	tg := &telegram{answer: func(c apiCall) string {
		if c.method == "sendMessage" {
			return refusal(400, "Bad Request: something else")
		}
		return ""
	}}
	two := []social.Media{{Kind: social.Photo, FileID: "a"}, {Kind: social.Photo, FileID: "b"}}
	sent, err := tg.sender(t).Send(t.Context(), Cards, 5, Message{HTML: "x", Media: two, Keyboard: [][]Button{{{Text: "a", Data: "v1:ok:1:1"}}}})
	if e := apiError(t, err); !e.Maybe || len(sent.Media) != 2 {
		t.Errorf("%+v, %v", sent, err)
	}
}

// With luck against it, the sender still loses nothing and doubles nothing.
func TestRoughSea(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := &telegram{}
		chance := rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		roll := func(n int) bool { mu.Lock(); defer mu.Unlock(); return chance.IntN(n) == 0 }
		shown := map[string]int{}
		tg.refuse = func() error {
			if roll(10) {
				return errDial
			}
			return nil
		}
		tg.answer = func(c apiCall) string {
			if roll(10) {
				return tooMany(2)
			}
			mu.Lock()
			defer mu.Unlock()
			shown[c.params.Get("text")]++
			return ""
		}
		s := tg.sender(t)
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				if _, err := s.Send(t.Context(), Lane(i%3), int64(i%20)*2-19, Message{HTML: strconv.Itoa(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for i := range 200 {
			if n := shown[strconv.Itoa(i)]; n != 1 {
				t.Errorf("message %d was shown %d times", i, n)
			}
		}
	})
}
