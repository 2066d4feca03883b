package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"
)

// A Secret is a setting that never shows itself, however it is printed. It holds
// an address, since fmt looks past the methods of a value in some places (%p, and
// fields that are not exported) and would find a string there.
type Secret struct{ value *string }

// newSecret keeps s from being shown.
func newSecret(s string) Secret { return Secret{&s} }

// hidden stands for a secret that is set.
const hidden = "***"

// Reveal returns the secret itself, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

func (s Secret) mask() string {
	if s.Reveal() == "" {
		return ""
	}
	return hidden
}

// UnmarshalText reads the secret from a setting.
func (s *Secret) UnmarshalText(text []byte) error { //nolint:unparam // the interface has an error
	*s = newSecret(string(text))
	return nil
}

// Format prints the mask for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.mask()) }

// MarshalText gives the mask to encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil } //nolint:unparam // the interface has an error

// LogValue gives the mask to logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mask()) }

// Config is every setting. The tags are the source of the tables in the READMEs;
// a test keeps those current.
type Config struct {
	Token         Secret     `env:"TELEGRAM_TOKEN" en:"The bot's token from @BotFather. The only setting that is needed." fa:"توکن رباتی که از @BotFather گرفته‌اید؛ تنها تنظیم لازم."`
	APIURL        string     `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org" en:"Another Bot API server, for example one of your own." fa:"سرور دیگری برای Bot API؛ مثلاً سرور خودتان."`
	DatabaseURL   Secret     `env:"DATABASE_URL" en:"A PostgreSQL server (15 or newer). Without it Peyk runs one of its own under DATA_DIR." fa:"نشانی سرور PostgreSQL (نسخهٔ ۱۵ یا تازه‌تر). اگر نباشد، پیک سرور خودش را در DATA_DIR راه می‌اندازد."`
	Connections   int        `env:"DATABASE_CONNECTIONS" envDefault:"30" en:"How many connections a process keeps to PostgreSQL, at least 10; two more follow what happens there." fa:"تعداد اتصال‌های هر پردازه به PostgreSQL، دست‌کم ۱۰؛ دو اتصال دیگر هم رویدادها را دنبال می‌کنند."`
	DataDir       string     `env:"DATA_DIR" default:"/var/lib/peyk as root, otherwise ~/.local/share/peyk" faDefault:"با root پوشهٔ /var/lib/peyk و وگرنه ~/.local/share/peyk" en:"Where media files and Peyk's own database lie." fa:"پوشهٔ فایل‌های رسانه و پایگاه دادهٔ خود پیک."`
	Listen        string     `env:"LISTEN_ADDR" envDefault:"127.0.0.1:8080" en:"Address for health, metrics and the webhook." fa:"نشانی بررسی سلامت، سنجه‌ها و وب‌هوک."`
	PublicURL     string     `env:"PUBLIC_URL" en:"The https address at which Telegram, and tools that bring comments, reach LISTEN_ADDR; http too with a Bot API server of your own. Set: webhook. Unset: long polling, and no such tools." fa:"نشانی https که تلگرام و ابزارهایی که نظر می‌آورند از آن به LISTEN_ADDR می‌رسند؛ با سرور Bot API خودتان http هم می‌شود. اگر باشد وب‌هوک به کار می‌رود، وگرنه long polling و ابزارها راه ندارند."`
	WebhookSecret Secret     `env:"WEBHOOK_SECRET" default:"made once, and kept" faDefault:"یک بار ساخته و نگه داشته می‌شود" en:"What Telegram must show at the webhook: 1 to 256 of A–Z, a–z, 0–9, _ and -." fa:"رمزی که تلگرام باید در وب‌هوک نشان بدهد: ۱ تا ۲۵۶ نویسه از A–Z، a–z، 0–9، _ و -."`
	SecretKeyFile string     `env:"SECRET_KEY_FILE" default:"DATA_DIR/secret.key" en:"The key that seals stored secrets, made at the first start. Keep a copy of it, apart from the database." fa:"کلید مهر کردن رازهای ذخیره‌شده که در نخستین اجرا ساخته می‌شود. نسخه‌ای از آن را جدا از پایگاه داده نگه دارید."`
	Owners        []int64    `env:"OWNER_IDS" en:"Telegram ids of people who may found an agency, with commas between them. Empty: a founding link that works once is printed at the start." fa:"شناسهٔ تلگرام کسانی که می‌توانند آژانس بسازند، با ویرگول میانشان. اگر خالی باشد، هنگام شروع پیوندی یک‌بارمصرف چاپ می‌شود."`
	BlueskyURL    string     `env:"BLUESKY_URL" envDefault:"https://bsky.social" en:"Where handles of Bluesky are looked up. A server of your own may be inside your network and, if you write http, without https; no other that people name may." fa:"جایی که شناسه‌های بلواسکای پیدا می‌شوند. سرور خودتان می‌تواند داخل شبکه‌تان و، اگر http بنویسید، بدون https باشد؛ سرورهایی که دیگران نام می‌برند نه."`
	MastodonURL   string     `env:"MASTODON_URL" en:"The address of a Mastodon server of your own. It may be inside your network and, if you write http, without https; no other that people name may." fa:"نشانی سرور ماستودون خودتان. می‌تواند داخل شبکه‌تان و، اگر http بنویسید، بدون https باشد؛ سرورهایی که دیگران نام می‌برند نه."`
	LogLevel      slog.Level `env:"LOG_LEVEL" envDefault:"info" en:"debug, info, warn or error." fa:"یکی از debug، info، warn یا error."`
}

// readConfig reads the settings for a command, and reports everything that is
// wrong with them at once, each fault with its remedy. No fault shows a value. Only
// who serves needs a token.
func readConfig(getenv func(string) string, command string) (Config, error) {
	var c Config
	environment := map[string]string{}
	params, err := env.GetFieldParams(&c)
	if err != nil {
		return c, err
	}
	for _, p := range params {
		if v := strings.TrimSpace(getenv(p.Key)); v != "" {
			environment[p.Key] = v
		}
	}
	faults := parseFaults(env.ParseWithOptions(&c, env.Options{Environment: environment}))
	faults = append(faults, c.settlePaths(getenv)...)
	c.APIURL = strings.TrimSuffix(c.APIURL, "/")
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	c.BlueskyURL = strings.TrimSuffix(c.BlueskyURL, "/")
	c.MastodonURL = strings.TrimSuffix(c.MastodonURL, "/")
	if c.Token.Reveal() == "" && command == "serve" {
		faults = append(faults, errors.New(tokenRemedy))
	}
	return c, errors.Join(append(faults, c.faults()...)...)
}

// settlePaths fills in where things lie, and makes the places independent of the
// folder in which Peyk was started.
func (c *Config) settlePaths(getenv func(string) string) []error {
	if c.DataDir == "" {
		c.DataDir = defaultDataDir(getenv, os.Geteuid() == 0)
	}
	if c.DataDir == "" {
		return []error{errors.New("DATA_DIR: no home folder is known; set it to a folder that Peyk may write, such as /var/lib/peyk")}
	}
	if c.SecretKeyFile == "" {
		c.SecretKeyFile = filepath.Join(c.DataDir, "secret.key")
	}
	var dirErr, keyErr error
	c.DataDir, dirErr = filepath.Abs(c.DataDir)
	c.SecretKeyFile, keyErr = filepath.Abs(c.SecretKeyFile)
	if err := errors.Join(dirErr, keyErr); err != nil {
		return []error{fmt.Errorf("DATA_DIR, SECRET_KEY_FILE: write them as absolute paths: %w", err)}
	}
	return nil
}

// defaultDataDir is empty when nothing tells where data belong.
func defaultDataDir(getenv func(string) string, root bool) string {
	if root {
		return "/var/lib/peyk"
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "peyk")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "peyk")
	}
	return ""
}

// parseFaults words what the parser could not read, without the value.
func parseFaults(err error) []error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		if err == nil {
			return nil
		}
		return []error{errors.New("the settings cannot be read")}
	}
	var faults []error
	for _, e := range all.Errors {
		var bad env.ParseError
		switch {
		case errors.As(e, &bad) && bad.Name == "Owners":
			faults = append(faults, errors.New(ownersRemedy))
		case errors.As(e, &bad) && bad.Name == "Connections":
			// stays 0, which is told of where too few are
		case errors.As(e, &bad) && bad.Name == "LogLevel":
			faults = append(faults, errors.New("LOG_LEVEL: write debug, info, warn or error"))
		default:
			faults = append(faults, errors.New("a setting cannot be read"))
		}
	}
	return faults
}

const tokenRemedy = "TELEGRAM_TOKEN is missing: ask @BotFather for a bot (/newbot) and set it to the token that he gives"

const ownersRemedy = "OWNER_IDS: write Telegram ids as numbers with commas between them, such as 123456,789012"

// What a token from BotFather and a webhook's secret (Bot API, setWebhook, 10.3)
// look like.
var (
	tokenForm  = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]{20,}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

func (c Config) faults() []error {
	var faults []error
	add := func(wrong bool, say string) {
		if wrong {
			faults = append(faults, errors.New(say))
		}
	}
	token, secret := c.Token.Reveal(), c.WebhookSecret.Reveal()
	add(token != "" && !tokenForm.MatchString(token), "TELEGRAM_TOKEN does not look like a token: copy the whole line from @BotFather, such as 123456:ABC-…")
	add(!webURL(c.APIURL, "http", "https"), "TELEGRAM_API_URL: write an http or https address, such as https://api.telegram.org")
	add(c.PublicURL != "" && !webURL(c.PublicURL, c.hookSchemes()...), "PUBLIC_URL: Telegram needs an https address, such as https://peyk.example.org (http only with a Bot API server of your own in TELEGRAM_API_URL); leave it out for long polling")
	add(!serverURL(c.BlueskyURL), "BLUESKY_URL: write the https address of a server with nothing behind it, such as https://bsky.social (http only for one of your own)")
	add(c.MastodonURL != "" && !serverURL(c.MastodonURL), "MASTODON_URL: write the https address of a server with nothing behind it, such as https://toot.example.org (http only for one of your own), or leave it out")
	add(secret != "" && !secretForm.MatchString(secret), "WEBHOOK_SECRET: use 1 to 256 of A–Z, a–z, 0–9, _ and -, or leave it out")
	add(!hostPort(c.Listen), "LISTEN_ADDR: write host:port, such as 127.0.0.1:8080")
	add(slices.ContainsFunc(c.Owners, func(id int64) bool { return id <= 0 }), ownersRemedy)
	add(!databaseURL(c.DatabaseURL.Reveal()), "DATABASE_URL: write postgres://user:password@host:5432/database, or leave it out for a database of our own")
	add(c.Connections < 10 || c.Connections > 1000, "DATABASE_CONNECTIONS: write a number from 10 to 1000, or leave it out")
	return faults
}

// hookSchemes are the schemes of a webhook's address: Telegram itself posts to
// https only, a Bot API server in local mode to http and to any port as well
// (Bot API, "Using a Local Bot API Server", 10.3).
func (c Config) hookSchemes() []string {
	u, err := url.Parse(c.APIURL)
	if err != nil || u.Host == "" || strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), "api.telegram.org") {
		return []string{"https"}
	}
	return []string{"https", "http"}
}

// webURL tells whether s is an address that paths can be added to.
func webURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil && slices.Contains(schemes, u.Scheme)
}

// serverURL tells whether s is the address of a server and of nothing on it.
func serverURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && webURL(s, "http", "https") && u.Path == ""
}

func hostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// databaseURL takes both forms that PostgreSQL's own programs take: an address,
// and words such as host=… dbname=….
func databaseURL(s string) bool {
	scheme, _, isURL := strings.Cut(s, "://")
	if isURL {
		_, err := url.Parse(s)
		return err == nil && (scheme == "postgres" || scheme == "postgresql")
	}
	return s == "" || strings.Contains(s, "=")
}

// randomWord is 32 random bytes in letters that a header may hold.
func randomWord() string {
	var raw [32]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
