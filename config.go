package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/caarlos0/env/v11"
)

// A Secret is a setting that never shows itself, however it is printed.
type Secret string

// hidden stands for a secret that is set.
const hidden = "***"

// Reveal returns the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) mask() string {
	if s == "" {
		return ""
	}
	return hidden
}

// Format prints the mask for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.mask()) }

// MarshalText gives the mask to encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }

// LogValue gives the mask to logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mask()) }

// Config is every setting. The tags are the source of the tables in the READMEs.
type Config struct {
	Token         Secret     `env:"TELEGRAM_TOKEN" en:"The bot's token from BotFather. The only setting that is needed." fa:"توکن ربات که BotFather می‌دهد. تنها تنظیم لازم."`
	APIURL        string     `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org" en:"Another Bot API server, for example one of your own." fa:"سرور دیگری برای Bot API، مثلاً سرور خودتان."`
	DatabaseURL   Secret     `env:"DATABASE_URL" en:"A PostgreSQL server. Without it Peyk starts one of its own under DATA_DIR." fa:"نشانی PostgreSQL. اگر نباشد پیک خودش یکی در DATA_DIR راه می‌اندازد."`
	DataDir       string     `env:"DATA_DIR" en:"Where the database and media files lie. Default: /var/lib/peyk as root, otherwise ~/.local/share/peyk." fa:"جای پایگاه داده و فایل‌ها. پیش‌فرض: /var/lib/peyk برای root و گرنه ~/.local/share/peyk."`
	Listen        string     `env:"LISTEN_ADDR" envDefault:"127.0.0.1:8080" en:"Address for health, metrics and the webhook." fa:"نشانی برای سلامت، سنجه‌ها و وب‌هوک."`
	PublicURL     string     `env:"PUBLIC_URL" en:"The https address at which Telegram reaches LISTEN_ADDR. Set: webhook; unset: long polling." fa:"نشانی https که تلگرام از آن به LISTEN_ADDR می‌رسد. اگر باشد: وب‌هوک؛ اگر نباشد: long polling."`
	WebhookSecret Secret     `env:"WEBHOOK_SECRET" en:"The webhook's secret, 1–256 of A–Z a–z 0–9 _ -. Made and kept when absent." fa:"راز وب‌هوک. اگر نباشد ساخته و نگه داشته می‌شود."`
	SecretKeyFile string     `env:"SECRET_KEY_FILE" en:"The key that seals stored secrets. Made at the first start. Default: DATA_DIR/secret.key. Keep a copy apart from the database." fa:"کلیدی که رازهای ذخیره‌شده را مهر می‌کند. در نخستین اجرا ساخته می‌شود. پیش‌فرض: DATA_DIR/secret.key. نسخه‌ای جدا از پایگاه داده نگه دارید."`
	Owners        []int64    `env:"OWNER_IDS" en:"Telegram ids that may found an agency, with commas. Empty: a founding link is printed at the start." fa:"شناسه‌های تلگرامی که می‌توانند آژانس بسازند، با ویرگول. اگر خالی باشد پیوندی یک‌بارمصرف هنگام شروع چاپ می‌شود."`
	LogLevel      slog.Level `env:"LOG_LEVEL" envDefault:"info" en:"debug, info, warn or error." fa:"یکی از debug، info، warn، error."`
}

// readConfig reads the settings, and reports everything that is wrong with them
// at once, each fault with its remedy. No fault shows a secret.
func readConfig(getenv func(string) string) (Config, error) {
	var c Config
	environment := map[string]string{}
	params, err := env.GetFieldParams(&c)
	if err != nil {
		return c, err
	}
	for _, p := range params {
		if v := getenv(p.Key); v != "" {
			environment[p.Key] = v
		}
	}
	faults := parseFaults(env.ParseWithOptions(&c, env.Options{Environment: environment}))
	c.APIURL = strings.TrimSuffix(c.APIURL, "/")
	if c.DataDir == "" {
		c.DataDir = defaultDataDir(getenv)
	}
	if c.SecretKeyFile == "" {
		c.SecretKeyFile = filepath.Join(c.DataDir, "secret.key")
	}
	return c, errors.Join(append(faults, c.faults()...)...)
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
			faults = append(faults, errors.New("OWNER_IDS: write Telegram ids as numbers with commas between them, such as 123456,789012"))
		case errors.As(e, &bad) && bad.Name == "LogLevel":
			faults = append(faults, errors.New("LOG_LEVEL: write debug, info, warn or error"))
		default:
			faults = append(faults, errors.New("a setting cannot be read"))
		}
	}
	return faults
}

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
	add(c.Token == "", "TELEGRAM_TOKEN is missing: ask @BotFather for a bot (/newbot) and set it to the token that he gives")
	add(c.Token != "" && !tokenForm.MatchString(c.Token.Reveal()), "TELEGRAM_TOKEN does not look like a token: copy the whole line from @BotFather, such as 123456:ABC-…")
	add(!webURL(c.APIURL, "http", "https"), "TELEGRAM_API_URL: write an http or https address, such as https://api.telegram.org")
	add(c.PublicURL != "" && !webURL(c.PublicURL, "https"), "PUBLIC_URL: Telegram needs an https address, such as https://peyk.example.org; leave it out for long polling")
	add(c.WebhookSecret != "" && !secretForm.MatchString(c.WebhookSecret.Reveal()), "WEBHOOK_SECRET: use 1 to 256 of A–Z, a–z, 0–9, _ and -, or leave it out")
	add(!strings.Contains(c.Listen, ":"), "LISTEN_ADDR: write host:port, such as 127.0.0.1:8080")
	add(c.DatabaseURL != "" && !strings.Contains(c.DatabaseURL.Reveal(), "://") && !strings.Contains(c.DatabaseURL.Reveal(), "="),
		"DATABASE_URL: write postgres://user:password@host:5432/database, or leave it out for a database of our own")
	return faults
}

func webURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return false
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return true
		}
	}
	return false
}

func defaultDataDir(getenv func(string) string) string {
	if os.Geteuid() == 0 {
		return "/var/lib/peyk"
	}
	if dir := getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "peyk")
	}
	return filepath.Join(getenv("HOME"), ".local", "share", "peyk")
}

// randomWord is 32 random bytes in letters that a header may hold.
func randomWord() string {
	var raw [32]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
