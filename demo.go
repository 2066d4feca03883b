package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"peyk/emulator"
	"peyk/emulator/sky"
	"peyk/locales"
	"peyk/storage"
)

const demoUsage = `Peyk's demo: Telegram in a box, a page of phones, and Peyk at work in it.

  peyk demo [--lang fa|en] [--port 8090] [--dir FOLDER] [--reset] [--brief]

  --lang    what the page speaks at first; it can be changed there
  --port    where the page is; another one is taken when this one is in use
  --dir     where the demo's world is kept between runs
  --reset   begins with a new world
  --brief   makes a world without its eight weeks of history, which is there sooner

It needs no token and no accounts, and reaches nothing outside this machine.
`

// A demo is the emulated Telegram with its people, Peyk as a process of its own,
// and the page on which both are seen.
type demo struct {
	dir   string
	lang  string
	port  int
	reset bool
	brief bool
	out   io.Writer

	words    *locales.Words
	clock    *demoClock
	telegram *emulator.Emulator
	sky      *sky.Network
	store    *storage.Store
	bot      *demoBot
}

// readDemo reads the arguments of the command.
func readDemo(args []string, getenv func(string) string, out io.Writer) (*demo, error) {
	d := &demo{out: out}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&d.lang, "lang", demoLang(getenv), "")
	flags.IntVar(&d.port, "port", 8090, "")
	flags.StringVar(&d.dir, "dir", demoHome(getenv), "")
	flags.BoolVar(&d.reset, "reset", false, "")
	flags.BoolVar(&d.brief, "brief", false, "")
	err := flags.Parse(args)
	switch {
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("%q is not understood", flags.Arg(0))
	case d.lang != "fa" && d.lang != "en":
		err = fmt.Errorf("--lang is fa or en, not %q", d.lang)
	case d.port < 0 || d.port > 65535:
		err = fmt.Errorf("--port is a number up to 65535, not %d", d.port)
	case d.dir == "":
		err = errors.New("no home folder is known; name one with --dir")
	default:
		d.dir, err = filepath.Abs(d.dir)
	}
	if err != nil {
		return nil, fmt.Errorf("%w\n\n%s", err, demoUsage)
	}
	return d, nil
}

// demoLang is the language of whoever starts the demo, as the system knows it.
func demoLang(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			if strings.HasPrefix(value, "fa") {
				return "fa"
			}
			break
		}
	}
	return "en"
}

// demoHome is where worlds are kept unless another place is named.
func demoHome(getenv func(string) string) string {
	home := getenv("DATA_DIR")
	if home == "" {
		home = defaultDataDir(getenv, os.Geteuid() == 0)
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, "demo")
}

// runDemo shows Peyk until ctx ends.
func runDemo(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	d, err := readDemo(args, getenv, out)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(out, demoUsage)
		return err
	}
	if err != nil {
		return err
	}
	for _, name := range []string{"TELEGRAM_TOKEN", "TELEGRAM_API_URL", "DATABASE_URL", "PUBLIC_URL"} {
		if getenv(name) != "" {
			fmt.Fprintf(out, "The demo takes nothing real: %s is left alone.\n", name)
		}
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the terminal is closed
	defer stop()
	lock, err := d.occupy()
	if err != nil {
		return err
	}
	return errors.Join(d.serve(ctx), lock.Close())
}

// serve makes the world if there is none, and shows it until ctx ends.
func (d *demo) serve(ctx context.Context) error {
	old := d.whole()
	if d.reset || !old {
		if err := d.forget(); err != nil {
			return err
		}
	}
	brought := false
	err := withDatabase(ctx, Config{DataDir: d.dir}, func(ctx context.Context, dsn string) error {
		return d.run(ctx, dsn, &brought)
	})
	if err != nil && old && !brought && ctx.Err() == nil && !errors.Is(err, storage.ErrNoPostgres) {
		return fmt.Errorf("the world in %s cannot be opened; --reset begins a new one: %w", d.dir, err)
	}
	return err
}

// run brings up the world, shows its page, and puts everything away at the end.
// Brought is set once the world of an earlier run is there.
func (d *demo) run(ctx context.Context, dsn string, brought *bool) (err error) {
	if d.store, err = storage.Open(ctx, dsn, filepath.Join(d.dir, "bot", "media")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	if d.words, err = locales.Load(); err != nil {
		return err
	}
	d.clock = newDemoClock(filepath.Join(d.dir, "clock"))
	d.telegram = emulator.New(emulator.Options{Clock: d.clock, BotUsername: "demo_peyk_bot", BotNames: d.botNames(), FirstUpdate: time.Now().Unix()})
	defer d.telegram.Close() //nolint:contextcheck // what it closes has a context of its own
	if err := d.telegram.Start(); err != nil {
		return err
	}
	d.sky = newDemoSky(d.clock.Now)
	defer d.sky.Close()
	if err := d.sky.Start(); err != nil { //nolint:contextcheck // what it starts ends with Close
		return err
	}
	if err := d.bring(ctx); err != nil {
		return err
	}
	*brought = true
	d.bot = newDemoBot(d, dsn)
	defer func() { err = errors.Join(err, d.bot.Kill(context.WithoutCancel(ctx))) }()
	if err := d.open(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// open takes a port, makes the world at the first run, and shows the page.
func (d *demo) open(ctx context.Context) error {
	l, err := d.listen(ctx)
	if err != nil {
		return err
	}
	if d.whole() {
		err = d.bot.Start(ctx)
	} else {
		err = d.seed(ctx)
	}
	address := "http://" + l.Addr().String() + "/"
	if err == nil {
		err = os.WriteFile(d.file("address"), []byte(address), 0o600)
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintf(d.out, "\n  Open %s\n\nCtrl-C ends the demo; its world is kept in %s.\n", address, d.dir)
	return errors.Join(d.show(ctx, l), d.away(ctx))
}

// show serves the page and keeps the world alive until ctx ends.
func (d *demo) show(ctx context.Context, l net.Listener) error {
	page := &http.Server{
		Handler: emulator.NewPage(d.telegram, emulator.PageOptions{Lang: d.lang, People: cast(), Control: d, Sky: d.sky}), ReadHeaderTimeout: 10 * time.Second,
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := page.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		return page.Close() // streams never end by themselves
	})
	g.Go(func() error { return d.keep(ctx) })
	g.Go(func() error { return d.follow(ctx) })
	return g.Wait()
}

// away ends the bot and keeps the world.
func (d *demo) away(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	return errors.Join(os.Remove(d.file("address")), d.bot.Stop(ctx), d.save())
}

// listen takes the wanted port, or any that is free.
func (d *demo) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(d.port))
	if err == nil {
		return l, nil
	}
	if l, err = config.Listen(ctx, "tcp", "127.0.0.1:0"); err == nil {
		fmt.Fprintf(d.out, "Port %d is in use; another one is taken.\n", d.port)
	}
	return l, err
}

// botNames are what Telegram calls the bot to readers of each language.
func (d *demo) botNames() map[string]string {
	names := map[string]string{}
	for _, lang := range []string{"fa", "en"} {
		names[lang] = d.words.Printer(lang, demoPlace(), "").Plain("about.name")
	}
	return names
}
