package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"peyk/emulator"
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
	store    *storage.Store
	bot      *demoBot
}

// readDemo reads the arguments of the command.
func readDemo(args []string, getenv func(string) string, out io.Writer) (*demo, error) {
	d := &demo{out: out}
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&d.lang, "lang", "", "")
	flags.IntVar(&d.port, "port", 8090, "")
	flags.StringVar(&d.dir, "dir", "", "")
	flags.BoolVar(&d.reset, "reset", false, "")
	flags.BoolVar(&d.brief, "brief", false, "")
	if err := flags.Parse(args); err != nil {
		return nil, fmt.Errorf("%w\n\n%s", err, demoUsage)
	}
	if d.lang == "" {
		d.lang = "en"
		if strings.HasPrefix(getenv("LANG")+getenv("LC_ALL"), "fa") {
			d.lang = "fa"
		}
	}
	if d.dir == "" {
		home := getenv("DATA_DIR")
		if home == "" {
			home = defaultDataDir(getenv, os.Geteuid() == 0)
		}
		if home != "" {
			d.dir = filepath.Join(home, "demo")
		}
	}
	var err error
	switch {
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

// runDemo shows Peyk until ctx ends.
func runDemo(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	d, err := readDemo(args, getenv, out)
	if err != nil {
		return err
	}
	if getenv("TELEGRAM_TOKEN") != "" {
		fmt.Fprintln(out, "The demo takes no real token: TELEGRAM_TOKEN is left alone.")
	}
	if address := runningDemo(ctx, d.dir); address != "" {
		return fmt.Errorf("a demo runs in %s already: open %s, or name another folder with --dir", d.dir, address)
	}
	if err := d.claim(); err != nil {
		return err
	}
	if d.reset {
		if err := d.forget(); err != nil {
			return err
		}
	}
	server, err := storage.StartEmbedded(ctx, filepath.Join(d.dir, "postgres"))
	if err != nil {
		return err
	}
	err = d.run(ctx, server.DSN("postgres"))
	return errors.Join(err, server.Stop())
}

// demoMark is the file by which a demo knows its own folder.
const demoMark = "peyk-demo"

// claim makes the demo's folder, or finds that it is one. Any other folder that
// holds something is left alone: it may be the data of a real Peyk.
func (d *demo) claim() error {
	mark := filepath.Join(d.dir, demoMark)
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	there, err := os.ReadDir(d.dir)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case len(there) > 0:
		return fmt.Errorf("%s holds something that no demo has made; name an empty or a new folder with --dir", d.dir)
	}
	if err != nil {
		if err := os.MkdirAll(d.dir, 0o711); err != nil { //nolint:gosec // the database's own user must pass through
			return err
		}
	}
	return os.WriteFile(mark, []byte("The world of Peyk's demo. It may be deleted.\n"), 0o600)
}

// forget removes an earlier world. Only what a demo has made goes.
func (d *demo) forget() error {
	var failed error
	for _, name := range []string{"postgres", "world", "bot", "clock", "bot.log", "seeded"} {
		failed = errors.Join(failed, os.RemoveAll(filepath.Join(d.dir, name)))
	}
	return failed
}

// run brings up the world, shows its page, and puts everything away at the end.
func (d *demo) run(ctx context.Context, dsn string) (err error) {
	if err := storage.Migrate(ctx, dsn); err != nil {
		return err
	}
	if d.store, err = storage.Open(ctx, dsn, filepath.Join(d.dir, "bot", "media")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	if d.words, err = locales.Load(); err != nil {
		return err
	}
	d.clock = newDemoClock(filepath.Join(d.dir, "clock"))
	d.telegram = emulator.New(emulator.Options{Clock: d.clock, BotUsername: "demo_peyk_bot", FirstUpdate: time.Now().Unix()})
	defer d.telegram.Close() //nolint:contextcheck // what it closes has a context of its own
	if err := d.telegram.Start(); err != nil {
		return err
	}
	if err := d.bring(ctx); err != nil {
		return err
	}
	d.bot = newDemoBot(d, dsn)
	defer func() { err = errors.Join(err, d.bot.Kill(context.WithoutCancel(ctx)), d.save()) }()
	if err := d.open(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// bring loads the world of the last run. Without one there is nothing yet.
func (d *demo) bring(ctx context.Context) error {
	err := d.telegram.LoadFrom(filepath.Join(d.dir, "world")) //nolint:contextcheck // what it starts ends with the emulator
	switch {
	case errors.Is(err, fs.ErrNotExist):
		known, err := d.store.HasAgencies(ctx)
		if err == nil && known {
			err = fmt.Errorf("the world in %s is incomplete; begin a new one with --reset", d.dir)
		}
		return err
	case err != nil:
		return fmt.Errorf("%w; begin a new one with --reset", err)
	}
	return nil
}

// open starts Peyk, makes the world at the first run, and shows the page.
func (d *demo) open(ctx context.Context) error {
	l, err := d.listen(ctx)
	if err != nil {
		return err
	}
	address := "http://" + l.Addr().String() + "/"
	page := &http.Server{
		Handler: emulator.NewPage(d.telegram, emulator.PageOptions{Lang: d.lang, People: cast(), Control: d}), ReadHeaderTimeout: 10 * time.Second,
	}
	if _, err := os.Stat(filepath.Join(d.dir, "seeded")); errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(d.out, "Making the demo's world: an agency, two brands, their people and their posts …")
		if err := d.seed(ctx); err != nil {
			return errors.Join(err, l.Close())
		}
	} else if err := d.bot.Start(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := os.WriteFile(filepath.Join(d.dir, "address"), []byte(address), 0o600); err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintf(d.out, "\n  Open %s\n\nCtrl-C ends the demo; its world is kept in %s.\n", address, d.dir)
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
	return errors.Join(g.Wait(), os.Remove(filepath.Join(d.dir, "address")))
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

// runningDemo is the address of a demo that runs in the folder; empty: none does.
func runningDemo(ctx context.Context, dir string) string {
	address, err := os.ReadFile(filepath.Join(dir, "address"))
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, string(address)+"api/world", nil)
	if err != nil {
		return ""
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return ""
	}
	_ = res.Body.Close()
	return string(address)
}

// keep saves the world every few seconds when it has changed.
func (d *demo) keep(ctx context.Context) error {
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	for last := int64(-1); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := d.telegram.Revision()
		if now == last {
			continue
		}
		last = now
		if err := d.save(); err != nil {
			return err
		}
	}
}

func (d *demo) save() error {
	if err := d.telegram.SaveTo(filepath.Join(d.dir, "world")); err != nil {
		return fmt.Errorf("keeping the demo's world: %w", err)
	}
	return nil
}
