// Peyk is a Telegram bot with which an agency manages its clients' social
// accounts. This package reads the settings, wires the rooms together and runs
// the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones are known on every machine
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peyk:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

const usage = `Peyk manages social accounts in a Telegram chat.

  peyk                serve (the default)
  peyk serve          serve
  peyk migrate        bring the database to this version and end
  peyk healthcheck    ask a running Peyk whether it is well; for containers
  peyk demo           try it: an emulated Telegram in the browser, no token needed
  peyk help           this text

Settings come from the environment; the README lists them.
`

// run is the whole program. The end-to-end tests call it as main does.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	command := "serve"
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "demo":
		return runDemo(ctx, args[1:], getenv, out)
	case demoBotCommand:
		return runDemoBot(ctx, getenv, os.Stdin, out)
	case "help", "-h", "--help":
		_, err := io.WriteString(out, usage)
		return err
	case "serve", "migrate", "healthcheck":
	default:
		return fmt.Errorf("there is no command %q\n\n%s", command, usage)
	}
	c, err := readConfig(getenv, command)
	if err != nil {
		return err
	}
	switch command {
	case "healthcheck":
		return healthcheck(ctx, c.Listen)
	case "migrate":
		return withDatabase(ctx, c, func(context.Context, string) error { return nil })
	}
	return withDatabase(ctx, c, func(ctx context.Context, dsn string) error {
		a, err := newApp(ctx, c, dsn, out)
		if err != nil {
			return err
		}
		return errors.Join(a.run(ctx), a.close())
	})
}
