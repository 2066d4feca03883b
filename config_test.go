package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"peyk/storage/storagetest"
)

const (
	goodToken = "123456:AAAAAAAAAAAAAAAAAAAAAAAAA-_z"
	canary    = "c4n4ry"
)

// environ answers like os.Getenv, from a list of names and values.
func environ(pairs ...string) func(string) string {
	return func(key string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == key {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestReadConfigNeedsOnlyAToken(t *testing.T) {
	c, err := readConfig(environ("TELEGRAM_TOKEN", " "+goodToken+"\n", "HOME", "/home/sara"), "serve")
	if err != nil {
		t.Fatal(err)
	}
	if c.Token.Reveal() != goodToken {
		t.Error("the token is not as given, less the space round it")
	}
	if c.APIURL != "https://api.telegram.org" || c.Listen != "127.0.0.1:8080" || c.LogLevel != slog.LevelInfo || c.PublicURL != "" {
		t.Errorf("defaults: %+v", c)
	}
	if c.SecretKeyFile != filepath.Join(c.DataDir, "secret.key") {
		t.Errorf("SECRET_KEY_FILE is %s with DATA_DIR %s", c.SecretKeyFile, c.DataDir)
	}
}

func TestReadConfigTakesEverySetting(t *testing.T) {
	c, err := readConfig(environ("TELEGRAM_TOKEN", goodToken, "TELEGRAM_API_URL", "http://bots.example.org:8081/",
		"DATABASE_URL", "postgres://peyk:x@db/peyk", "DATA_DIR", "data", "LISTEN_ADDR", ":9000", "PUBLIC_URL", "https://peyk.example.org/",
		"WEBHOOK_SECRET", strings.Repeat("-", 256), "SECRET_KEY_FILE", "/etc/peyk.key", "OWNER_IDS", "7,9000000000", "LOG_LEVEL", "debug"), "serve")
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if c.DataDir != filepath.Join(here, "data") {
		t.Errorf("DATA_DIR is %s: it must not depend on where Peyk is started", c.DataDir)
	}
	if c.APIURL != "http://bots.example.org:8081" || c.PublicURL != "https://peyk.example.org" {
		t.Errorf("addresses: %s, %s", c.APIURL, c.PublicURL)
	}
	if !slices.Equal(c.Owners, []int64{7, 9000000000}) || c.LogLevel != slog.LevelDebug || c.SecretKeyFile != "/etc/peyk.key" {
		t.Errorf("read %+v", c)
	}
}

func TestDefaultDataDir(t *testing.T) {
	tests := []struct {
		name string
		env  func(string) string
		root bool
		want string
	}{
		{"root", environ("HOME", "/root", "XDG_DATA_HOME", "/root/.data"), true, "/var/lib/peyk"},
		{"a person", environ("HOME", "/home/sara"), false, "/home/sara/.local/share/peyk"},
		{"a person with a place for data", environ("HOME", "/home/sara", "XDG_DATA_HOME", "/big"), false, "/big/peyk"},
		{"a relative place is none", environ("HOME", "/home/sara", "XDG_DATA_HOME", "big"), false, "/home/sara/.local/share/peyk"},
		{"nobody", environ(), false, ""},
	}
	for _, test := range tests {
		if got := defaultDataDir(test.env, test.root); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestReadConfigReportsAllFaults protects against mending one fault after the
// other, and against secrets in what is printed about them.
// TestOnlyServingNeedsAToken: whoever only brings the database up to date may not
// be trusted with the bot.
func TestOnlyServingNeedsAToken(t *testing.T) {
	t.Parallel()
	env := environ("HOME", t.TempDir(), "DATABASE_URL", storagetest.New(t), "LISTEN_ADDR", "127.0.0.1:1")
	if err := run(t.Context(), []string{"migrate"}, env, io.Discard); err != nil {
		t.Errorf("migrate: %v", err)
	}
	if err := run(t.Context(), []string{"healthcheck"}, env, io.Discard); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("healthcheck: %v", err)
	}
	if err := run(t.Context(), nil, env, io.Discard); err == nil || !strings.Contains(err.Error(), "TELEGRAM_TOKEN") {
		t.Errorf("serving: %v", err)
	}
}

func TestReadConfigReportsAllFaults(t *testing.T) {
	_, err := readConfig(environ("TELEGRAM_TOKEN", canary, "TELEGRAM_API_URL", canary, "DATABASE_URL", "mysql://"+canary,
		"LISTEN_ADDR", canary, "PUBLIC_URL", "http://"+canary, "WEBHOOK_SECRET", canary+"!", "OWNER_IDS", canary, "LOG_LEVEL", canary), "serve")
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, name := range []string{"TELEGRAM_TOKEN", "TELEGRAM_API_URL", "DATABASE_URL", "LISTEN_ADDR", "PUBLIC_URL", "WEBHOOK_SECRET", "OWNER_IDS", "LOG_LEVEL"} {
		if n := strings.Count("\n"+err.Error(), "\n"+name); n != 1 {
			t.Errorf("%s is named in %d lines of %q, want 1", name, n, err)
		}
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("a value is shown: %v", err)
	}
}

func TestReadConfigFaults(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"TELEGRAM_TOKEN", "", "@BotFather"},
		{"OWNER_IDS", "7,-100123", "numbers with commas"},
		{"OWNER_IDS", "0", "numbers with commas"},
		{"LISTEN_ADDR", "8080", "host:port"},
		{"LISTEN_ADDR", "localhost:99999", "host:port"},
		{"PUBLIC_URL", "https://", "https address"},
		{"PUBLIC_URL", "https://peyk.example.org/?a=b", "https address"},
		{"PUBLIC_URL", "http://peyk.example.org", "a Bot API server of your own"},
		{"TELEGRAM_API_URL", "ftp://example.org", "http or https"},
		{"WEBHOOK_SECRET", strings.Repeat("a", 257), "1 to 256"},
		{"DATABASE_URL", "db.example.org", "postgres://"},
		{"DATABASE_CONNECTIONS", "9", "from 10 to 1000"},
		{"DATABASE_CONNECTIONS", "many", "from 10 to 1000"},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.value, func(t *testing.T) {
			_, err := readConfig(environ(test.name, test.value, "TELEGRAM_TOKEN", goodToken, "HOME", "/home/sara"), "serve")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one fault with %q", err, test.want)
			}
		})
	}
}

// TestWebhookOverHTTP lets only a Bot API server of one's own post without TLS.
func TestWebhookOverHTTP(t *testing.T) {
	for api, want := range map[string]bool{
		"http://bots.example.org:8081": true, "https://bots.example.org": true,
		"https://api.telegram.org": false, "https://API.telegram.org./": false, "https://api.telegram.org:443": false,
	} {
		_, err := readConfig(environ("TELEGRAM_TOKEN", goodToken, "HOME", "/home/sara", "TELEGRAM_API_URL", api, "PUBLIC_URL", "http://peyk:8080"), "serve")
		if got := err == nil; got != want {
			t.Errorf("%s: %v", api, err)
		}
	}
}

// TestSecretNeverShows prints a secret in every way in which a program might do
// so by mistake.
func TestSecretNeverShows(t *testing.T) {
	secret := newSecret(canary)
	c := Config{Token: secret, DatabaseURL: secret, WebhookSecret: secret}
	var out bytes.Buffer
	for _, v := range []any{secret, &secret, c, &c, []Secret{secret}, map[string]Secret{"a": secret}, struct{ S any }{secret}, struct{ c Config }{c}} {
		for verb := 'A'; verb <= 'z'; verb++ {
			for _, flags := range []string{"", "+", "#", "-40", " ", "0", ".3"} {
				fmt.Fprintf(&out, "%"+flags+string(verb)+"\n", v)
			}
		}
		fmt.Fprintln(&out, v)
		encoded, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(encoded)
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v, "in", slog.GroupValue(slog.Any("v", v)))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	}
	for _, form := range []string{canary, canary[:3], fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%v", []byte(canary))} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret shows as %q", form)
		}
	}
	if secret.Reveal() != canary || fmt.Sprint(secret) != hidden || fmt.Sprint(Secret{}) != "" {
		t.Error("a secret must be revealed when asked, hidden otherwise, and empty when there is none")
	}
}

var update = flag.Bool("update", false, "write the settings tables into the READMEs")

// TestSettingsTable keeps the tables of settings in both READMEs current.
// go test -run TestSettingsTable -update . writes them.
func TestSettingsTable(t *testing.T) {
	const begin, end = "<!-- settings: made from config.go -->\n", "<!-- end of settings -->"
	for name, lang := range map[string]string{"README.md": "en", "README.fa.md": "fa"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, found := strings.Cut(string(raw), begin)
		_, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no place for the table of settings", name)
		}
		current := before + begin + settingsTable(t, lang) + end + after
		switch {
		case current == string(raw):
		case *update:
			if err := os.WriteFile(name, []byte(current), 0o600); err != nil {
				t.Fatal(err)
			}
		default:
			t.Errorf("%s: the table of settings is not current; run go test -run TestSettingsTable -update .", name)
		}
	}
}

// settingsTable writes the settings as a table of Markdown.
func settingsTable(t *testing.T, lang string) string {
	t.Helper()
	table := map[string]string{
		"en": "| Setting | Default | What it is |\n|---|---|---|\n",
		"fa": "| تنظیم | پیش‌فرض | چیست |\n|---|---|---|\n",
	}[lang]
	for field := range reflect.TypeFor[Config]().Fields() {
		name, text := field.Tag.Get("env"), field.Tag.Get(lang)
		if name == "" || text == "" {
			t.Errorf("the setting %s has no name or no description in %s", field.Name, lang)
		}
		fallback := cmp.Or(field.Tag.Get(lang+"Default"), field.Tag.Get("default"))
		if v := field.Tag.Get("envDefault"); v != "" {
			fallback = "`" + v + "`"
		}
		table += fmt.Sprintf("| %#q | %s | %s |\n", name, fallback, text)
	}
	return table
}
