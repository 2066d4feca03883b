package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"peyk/bot"
	"peyk/handlers"
	"peyk/locales"
	"peyk/platforms"
	"peyk/platforms/byhand"
	"peyk/platforms/push"
	"peyk/platforms/telegram"
	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
)

// withDatabase runs fn with a migrated database: the one of DATABASE_URL, or one
// of our own under the data folder. When our own one ends by itself, fn is ended
// and the program with it: whoever keeps the program running starts both again.
func withDatabase(ctx context.Context, c Config, fn func(ctx context.Context, dsn string) error) (err error) {
	dsn := c.DatabaseURL.Reveal()
	if dsn == "" {
		server, failed := storage.StartEmbedded(ctx, filepath.Join(c.DataDir, "postgres"))
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		var ended func() error
		ctx, ended = whileRuns(ctx, server)
		defer func() {
			if err != nil { // the first to see that the database is gone may be whoever asked it
				select {
				case <-server.Ended():
					err = errors.Join(errDatabaseEnded, err)
				case <-time.After(time.Second):
				}
			}
			err = errors.Join(ended(), err)
		}()
		dsn = server.DSN("postgres")
	}
	if err := storage.Migrate(ctx, dsn); err != nil {
		return err
	}
	return fn(ctx, dsn)
}

var errDatabaseEnded = errors.New("Peyk's own PostgreSQL has ended by itself; its last words are in the file postgres/log of DATA_DIR. " +
	"Nothing that was saved is lost: start Peyk again")

// whileRuns ends the context with the server. The function tells why it ended.
func whileRuns(ctx context.Context, server *storage.Server) (context.Context, func() error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-server.Ended():
			cancel(errDatabaseEnded)
		case <-ctx.Done():
		}
	})
	return ctx, func() error {
		cancel(nil)
		watch.Wait()
		if errors.Is(context.Cause(ctx), errDatabaseEnded) {
			return errDatabaseEnded
		}
		return nil
	}
}

// An app is the running program.
type app struct {
	config  Config
	out     io.Writer
	log     *slog.Logger
	clock   clockwork.Clock
	dsn     string
	store   *storage.Store
	client  *bot.Client
	sender  *bot.Sender
	workers *bot.Workers
	router  *bot.Router
	me      bot.User
	intake  *reception
	poller  *bot.Poller
	away    bool        // updates may have been lost before the start
	met     atomic.Bool // Telegram has told who we are
	leading atomic.Bool // this process is the one that polls
	current atomic.Bool // the schema was seen to be that of this version
	hook    *bot.Webhook
	porter  *push.Porter // takes in comments that tools tell of; nil: the world cannot reach us
	talk    *handlers.Handlers
	queue   *scheduler.Queue
	publish *scheduler.Publishing
	answer  *scheduler.Answering
	count   *scheduler.Counting
	listen  *scheduler.Listening
	ask     *scheduler.Asking
	started time.Time
	name    string // of this process among those that serve
}

// clocks are what time it is, and the clock by which messages are paced. Tests
// give the program others through the context.
type clocks struct {
	now, pace clockwork.Clock
	bell      <-chan struct{}                         // rings when now was moved; nil: nobody moves it
	ticks     func([]scheduler.Tick) []scheduler.Tick // has what happens by itself happen otherwise; nil: as it shall
}

type clocksKey struct{}

func clocksOf(ctx context.Context) clocks {
	if c, ok := ctx.Value(clocksKey{}).(clocks); ok {
		return c
	}
	real := clockwork.NewRealClock()
	return clocks{now: real, pace: real}
}

func newApp(ctx context.Context, c Config, dsn string, out io.Writer) (*app, error) {
	a := &app{config: c, out: out, dsn: dsn, clock: clocksOf(ctx).now, log: newLog(out, c.LogLevel)}
	a.started, a.name = a.clock.Now(), rand.Text()
	store, err := storage.Open(ctx, dsn, filepath.Join(c.DataDir, "media"))
	if err != nil {
		return nil, err
	}
	a.store = store
	store.Limit(c.Connections - c.Connections/5)
	store.Now, store.At = a.clock.Now, crashPoint
	a.client = bot.NewClient(c.Token.Reveal(), c.APIURL)
	if err := a.wire(ctx, clocksOf(ctx).pace); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func newLog(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
}

func (a *app) close() error {
	a.client.Close()
	return a.store.Close()
}

// meet asks Telegram who we are, for as long as it takes Telegram to be there. A
// token that Telegram does not know ends the program.
func (a *app) meet(ctx context.Context) (refusal error) {
	a.insist(ctx, "Telegram cannot be reached", func() error {
		me, err := a.client.Me(ctx)
		var refused *bot.Error
		if errors.As(err, &refused) && (refused.Code == 401 || refused.Code == 404) {
			refusal = fmt.Errorf("Telegram does not know this bot; check TELEGRAM_TOKEN (BotFather gives it): %w", err)
			return nil
		}
		a.me = me
		return err
	})
	a.router.Username = a.me.Username
	a.met.Store(a.me.ID != 0)
	return refusal
}

// wire puts the rooms together.
func (a *app) wire(ctx context.Context, pace clockwork.Clock) error {
	words, err := locales.Load()
	if err != nil {
		return err
	}
	a.sender = bot.NewSender(a.client, pace, a.log)
	a.sender.Open = a.store.OpenMedia
	a.sender.OnBlocked = func(ctx context.Context, chat int64) { a.warn(ctx, a.store.LosePerson(ctx, chat)) }
	a.sender.OnMigrated = func(ctx context.Context, from, to int64) { a.warn(ctx, a.store.MigrateChat(ctx, from, to)) }
	a.talk = a.handlers(words)
	h := a.talk
	if h.Smith, err = a.openDoors(); err != nil {
		return err
	}
	pictures, err := newEasel(filepath.Join(a.config.DataDir, "pictures"))
	if err != nil {
		return err
	}
	h.Paint, h.PaintAhead = pictures.Draw, pictures.Ahead
	h.Turns = make(chan struct{}, max(1, a.config.Connections/10))
	router := bot.NewRouter(a.sender, a.clock, a.log)
	router.Dialogs, router.OnError = a.store, h.Explain
	h.Routes(router)
	a.router = router
	a.workers = bot.NewWorkers(a.store.Inbox(a.client.ID()), router.Handle, a.clock, a.log)
	a.workers.At, a.workers.Resume = crashPoint, router.Resume
	a.intake = &reception{intake: a.workers, answer: a.sender.Answer, words: words, log: a.log}
	if a.config.PublicURL == "" {
		a.poller = bot.NewPoller(a.client, a.intake, a.clock, a.log)
		a.poller.At = crashPoint
	}
	hands, err := a.networks(ctx)
	if err != nil {
		return err
	}
	a.use(hands)
	a.queue = scheduler.NewQueue(a.dsn, a.log)
	a.queue.Conns = int32(a.config.Connections / 5) //nolint:gosec // settings have been read: it is small
	a.queue.Register("publish", 20, scheduler.Lease, a.publish.Publish)
	a.queue.Register("reply", 10, scheduler.Lease, a.answer.Reply)
	a.queue.RegisterPatient("morning", 4, 40*time.Second, scheduler.Morning(h.Morning))
	a.queue.RegisterPatient("digest", 8, 40*time.Second, scheduler.Digest(h.GiveDigest))
	a.queue.RegisterPatient("digest_lost", 2, 40*time.Second, scheduler.Digest(h.AskDigest))
	a.queue.RegisterPatient("drop", 1, 40*time.Second, scheduler.Watching(h.Watch))
	a.queue.RegisterPatient("exit", 2, 40*time.Second, scheduler.Leaving(a.store, leaver{hands.entrances, a.clock}, a.clock))
	a.queue.Register("hide", 4, scheduler.Lease, a.answer.Hide)
	a.queue.Register("notify", 20, 40*time.Second, func(ctx context.Context, args json.RawMessage) error {
		var job struct {
			Event int64 `json:"event"`
		}
		if err := json.Unmarshal(args, &job); err != nil {
			return fmt.Errorf("reading a notify job: %w", err)
		}
		err := h.Notify(ctx, job.Event)
		if errors.Is(err, handlers.ErrTooSoon) {
			return scheduler.Snooze(time.Second)
		}
		return err
	})
	return nil
}

func (a *app) warn(ctx context.Context, err error) {
	if err != nil {
		a.log.WarnContext(ctx, "keeping up with a chat failed", "err", err)
	}
}

func (a *app) handlers(words *locales.Words) *handlers.Handlers {
	return &handlers.Handlers{
		Store: a.store, Words: words, Clock: a.clock, Sender: a.sender, Files: a.client, Log: a.log,
		Check: platforms.Check, Length: platforms.Length, Alt: platforms.Alt,
		Shorten: platforms.Shorten,
		Text:    func(_ social.Platform, v social.Variant) string { return byhand.MaterialOf(v).Text },
		Link:    func(payload string) string { return "https://t.me/" + a.me.Username + "?start=" + payload },
		Leave:   a.client.Leave,
		Menu:    a.setMenu, Self: a.client.ID,
		Linked: func(ctx context.Context, chat int64) (int64, error) {
			c, err := a.client.Chat(ctx, chat)
			return c.LinkedID, err
		},
		Standing: func(ctx context.Context, chat int64) (bot.ChatMember, error) {
			return a.client.Member(ctx, chat, a.client.ID())
		},
		GroupRights: func(m bot.ChatMember) (missing []string, in bool) {
			missing, in, err := telegram.GroupRights(m.Raw)
			return missing, err == nil && in
		},
		Owners: a.config.Owners, At: crashPoint,
		Rights: func(m bot.ChatMember) []string {
			standing, err := telegram.Rights(m.Raw)
			if err != nil {
				return []string{telegram.RightPost}
			}
			return standing.Missing
		},
	}
}

// run serves until ctx ends, and returns when everything has stopped.
func (a *app) run(ctx context.Context) error {
	if err := a.openHook(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.serveHTTP(ctx) })
	g.Go(func() error {
		if err := a.begin(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if a.away {
			g.Go(func() error { a.lookAtChannels(ctx); return nil })
		}
		g.Go(func() error { return a.workers.Run(ctx) })
		g.Go(func() error { return a.queue.Run(ctx) })
		g.Go(func() error {
			c, ticks := clocksOf(ctx), a.ticks()
			if c.ticks != nil {
				ticks = c.ticks(ticks)
			}
			return scheduler.Run(ctx, a.clock, c.bell, a.log, ticks...)
		})
		return a.receive(ctx)
	})
	err := g.Wait()
	a.intake.going.Wait()
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := a.store.Leave(leave, a.name); err != nil {
		a.log.InfoContext(ctx, "the other processes learn of our end later", "err", err)
	}
	return err
}

// begin waits for Telegram and says who we are. It is no error to be told to end
// while there is no Telegram.
func (a *app) begin(ctx context.Context) error {
	if err := a.meet(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	return a.introduce(ctx)
}

func (a *app) ticks() []scheduler.Tick {
	return append(slices.Concat(a.publish.Ticks(), a.answer.Ticks()),
		scheduler.Tidying(a.store),
		scheduler.Judging(a.store),
		scheduler.Reminding(a.store),
		scheduler.Waking(a.store),
		scheduler.Digesting(a.store),
		scheduler.DrawingAhead(a.store, a.talk.DrawAhead),
		scheduler.Checking(a.store),
		scheduler.Reporting(a.store, handlers.MonthIn),
		a.count.Tick(),
		a.listen.Tick(),
		a.ask.Tick(),
		scheduler.Tick{
			Name: "share", Every: 15 * time.Second,
			Do: func(ctx context.Context, _ time.Time) error {
				n, err := a.store.Beat(ctx, a.name)
				if err == nil {
					a.sender.Share(n)
				}
				return err
			},
		})
}

// openHook makes the place to which Telegram posts updates, where the world can
// reach us.
func (a *app) openHook(ctx context.Context) error {
	if a.config.PublicURL == "" {
		return nil
	}
	secret, err := a.webhookSecret(ctx)
	if err != nil {
		return err
	}
	a.hook = &bot.Webhook{Secret: secret, Bot: a.client.ID(), Intake: a.intake, Clock: a.clock, Log: a.log}
	return nil
}

// receive has Telegram give us updates, until ctx ends.
func (a *app) receive(ctx context.Context) error {
	if a.hook != nil {
		address := a.config.PublicURL + webhookPath
		a.insist(ctx, "the webhook could not be set", func() error {
			return a.client.SetWebhook(ctx, address, a.hook.Secret)
		})
		return nil
	}
	// Telegram gives updates to one poller only; the others stand by.
	return a.store.Lead(ctx, "poll", func(ctx context.Context) error {
		a.leading.Store(true)
		defer a.leading.Store(false)
		a.insist(ctx, "a webhook could not be removed", func() error { return a.removeWebhook(ctx) })
		return a.poller.Run(ctx)
	})
}

// removeWebhook ends the posting of updates to wherever they were posted: nobody
// can poll beside it.
func (a *app) removeWebhook(ctx context.Context) error {
	info, err := a.client.Webhook(ctx)
	if err != nil || info.URL == "" {
		return err
	}
	a.log.WarnContext(ctx, "updates were posted to a webhook, which is removed now: PUBLIC_URL is not set. "+
		"If another program uses this bot, give it a bot of its own", "host", info.Foreign(""), "waiting", info.Pending)
	return a.client.DeleteWebhook(ctx)
}

// insist does again what Telegram refuses, with growing pauses, until it succeeds
// or ctx ends.
func (a *app) insist(ctx context.Context, fault string, do func() error) {
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		err := do()
		if err == nil || ctx.Err() != nil {
			return
		}
		var refused *bot.Error
		if errors.As(err, &refused) {
			pause = max(pause, refused.RetryAfter)
		}
		a.log.ErrorContext(ctx, fault+"; trying again", "err", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// webhookSecret is the one that was given, or one that is made once and kept
// sealed, the same for all processes.
func (a *app) webhookSecret(ctx context.Context) (string, error) {
	if given := a.config.WebhookSecret.Reveal(); given != "" {
		return given, nil
	}
	seal, err := storage.OpenSeal(a.config.SecretKeyFile)
	if err != nil {
		return "", err
	}
	const about = "webhook_secret"
	sealed, err := seal.Close(randomWord(), about)
	if err != nil {
		return "", err
	}
	if sealed, err = a.store.KeepSetting(ctx, about, sealed); err != nil {
		return "", err
	}
	return seal.Open(sealed, about)
}

// setMenu gives a chat a command menu of its own, or takes it away.
func (a *app) setMenu(ctx context.Context, chat int64, menu []handlers.Command) error {
	var list []bot.Command
	for _, c := range menu {
		list = append(list, bot.Command{Name: c.Name, Text: c.Description})
	}
	return a.client.SetChatCommands(ctx, chat, list)
}

// registerCommands gives the command menu, and what the bot says of itself, to
// readers of Persian, and in English to all others. Persian comes first: what is
// said to all others would look like the operator's own words.
func (a *app) registerCommands(ctx context.Context) {
	for _, lang := range []string{"fa", "en"} {
		var list []bot.Command
		for _, c := range a.talk.Commands(lang, handlers.PrivateChats) {
			list = append(list, bot.Command{Name: c.Name, Text: c.Description})
		}
		code := ""
		if lang == "fa" {
			code = lang
		}
		if err := a.client.SetCommands(ctx, handlers.PrivateChats, code, list); err != nil {
			a.log.WarnContext(ctx, "the commands could not be registered", "err", err)
		}
		short, long := a.talk.About(lang)
		if err := a.client.Describe(ctx, code, short, long); err != nil {
			a.log.WarnContext(ctx, "the bot could not describe itself", "err", err)
		}
	}
}

// introduce prints what an operator needs at the start, and registers the commands.
func (a *app) introduce(ctx context.Context) error {
	a.registerCommands(ctx)
	if err := a.tellAbsence(ctx); err != nil {
		return err
	}
	if err := a.offerFounding(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "Peyk serves as @%s.\n", a.me.Username)
	return nil
}

// updateLife is how long Telegram keeps updates (Bot API 10.3, "Getting updates").
const updateLife = 24 * time.Hour

// tellAbsence says when Telegram may have dropped updates before we could have
// them. Nothing goes out because of that: what was not approved waits.
func (a *app) tellAbsence(ctx context.Context) error {
	last, err := a.store.Inbox(a.client.ID()).Last(ctx)
	if err != nil || last.IsZero() {
		return err
	}
	if away := a.clock.Since(last); away > updateLife {
		a.log.WarnContext(ctx, fmt.Sprintf("no update has come for %s, and Telegram keeps them for 24 h: if Peyk was not running, "+
			"what people wrote and pressed at first is lost; /waiting shows them what waits", away.Truncate(time.Hour)))
		a.away = true
	}
	return nil
}

// offerFounding prints a link for the first agency, while there is none and
// nobody else is named who may found one.
func (a *app) offerFounding(ctx context.Context) error {
	founded, err := a.store.HasAgencies(ctx)
	if err != nil || founded || len(a.config.Owners) > 0 {
		return err
	}
	token, err := a.store.InviteFounder(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "No agency yet. Open this link in Telegram within 48 hours to found one; it works once:\n  https://t.me/%s?start=%s\n", a.me.Username, token)
	return nil
}
