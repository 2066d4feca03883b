package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/jonboulle/clockwork"

	"peyk/emulator"
)

// The secrets of this installation, as nobody else would write them.
const (
	canaryToken    = "7000000002:AAcanaryTokenThatMustNotBeSeen_0123"
	canarySecret   = "canary-webhook-secret-000111222"
	canaryPassword = "canaryPassword333444555"

	canaryAppPassword = "cana-ryap-pass-word"
	canaryOwnPassword = "canaryOwnPassword666777888"
)

// A secretWord is a secret that is looked for.
type secretWord struct{ name, value string }

// TestSecretsStayIn plays a conversation through every kind of trouble, with the
// most talkative log, and then looks for the secrets everywhere that is not their
// place: the log, what HTTP answers, every column of every table, every file, and
// every message.
func TestSecretsStayIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, monday)
	s.telegram.Close()
	s.telegram = emulator.New(emulator.Options{Clock: s.clock, Token: canaryToken})
	must(t, s.telegram.Start())
	t.Cleanup(s.telegram.Close)
	s.openSky(t)
	s.sky.Revoke("cafe.test", canaryAppPassword)
	env := map[string]string{
		"BLUESKY_URL": s.sky.URL, "TELEGRAM_TOKEN": canaryToken, "TELEGRAM_API_URL": s.telegram.URL(), "DATABASE_URL": s.dsn + " password=" + canaryPassword,
		"DATA_DIR": s.dir, "LISTEN_ADDR": s.listen, "LOG_LEVEL": "debug", "WEBHOOK_SECRET": canarySecret,
	}
	var answers bytes.Buffer
	s.begin(t, env)
	s.converse(t)
	s.trouble(t, &answers)
	s.stop()
	canaries := []secretWord{
		{"the token", canaryToken}, {"the token's secret half", canaryToken[11:]}, {"the webhook's secret", canarySecret},
		{"an app password", canaryAppPassword}, {"the password of an account", canaryOwnPassword},
		{"a session", "secret-access-cafe.test"}, {"what renews it", "secret-refresh-cafe.test"},
		{"the database's password", canaryPassword}, {"the webhook's own secret", s.hooked(t, env, &answers)},
	}
	canaries = append(canaries, keyOf(t, filepath.Join(s.dir, "secret.key"))...)
	s.search(t, canaries, answers.String())
}

// begin runs the program with the settings until stop, as start does.
func (s *stage) begin(t *testing.T, env map[string]string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), clocksKey{}, clocks{now: s.clock, bell: s.clock.bell, pace: hurriedClock{clockwork.NewRealClock(), hurry}}))
	s.ended = make(chan error, 1)
	serving := strings.Count(s.out.String(), servesLine)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.ended <- run(ctx, []string{"serve"}, func(k string) string { return env[k] }, s.out)
	}()
	s.stop = func() { cancel(); <-ended }
	t.Cleanup(s.stop)
	for deadline := time.Now().Add(20 * time.Second); strings.Count(s.out.String(), servesLine) == serving; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the program did not begin to serve:\n%s", s.out.tail(3000))
		}
	}
}

// converse founds an agency, connects a channel and brings a post to approval.
func (s *stage) converse(t *testing.T) {
	t.Helper()
	emulator.RunLines(t, s.telegram, "testdata/scripts/canary.txt", `
include setup/en.txt
let text "first words"
let when "tomorrow 21:00"
include setup/approved.en.txt
lena sends photo "with a picture"
bot tells lena "Draft"
lena says "`+canaryAppPassword+`"
bot tells lena "looked like an app password"
lena starts
bot tells lena "Hello"
lena presses "Nobahar" on "Hello"
lena presses "Accounts"
lena presses "➕ Bluesky"
lena says "cafe.test"
bot tells lena "We found the account"
lena says "`+canaryOwnPassword+`"
bot tells lena "no app password"
lena sends photo "`+canaryOwnPassword+`"
bot tells lena "no app password"
run sky fails down com.atproto.server.createSession
lena says "`+canaryAppPassword+`"
bot tells lena "could not be reached"
lena says "`+canaryAppPassword+`"
bot tells lena "is connected"
lena says "/export"
bot sends lena document
`, s.hooks(t))
}

// trouble lets everything fail that can fail on the way to Telegram and to the
// database, with people going on meanwhile.
func (s *stage) trouble(t *testing.T, answers io.Writer) {
	t.Helper()
	lena, _ := s.telegram.PhoneOf("lena")
	faults := []emulator.Fault{
		{Kind: emulator.Status, Code: 500, Times: 2}, {Kind: emulator.Flood, After: time.Second, Times: 2},
		{Kind: emulator.Drop, Times: 2}, {Kind: emulator.Refuse, Times: 2}, {Kind: emulator.Garbage, Code: 502, Times: 2},
		{Kind: emulator.Status, Code: 401, Times: 1}, {Kind: emulator.Status, Code: 404, Times: 1}, {Kind: emulator.Status, Code: 409, Times: 1, Method: "getUpdates"},
		{Kind: emulator.Drop, Method: "getFile"}, {Kind: emulator.Refuse, Method: "getUpdates", Times: 2}, {Kind: emulator.Garbage, Method: "getUpdates"},
	}
	for _, f := range faults {
		s.telegram.Fault(f)
		lena.Say("/waiting")
		lena.Send(emulator.Photo(2), "more")
		s.pause(t)
	}
	s.telegram.ClearFaults()
	s.odd(t)
	s.telegram.SetOutage(true)
	lena.Say("/help")
	time.Sleep(300 * time.Millisecond)
	s.ask(t, answers)
	s.telegram.SetOutage(false)
	s.withoutDatabase(t, answers)
	s.clock.set(monday.Add(48 * time.Hour)) // the approved post becomes due, and is late
	lena.Say("/calendar")
	s.pause(t)
	s.ask(t, answers)
}

// pause gives the program a moment in which most of it is done: with faults about,
// not everything ends.
func (s *stage) pause(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	for at, due := 1, 0; at+due > 0 && ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if err := s.howBusy(ctx, &at, &due); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
	}
}

// odd hands the program updates that no client sends.
func (s *stage) odd(t *testing.T) {
	t.Helper()
	db, err := sqlx.Open("postgres", s.dsn)
	must(t, err)
	defer db.Close()
	for i, body := range []string{
		`{`, `null`, `{"update_id":1,"callback_query":{"id":"x","from":{"id":1},"data":"\u0000"}}`,
		`{"update_id":2,"message":{"message_id":1,"date":1,"chat":{"id":1001,"type":"private"},"from":{"id":1001},"text":"/x","entities":[{"type":"bot_command","offset":-9,"length":99999}]}}`,
		`{"update_id":3,"message":{"message_id":1,"date":1,"chat":{"id":1001,"type":"private"},"from":{"id":1001},"photo":[{"file_id":"gone","file_unique_id":"g","width":-1,"height":0}]}}`,
		`{"update_id":4,"my_chat_member":{"chat":{"id":-5,"type":"channel"},"from":{"id":1001},"new_chat_member":{}}}`,
	} {
		_, err := db.ExecContext(t.Context(), `INSERT INTO inbox (bot, update_id, key, body, received_at) VALUES (7000000002, $1, $2, $3, now())`, i+1, 77+i, []byte(body))
		must(t, err)
	}
	s.pause(t)
}

// withoutDatabase lets the database refuse everybody for a while.
func (s *stage) withoutDatabase(t *testing.T, answers io.Writer) {
	t.Helper()
	name := regexp.MustCompile(`dbname=(\S+)`).FindStringSubmatch(s.dsn)[1]
	admin, err := sqlx.Open("postgres", strings.Replace(s.dsn, "dbname="+name, "dbname=postgres", 1))
	must(t, err)
	defer admin.Close()
	admin.MustExecContext(t.Context(), `ALTER DATABASE `+name+` ALLOW_CONNECTIONS false`)
	admin.MustExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name)
	time.Sleep(500 * time.Millisecond)
	s.ask(t, answers)
	admin.MustExecContext(t.Context(), `ALTER DATABASE `+name+` ALLOW_CONNECTIONS true`)
	time.Sleep(500 * time.Millisecond)
}

// ask collects what HTTP answers.
func (s *stage) ask(t *testing.T, answers io.Writer) {
	t.Helper()
	for _, path := range []string{"/metrics", "/readyz", "/livez", "/telegram", "/nowhere"} {
		s.fetch(t, http.MethodGet, path, "", answers)
	}
}

// fetch writes the whole answer to answers and returns the status; 0: nobody
// listens.
func (s *stage) fetch(t *testing.T, method, path, secret string, answers io.Writer) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.listen+path, strings.NewReader(`{"update_id":900,"message":{"message_id":1,"date":1,"chat":{"id":1001,"type":"private"},"from":{"id":1001,"first_name":"Lena"},"text":"/help"}}`))
	must(t, err)
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0 // it does not listen yet
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	fmt.Fprintf(answers, "%s %s %v\n%s\n", path, resp.Status, resp.Header, body)
	return resp.StatusCode
}

// hooked runs the program with a webhook, first with the given secret and then
// with one of its own, which it returns.
func (s *stage) hooked(t *testing.T, env map[string]string, answers io.Writer) string {
	t.Helper()
	env["PUBLIC_URL"] = "https://peyk.invalid"
	secret := canarySecret
	for range 2 {
		s.telegram.ForgetCalls()
		s.begin(t, env)
		call, err := s.telegram.WaitCall(t.Context(), "setWebhook", nil)
		must(t, err)
		if given := call.Params["secret_token"]; given != secret && secret != "" || given == "" {
			t.Errorf("Telegram was given the secret %q instead of %q", given, secret)
		}
		secret = call.Params["secret_token"]
		for waited := 0; s.fetch(t, http.MethodPost, "/telegram", secret, answers) != http.StatusOK; waited++ {
			if waited > 50 {
				t.Fatal("the webhook does not take the right secret")
			}
			time.Sleep(50 * time.Millisecond)
		}
		if status := s.fetch(t, http.MethodPost, "/telegram", secret+"x", answers); status != http.StatusForbidden {
			t.Errorf("a wrong secret is answered with %d", status)
		}
		s.ask(t, answers)
		s.stop()
		last := secret
		delete(env, "WEBHOOK_SECRET")
		secret = ""
		if last != canarySecret {
			return last
		}
	}
	t.Fatal("no secret was made")
	return ""
}

// keyOf are the secret parts of the key file, as they stand in it.
func keyOf(t *testing.T, path string) []secretWord {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	var file struct {
		Key []struct {
			KeyData struct{ Value string } `json:"keyData"`
		} `json:"key"`
	}
	must(t, json.Unmarshal(raw, &file))
	if len(file.Key) == 0 || len(file.Key[0].KeyData.Value) < 20 {
		t.Fatal("no key in the key file")
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the key file: %v", info.Mode())
	}
	return []secretWord{{"the sealing key", file.Key[0].KeyData.Value}}
}

// search looks for the canaries in every place.
func (s *stage) search(t *testing.T, canaries []secretWord, answers string) {
	t.Helper()
	if len(s.out.String()) < 2000 || len(answers) < 5000 {
		t.Fatalf("there is hardly anything to look through: %d bytes of log, %d of answers", len(s.out.String()), len(answers))
	}
	for _, c := range canaries {
		for _, form := range []string{c.value, hex.EncodeToString([]byte(c.value)), base64.StdEncoding.EncodeToString([]byte(c.value))} {
			found := func(where, text string) {
				if at := strings.Index(text, form); at >= 0 {
					t.Errorf("%s stands in %s: …%s…", c.name, where, text[max(0, at-80):min(len(text), at+80)])
				}
			}
			found("the log", s.out.String())
			found("an answer of HTTP", answers)
			s.eachMessage(func(text string) { found("a message", text) })
			s.eachFile(t, func(path string, raw []byte) { found(path, string(raw)) })
		}
	}
	s.searchTables(t, canaries)
}

func (s *stage) eachMessage(look func(string)) {
	for _, o := range s.telegram.Outputs(0) {
		look(fmt.Sprintf("%+v %+v", o.Message, o.Message.Keyboard))
	}
	for _, call := range s.telegram.Calls() {
		if call.Method != "setWebhook" { // where the secret belongs
			look(fmt.Sprintf("%s %v", call.Method, call.Params))
		}
	}
}

// eachFile shows every file of the data folder, but for the key.
func (s *stage) eachFile(t *testing.T, look func(path string, raw []byte)) {
	t.Helper()
	seen := 0
	must(t, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "secret.key" {
			return err
		}
		seen++
		raw, err := os.ReadFile(path)
		look(path, raw)
		return err
	}))
	if seen == 0 {
		t.Error("the data folder is empty")
	}
}

// searchTables looks through every column of every table, as text and as bytes.
func (s *stage) searchTables(t *testing.T, canaries []secretWord) {
	t.Helper()
	db, err := sqlx.Open("postgres", s.dsn)
	must(t, err)
	defer db.Close()
	var tables []string
	must(t, db.SelectContext(t.Context(), &tables, `
		SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`))
	if len(tables) < 20 {
		t.Errorf("only %d tables", len(tables))
	}
	rows := 0
	for _, table := range tables {
		var all []string
		must(t, db.SelectContext(t.Context(), &all, `SELECT x::text FROM `+table+` x`))
		rows += len(all)
		for _, row := range all {
			for _, c := range canaries {
				if strings.Contains(row, c.value) || strings.Contains(row, hex.EncodeToString([]byte(c.value))) {
					t.Errorf("%s stands in %s: %s", c.name, table, row[:min(len(row), 300)])
				}
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d rows were looked through", rows)
	}
}

// TestBrokenAddressesKeepTheirPassword: a database that cannot be reached, or whose
// address cannot be read, is named without its password.
func TestBrokenAddressesKeepTheirPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://peyk:" + canaryPassword + "@127.0.0.1:1/peyk?sslmode=disable",
		"postgres://peyk:" + canaryPassword + "@[::1/peyk",
		"postgres://peyk:" + canaryPassword + "@127.0.0.1:port/peyk",
		"postgres://peyk:%" + canaryPassword + "@127.0.0.1:1/peyk",
		"host=127.0.0.1 port=1 user=peyk password=" + canaryPassword,
		"host=127.0.0.1 port=none password=" + canaryPassword,
		"host=127.0.0.1 password='" + canaryPassword,
		"mysql://peyk:" + canaryPassword + "@127.0.0.1/peyk",
	} {
		env := map[string]string{"TELEGRAM_TOKEN": canaryToken, "DATABASE_URL": dsn, "DATA_DIR": t.TempDir()}
		out := &output{}
		for _, command := range []string{"migrate", "serve"} {
			err := run(t.Context(), []string{command}, func(k string) string { return env[k] }, out)
			if err == nil {
				t.Errorf("%s takes %s", command, dsn)
				continue
			}
			if strings.Contains(err.Error()+out.String(), canaryPassword) {
				t.Errorf("%s with %s says: %v", command, dsn, err)
			}
		}
	}
}
