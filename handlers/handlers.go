// Package handlers is what people do with Peyk: one file for each kind of
// conversation, its views beside it. Rules are in social, words in locales.
package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// Handlers holds what conversations need. main fills it.
type Handlers struct {
	Store  Store
	Words  *locales.Words
	Clock  clockwork.Clock
	Sender Sender
	Files  Files
	Log    *slog.Logger

	Check   func(social.Account, social.Variant) []social.Issue         // what a platform refuses
	Length  func(social.Account, social.Variant) (n, limit int)         // counted as the account's platform counts
	Alt     func(social.Account, social.Media) (n, limit int)           // the length of a file's description, and the most there; 0: none is taken
	Shorten func(social.Account, social.Variant) social.Text            // what fits of a text that is too long
	Rights  func(member bot.ChatMember) (missing []string)              // what the bot lacks in a channel
	Text    func(social.Platform, social.Variant) string                // copy-ready, for publishing by hand
	Self    func() int64                                                // the bot's own Telegram id
	Link    func(payload string) string                                 // a deep link to the bot
	Menu    func(ctx context.Context, chat int64, menu []Command) error // gives a chat a command menu of its own; none: takes it away
	Leave   func(ctx context.Context, chat int64) error                 // leaves a group

	Linked      func(ctx context.Context, chat int64) (int64, error)          // a channel's discussion group, or the reverse; 0: none
	Standing    func(ctx context.Context, chat int64) (bot.ChatMember, error) // the bot's own
	GroupRights func(bot.ChatMember) (missing []string, in bool)              // what the bot lacks in a discussion group
	Hide        func(ctx context.Context, c social.Comment) error             // takes a comment out of sight; what is gone is no error

	Paint func(ctx context.Context, p social.Picture) ([]byte, error) // a PNG; nil: nothing is drawn
	// Turns are held by whoever reads a digest that goes out by itself.
	Turns chan struct{}
	// PaintAhead draws what Paint will be asked for; nil: nothing is drawn ahead.
	PaintAhead func(ctx context.Context, p social.Picture) error

	Entrances map[social.Platform]Entrance // of the networks that are signed in to
	Smith     Smith                        // makes addresses for tools that tell of comments

	Owners []int64            // Telegram ids that may found an agency
	At     func(point string) // named points at which a crash is tried out; does nothing in service
}

// Store is all of the storage that conversations use, gathered from what each
// file asks for.
type Store interface {
	people
	posts
	reviews
	cards
	notices
	members
	brands
	accounts
	doors
	discussions
	comments
	dialogs
	drafts
	mornings
	digests
	reports
	drops
	plans
	goals
	takeouts
	departures
	metrics
}

type people interface {
	Enter(ctx context.Context, p social.Person) (social.Person, error)
	Member(ctx context.Context, person, brand int64) (social.Member, error)
}

// Sender brings messages to chats.
type Sender interface {
	Send(ctx context.Context, lane bot.Lane, chat int64, m bot.Message) (bot.Sent, error)
	Edit(ctx context.Context, lane bot.Lane, chat, message int64, m bot.Message) error
	Redraw(ctx context.Context, lane bot.Lane, chat, message int64, draw func(context.Context) (bot.Message, error)) error
	Delete(ctx context.Context, lane bot.Lane, chat, message int64) error
	Action(ctx context.Context, chat int64, action string) error
}

// A Reader is whoever presses or writes, and how to speak to him.
type Reader struct {
	Person social.Person
	Say    locales.Printer
}

// conversation is a handler that knows who asks.
type conversation func(ctx context.Context, r *bot.Request, me Reader) error

// person settles who asks before fn starts. Taps outside of a private chat have no
// effect: none of our buttons are there, and others would read the answer.
func (h *Handlers) person(fn conversation) bot.HandlerFunc {
	return func(ctx context.Context, r *bot.Request) error {
		if r.Chat.Type != bot.Private {
			return nil
		}
		me, err := h.reader(ctx, r)
		if err != nil {
			return err
		}
		return fn(ctx, r, me)
	}
}

func (h *Handlers) reader(ctx context.Context, r *bot.Request) (Reader, error) {
	p, err := h.Store.Enter(ctx, social.Person{
		TelegramID: r.From.ID, Name: r.From.Name(), Username: r.From.Username, Lang: locales.Guess(r.From.LanguageCode),
	})
	if err != nil {
		return Reader{}, err
	}
	return Reader{Person: p, Say: h.say(p)}, nil
}

// say speaks to somebody about nothing of any brand: in his own zone, or UTC.
func (h *Handlers) say(p social.Person) locales.Printer {
	return h.sayIn(p, social.Brand{Zone: "Asia/Tehran", Calendar: social.Jalali})
}

// sayIn speaks to somebody about a brand: times are in his own zone or the
// brand's, dates in his own calendar, or for readers of Persian in the brand's.
func (h *Handlers) sayIn(p social.Person, b social.Brand) locales.Printer {
	zone := b.Location()
	if p.Zone != "" {
		zone = social.Brand{Zone: p.Zone}.Location()
	}
	calendar := p.Calendar
	switch {
	case calendar != "":
	case p.Lang == "fa":
		calendar = b.Calendar
	default:
		calendar = social.Gregorian
	}
	return h.Words.Printer(p.Lang, zone, calendar).At(h.Clock.Now())
}

// Explain tells somebody why what he did had no effect. A refusal is a word of
// the product; everything else is a fault with a code that stands in the log.
func (h *Handlers) Explain(ctx context.Context, r *bot.Request, err error) {
	if r.Member != nil || r.From.ID == 0 {
		h.Log.ErrorContext(ctx, "handling an update of nobody's failed", "chat", r.Chat.ID, "err", err)
		return // a word about it has no place in a channel or a group
	}
	me, readErr := h.reader(ctx, r)
	if readErr != nil {
		me = Reader{Say: h.say(social.Person{Lang: locales.Guess(r.From.LanguageCode)})}
	}
	var rule social.Rule
	text := ""
	if errors.As(err, &rule) {
		text = me.Say.Plain("rule." + string(rule))
	} else {
		code := faultCode()
		h.Log.ErrorContext(ctx, "handling an update failed", "code", code, "err", err)
		text = me.Say.Plain("error.other", "code", code)
	}
	if r.Callback != nil {
		err = r.Alert(ctx, text)
	} else {
		_, err = r.Reply(ctx, bot.Message{HTML: locales.Escape(text)})
	}
	if err != nil {
		h.Log.WarnContext(ctx, "explaining failed", "err", err)
	}
}

// rows lays buttons out n a row. The first is the main one: in Persian it stands
// at the right end of its row, where reading begins.
func rows(say locales.Printer, buttons []bot.Button, n int) [][]bot.Button {
	var laid [][]bot.Button
	for row := range slices.Chunk(buttons, n) {
		row = slices.Clone(row)
		if say.Lang() == "fa" {
			slices.Reverse(row)
		}
		laid = append(laid, row)
	}
	return laid
}

// back is the row that leads back to where data leads.
func back(say locales.Printer, data string) []bot.Button {
	return []bot.Button{{Text: say.Label("button.back"), Data: data}}
}

// button is one button of the language file that carries data.
func button(say locales.Printer, key, data string) bot.Button {
	return bot.Button{Text: say.Label("button." + key), Data: data}
}

// faultCode names one fault in the log and to whoever met it.
func faultCode() string {
	var raw [4]byte
	rand.Read(raw[:])
	return strings.ToUpper(hex.EncodeToString(raw[:]))
}
