package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"peyk/emulator"
	"peyk/social"
)

// A stage is the whole room against the emulated Telegram: polling, workers,
// router, sender. Every request is checked against the Bot API's description.
type stage struct {
	*emulator.Emulator
	router *Router
	sender *Sender
	client *Client
	inbox  *shelf
}

// botAPI is that description; nil: it is not here.
var botAPI = sync.OnceValue(func() *emulator.Spec {
	spec, err := emulator.LoadSpec("../../shared/specs/telegram-bot-api-10.3.json")
	if err != nil {
		return nil
	}
	return spec
})

func perform(t *testing.T, o emulator.Options) *stage {
	o.Spec, o.Token = botAPI(), token
	s := &stage{Emulator: emulator.New(o), inbox: &shelf{}}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	clock := clockwork.NewRealClock()
	s.client = NewClient(token, s.URL())
	s.sender = NewSender(s.client, clock, quiet(t))
	s.router = NewRouter(s.sender, clock, quiet(t))
	t.Cleanup(func() {
		for _, v := range s.Violations() {
			t.Error(v)
		}
	})
	return s
}

// run receives and handles until the test ends.
func (s *stage) run(t *testing.T) {
	clock := clockwork.NewRealClock()
	workers := NewWorkers(s.inbox, s.router.Handle, clock, quiet(t))
	poller := NewPoller(s.client, workers, clock, quiet(t))
	ctx, stop := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return workers.Run(ctx) })
	group.Go(func() error { return poller.Run(ctx) })
	t.Cleanup(func() {
		stop()
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
		s.client.Close()
	})
}

// shows waits until the chat's last message reads so.
func (s *stage) shows(t *testing.T, chat int64, want string) {
	t.Helper()
	last := ""
	err := s.Wait(within(t, 5*time.Second), func() bool {
		m, ok := s.Last(chat)
		if ok {
			last = m.Words()
		}
		return last == want
	})
	if err != nil {
		t.Fatalf("the phone shows %q, want %q", last, want)
	}
}

func TestConversation(t *testing.T) {
	t.Parallel()
	s := perform(t, emulator.Options{})
	s.router.Command("start", func(ctx context.Context, r *Request) error {
		_, err := r.Reply(ctx, Message{HTML: "<b>hello</b> " + r.Payload, Keyboard: [][]Button{{
			{Text: "Approve", Data: Data("ok", 7, 2, "z"), Style: "success"}, {Text: "Copy", Copy: "متن"}, {Text: "Done", Disabled: true},
		}}})
		return err
	})
	s.router.Action("ok", func(ctx context.Context, r *Request) error {
		_ = r.Toast(ctx, "باشد")
		_, err := r.Replace(ctx, Message{HTML: fmt.Sprintf("approved %d %d %s", r.ID(), r.Version(), r.Arg(0))})
		return err
	})
	s.router.Content(func(ctx context.Context, r *Request) error {
		_, err := r.Reply(ctx, Message{HTML: fmt.Sprintf("%d: %s", len(r.Media()), r.Text().HTML())})
		return err
	})
	s.run(t)
	sara := s.AddUser(emulator.User{FirstName: "Sara", Username: "sara", LanguageCode: "fa"})
	sara.Start("tok")
	s.shows(t, sara.Chat(), "hello tok")
	query, err := sara.Press("Approve")
	if err != nil {
		t.Fatal(err)
	}
	s.shows(t, sara.Chat(), "approved 7 2 z")
	if err := s.Wait(within(t, 5*time.Second), func() bool { a, ok := s.AnswerTo(query); return ok && a.Text == "باشد" }); err != nil {
		t.Error("the tap was not answered")
	}
	sara.SendAlbum("سه عکس", emulator.Photo(1), emulator.Photo(2), emulator.Video(3))
	s.shows(t, sara.Chat(), "3: سه عکس")
}

func TestEmulatedErrors(t *testing.T) {
	t.Parallel()
	s := perform(t, emulator.Options{})
	ctx := within(t, 20*time.Second)
	sara := s.AddUser(emulator.User{FirstName: "Sara"})
	sara.Start("")
	sent, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.sender.Edit(ctx, Cards, sara.Chat(), sent.MessageID, Message{HTML: "x"}); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := s.sender.Edit(ctx, Cards, sara.Chat(), 999999, Message{HTML: "y"}); !errors.Is(err, ErrGone) {
		t.Errorf("a message that never was: %v", err)
	}
	if err := s.sender.Delete(ctx, Cards, sara.Chat(), sent.MessageID); err != nil {
		t.Error(err)
	}
	if err := s.sender.Delete(ctx, Cards, sara.Chat(), sent.MessageID); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
	if _, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "<b>x</i>"}); err != nil || s.sender.Counts().Plain != 1 {
		t.Errorf("broken formatting: %v, counted %+v", err, s.sender.Counts())
	}
	if err := s.sender.Answer(ctx, "12345", "x", false); err != nil {
		t.Errorf("an unknown tap: %v", err)
	}
	s.Fault(emulator.Fault{Kind: emulator.Drop, Method: "sendMessage"})
	if _, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "once"}); !apiError(t, err).Maybe {
		t.Errorf("an answer that was lost: %v", err)
	}
	sara.Block()
	if _, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "x"}); !IsBlocked(err) {
		t.Errorf("a person who blocked the bot: %v", err)
	}
	s.client.Close()
}

func TestEmulatedMessages(t *testing.T) {
	t.Parallel()
	s := perform(t, emulator.Options{})
	ctx := within(t, 20*time.Second)
	sara := s.AddUser(emulator.User{FirstName: "Sara"})
	sara.Start("")
	open := func(context.Context, string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("some bytes")), nil
	}
	kinds := []social.MediaKind{social.Document, social.Document, social.Animation, social.Audio, social.Voice}
	var media []social.Media
	for i, k := range kinds {
		media = append(media, social.Media{Kind: k, Hash: fmt.Sprint(i), Duration: 1})
	}
	keys := [][]Button{{{Text: "a", URL: "https://example.com"}}}
	sent, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "card", Media: media, Keyboard: keys, Open: open, Silent: true})
	if err != nil || len(sent.All()) != 6 || len(sent.FileIDs) != 5 {
		t.Fatalf("%+v, %v", sent, err)
	}
	data, err := s.client.Download(ctx, sent.FileIDs[0], 100)
	if err != nil || string(data) != "some bytes" {
		t.Errorf("downloaded %q, %v", data, err)
	}
	_, err = s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: strings.Repeat("<b>سطر &amp; سطر</b>\n", 500), Keyboard: keys, ReplyTo: sent.MessageID, NoPreview: true})
	if err != nil || len(s.Calls("sendMessage")) < 3 {
		t.Errorf("a long text: %v", err)
	}
	if _, err := s.sender.Send(ctx, Cards, sara.Chat(), Message{HTML: "?", ForceReply: "پاسخ"}); err != nil {
		t.Error(err)
	}
	s.client.Close()
}

func TestEmulatedSetup(t *testing.T) {
	t.Parallel()
	s := perform(t, emulator.Options{})
	ctx := within(t, 20*time.Second)
	me, err := s.client.Me(ctx)
	if err != nil || me.ID != s.client.ID() || !me.IsBot {
		t.Errorf("the bot is %+v, %v", me, err)
	}
	if err := s.client.SetWebhook(ctx, "https://them.example/x", "secret"); err != nil {
		t.Error(err)
	}
	if info, err := s.client.Webhook(ctx); err != nil || info.Foreign("https://us.example") != "them.example" {
		t.Errorf("the webhook is %+v, %v", info, err)
	}
	if err := s.client.DeleteWebhook(ctx); err != nil {
		t.Error(err)
	}
	if err := s.client.SetCommands(ctx, "all_private_chats", "fa", []Command{{"start", "آغاز"}}); err != nil {
		t.Error(err)
	}
	sara := s.AddUser(emulator.User{FirstName: "Sara"})
	sara.Start("")
	if err := s.sender.Action(ctx, sara.Chat(), "typing"); err != nil {
		t.Error(err)
	}
	if chat, err := s.client.Chat(ctx, sara.Chat()); err != nil || chat.Type != Private {
		t.Errorf("the chat is %+v, %v", chat, err)
	}
	s.client.Close()
}

// A burst of notices to many people meets no refusal under Telegram's rates.
func TestEmulatedRates(t *testing.T) {
	t.Parallel()
	s := perform(t, emulator.Options{Limits: true})
	var all sync.WaitGroup
	for i := range 60 {
		u := s.AddUser(emulator.User{FirstName: fmt.Sprint(i)})
		u.Start("")
		all.Go(func() {
			if _, err := s.sender.Send(within(t, 20*time.Second), Bulk, u.Chat(), Message{HTML: "x"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c := s.sender.Counts(); c.Limited != 0 || c.Calls != 60 {
		t.Errorf("counted %+v", c)
	}
	s.client.Close()
}

// The bot says what it is for, where the operator has not.
func TestDescribe(t *testing.T) {
	s := perform(t, emulator.Options{})
	if _, err := s.client.Call(t.Context(), "setMyDescription", map[string]any{"description": "The operator's own words."}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"fa", "", "fa"} { // a second start changes nothing
		if err := s.client.Describe(t.Context(), lang, "short "+lang, "long "+lang); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ method, field, lang, want string }{
		{"getMyDescription", "description", "fa", "The operator's own words."},
		{"getMyDescription", "description", "", "The operator's own words."},
		{"getMyShortDescription", "short_description", "fa", "short fa"},
		{"getMyShortDescription", "short_description", "", "short "},
	} {
		var got map[string]string
		if err := s.client.ask(t.Context(), c.method, map[string]any{"language_code": c.lang}, &got); err != nil || got[c.field] != c.want {
			t.Errorf("%s in %q: %q, want %q (%v)", c.method, c.lang, got[c.field], c.want, err)
		}
	}
	s.client.Close()
}
