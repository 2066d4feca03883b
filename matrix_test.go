package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"peyk/bot"
	"peyk/emulator"
	"peyk/handlers"
	"peyk/platforms"
	"peyk/social"
	"peyk/storage"
)

// personas are the columns of testdata/rights.txt. The anonymous one is an admin
// of a group, and a manager of the brand besides: what he does in the group must
// come to nothing all the same.
var personas = []string{"owner", "manager", "editor", "responder", "approver", "viewer", "other", "stranger", "removed", "anonymous"}

// outsiders may hear nothing of the brand.
var outsiders = []string{"other", "stranger", "removed", "anonymous"}

// What a cell of the table says.
const (
	does    = 'y' // something changes, or is shown
	refused = 'n' // nothing changes, and a word says why
	nothing = '-' // nothing changes and nothing is learnt
)

// TestRights presses every button, gives every command and answers every question
// of the program as everybody, with true ids, and compares what came of it with
// the table.
func TestRights(t *testing.T) {
	t.Parallel()
	want := readRights(t)
	routes := append(routeNames(t), variants()...)
	for route := range want {
		if !slices.Contains(routes, route) {
			t.Errorf("testdata/rights.txt has %q, which is no route", route)
		}
	}
	const stages = 3 // each costs a world and its plans
	for part := range stages {
		t.Run(fmt.Sprintf("part%d", part), func(t *testing.T) {
			t.Parallel()
			m := newMatrix(t)
			for i, route := range routes {
				if i%stages == part {
					m.row(t, route, want[route])
				}
			}
			m.checkSecrets(t)
		})
	}
}

func routeNames(t *testing.T) []string {
	t.Helper()
	router := bot.NewRouter(nil, nil, nil)
	(&handlers.Handlers{}).Routes(router)
	names := router.Names()
	if len(names) < 100 {
		t.Fatalf("only %d routes", len(names))
	}
	return names
}

// readRights reads the table: a route's kind and name, and a letter a persona.
func readRights(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/rights.txt")
	must(t, err)
	table := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		line, _, _ = strings.Cut(line, "#")
		route, letters, ok := strings.Cut(line, "  ")
		if !ok {
			continue
		}
		table[strings.TrimSpace(route)] = strings.Join(strings.Fields(letters), "")
	}
	return table
}

// row tries one route as everybody.
func (m *matrix) row(t *testing.T, route, want string) {
	t.Helper()
	d, ok := deeds(m)[route]
	if !ok {
		t.Errorf("%s: the test does not know how to do this", route)
		return
	}
	if want != "" && len(want) != len(personas) {
		t.Errorf("%s: %d cells for %d personas", route, len(want), len(personas))
		return
	}
	got := m.cells(t, d, want)
	if string(got) == want {
		return
	}
	t.Errorf("%-24s  %s\n  instead of %s  (%s)", route, spaced(got), spaced([]byte(want)), strings.Join(personas, " "))
	for i, who := range personas {
		if i >= len(want) || want[i] != got[i] {
			t.Logf("%s as %s: %s", route, who, m.said[who])
		}
	}
}

func spaced(letters []byte) string { return strings.Join(strings.Split(string(letters), ""), " ") }

// A deed is how a route is reached. Its fields exclude each other, but for the
// dialog that a text answers.
type deed struct {
	data   string            // a tap
	text   string            // a message
	photo  bool              // with a picture
	step   string            // the question that is open
	dialog map[string]string // and what it remembers
	do     func(t *testing.T, m *matrix, who string)
}

// A matrix is a stage with one brand in every state, and one of another agency.
type matrix struct {
	*stage
	db      *sqlx.DB
	store   *storage.Store
	phones  map[string]*emulator.Phone
	people  map[string]social.Person
	group   *emulator.Room
	talk    *emulator.Room // the channel's discussion group
	thread  *emulator.Message
	liked   *emulator.Message // a post of ours
	channel *emulator.Room
	ids     map[string]int64
	hash    string // of a picture
	brand   social.Brand
	sums    *sql.Stmt         // asks for a checksum of every table
	atWork  *sql.Stmt         // asks what the program is at
	base    []string          // the checksums of the beginning
	said    map[string]string // what the persona heard last
	taps    map[string]string // the persona's last tap; none: he wrote, or did something else
	rules   map[string]string // every refusal in words, and its name
	rooms   int
	tables  []string
	leaks   []string
}

// secrets are the words of the brand that outsiders must never read.
var secrets = regexp.MustCompile(`(?i)kumquat|canary_channel|Zz(owner|manager|editor|responder|approver|viewer|extra|invited|anonymous)`)

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{
		stage: newStage(t, monday), phones: map[string]*emulator.Phone{}, people: map[string]social.Person{},
		ids: map[string]int64{}, said: map[string]string{}, taps: map[string]string{}, rules: refusals(t),
	}
	m.twice = true
	var err error
	m.db, err = sqlx.Open("postgres", m.dsn+" plan_cache_mode=force_generic_plan")
	must(t, err)
	m.db.SetMaxOpenConns(1)
	m.atWork, err = m.db.PrepareContext(t.Context(), atWork)
	must(t, err)
	t.Cleanup(func() { _ = m.db.Close() })
	m.store, err = storage.Open(t.Context(), m.dsn, filepath.Join(m.dir, "media"))
	must(t, err)
	t.Cleanup(func() { _ = m.store.Close() })
	m.store.Now = m.clock.Now
	m.settleIn(t)
	m.postTo(m.listen)
	m.start(t)
	for _, who := range append(slices.Clone(personas), "extra", "invited") {
		m.phones[who].Start("")
	}
	m.group = m.telegram.AddSupergroup("", "A yard")
	m.group.AddAdmin(m.phones["anonymous"], true)
	m.telegram.Fault(emulator.Fault{Kind: emulator.Status, Method: "leaveChat", Code: 403, Times: 10000})
	m.group.AddBot(m.phones["anonymous"])
	m.group.PromoteBot(m.phones["anonymous"])
	m.wait(t)
	m.dated(t)
	m.snapshot(t)
	return m
}

// dated waits until the program has found out by itself when the brands are due.
func (m *matrix) dated(t *testing.T) {
	t.Helper()
	for left, end := 1, time.Now().Add(30*time.Second); left > 0; time.Sleep(20 * time.Millisecond) {
		must(t, m.db.GetContext(t.Context(), &left, `SELECT count(*) FROM brands WHERE digest_at = '-infinity' OR report_at = '-infinity'`))
		if time.Now().After(end) {
			t.Fatal("nobody looks when the brands are due")
		}
	}
}

// refusals are the words with which the program refuses, in English.
func refusals(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := filepath.Glob("locales/en.*.json")
	must(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		words := map[string]any{}
		must(t, json.Unmarshal(raw, &words))
		for key, text := range words {
			s, ok := text.(string)
			if ok && (strings.HasPrefix(key, "rule.") || slices.Contains([]string{"waiting.only_taps", "start.stranger", "group.leaving"}, key)) {
				found[readable(s)] = key
			}
		}
	}
	return found
}

// marks are what formats a text.
var marks = regexp.MustCompile(`<[^>]*>`)

// readable is a text as somebody reads it, without formatting and directions.
func readable(s string) string {
	s = html.UnescapeString(marks.ReplaceAllString(s, ""))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F {
			return -1
		}
		return r
	}, s))
}

// settleIn fills the database: our brand and its people, the other agency, a post
// in every state.
func (m *matrix) settleIn(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	for i, who := range append(slices.Clone(personas), "extra", "invited") {
		id := int64(9001 + i)
		name := "Zz" + who
		m.phones[who] = m.telegram.AddUser(emulator.User{ID: id, FirstName: name, LanguageCode: "en"})
		p, err := m.store.Enter(ctx, social.Person{TelegramID: id, Name: name, Lang: "en"})
		must(t, err)
		m.people[who] = p
		_, err = m.store.SaveChannel(ctx, social.Channel{Chat: -7000 - id, Title: "Free " + who, AddedBy: p.ID, Present: true})
		must(t, err)
	}
	m.brand = m.found(t, "owner", "Kumquat")
	for _, role := range []social.Role{social.Manager, social.Editor, social.Responder, social.Approver, social.Viewer} {
		m.join(t, string(role), role)
	}
	m.join(t, "removed", social.Manager)
	m.join(t, "anonymous", social.Manager)
	m.join(t, "extra", social.Viewer)
	must(t, m.store.RemoveMember(ctx, m.people["owner"].ID, m.brand.ID, m.people["removed"].ID))
	token, i, err := m.store.Invite(ctx, m.people["owner"].ID, m.brand.ID, social.Viewer)
	must(t, err)
	_, err = m.store.OpenInvitation(ctx, m.people["invited"].ID, token)
	must(t, err)
	m.ids["invitation"], m.ids["agency"] = i.ID, m.brand.AgencyID
	m.accounts(t)
	m.posts(t)
	m.pictured(t)
	m.comments(t)
	m.plans(t)
	m.goals(t)
	other := m.found(t, "other", "Quince")
	p, err := m.store.AddPost(ctx, m.people["other"].ID, social.Post{Brand: other, Content: social.Content{Text: social.Text{Plain: "quince jam"}}})
	must(t, err)
	m.ids["other post"] = p.ID
	for _, change := range []string{
		`UPDATE events SET told_at = at`,
		`UPDATE brands SET created_at = created_at - interval '60 days'`, // so that they have a month to tell of
		`DELETE FROM river_job`,
	} {
		_, err = m.db.ExecContext(ctx, change)
		must(t, err)
	}
}

func (m *matrix) found(t *testing.T, who, name string) social.Brand {
	t.Helper()
	a, err := m.store.FoundAgency(t.Context(), m.people[who].ID, name+" agency")
	must(t, err)
	b, err := m.store.AddBrand(t.Context(), m.people[who].ID, social.Brand{
		AgencyID: a.ID, Name: name, Zone: "UTC", Calendar: social.Gregorian,
		Rules: social.DefaultRules(social.Gregorian), Slots: social.DefaultSlots(social.Gregorian),
	})
	must(t, err)
	return b
}

func (m *matrix) join(t *testing.T, who string, role social.Role) {
	t.Helper()
	token, _, err := m.store.Invite(t.Context(), m.people["owner"].ID, m.brand.ID, role)
	must(t, err)
	i, err := m.store.OpenInvitation(t.Context(), m.people[who].ID, token)
	must(t, err)
	_, err = m.store.DecideInvitation(t.Context(), m.people["owner"].ID, i.ID, true)
	must(t, err)
}

// accounts connects a channel and an account by hand.
func (m *matrix) accounts(t *testing.T) {
	t.Helper()
	channel := m.telegram.AddChannel("canary_channel", "Kumquat news")
	channel.PromoteBot(m.phones["owner"])
	for name, a := range map[string]social.Account{
		"channel": {Platform: social.Telegram, RemoteID: strconv.FormatInt(channel.ID(), 10), Handle: "@canary_channel"},
		"hand":    {Platform: "facebook", ByHand: true, Handle: "kumquat page"},
	} {
		a.BrandID = m.brand.ID
		a, err := m.store.AddAccount(t.Context(), m.people["owner"].ID, a)
		must(t, err)
		m.ids[name] = a.ID
	}
	m.typed(t)
}

// lastWeek names the last week of the brand that is over.
func (m *matrix) lastWeek() string { return m.brand.Before(m.brand.Week(m.clock.Now()), 1).Day() }

// typed keeps the numbers of the account by hand, with a picture of where they stand.
func (m *matrix) typed(t *testing.T) {
	t.Helper()
	hash, _, err := m.store.SaveMedia(t.Context(), bytes.NewReader(photo().Data), 1<<20)
	must(t, err)
	_, err = m.store.KeepNumbers(t.Context(), m.people["owner"].ID, m.ids["hand"], social.Typed{
		Day: m.lastWeek(), Told: []social.Reading{{Metric: social.MetricReach, Value: 7}}, Photo: &social.Media{Kind: social.Photo, Hash: hash},
	})
	must(t, err)
}

// posts puts one post into every state that a button belongs to. The editor has
// written them all.
func (m *matrix) posts(t *testing.T) {
	t.Helper()
	for n, state := range []string{"draft", "review", "changes", "approved", "late", "stopped", "handed", "unknown", "rejected", "long"} {
		p, err := m.store.AddPost(t.Context(), m.people["editor"].ID, social.Post{
			Brand: m.brand, Slot: monday.Add(time.Duration(n+30) * time.Hour),
			Content: social.Content{
				Text:    social.Text{Plain: strings.Repeat("kumquat "+state+" ", map[string]int{"long": 500}[state]+1)},
				Targets: []social.Target{{Account: m.ids["channel"]}, {Account: m.ids["hand"]}},
			},
		})
		must(t, err)
		m.ids[state] = p.ID
		if state != "draft" && state != "long" {
			m.submitted(t, p.ID, state)
		}
	}
}

// pictured adds a draft with a picture for an account whose network takes descriptions.
// The account is lost and removed, so that nothing is asked of its network.
func (m *matrix) pictured(t *testing.T) {
	t.Helper()
	toot, err := m.store.AddAccount(t.Context(), m.people["owner"].ID, social.Account{
		BrandID: m.brand.ID, Platform: social.Mastodon, RemoteID: "toot.example 7", Handle: "@kumquat@toot.example",
	})
	must(t, err)
	m.exec(t, `UPDATE accounts SET lost = true, removed_at = now() WHERE id = `+strconv.FormatInt(toot.ID, 10))
	m.hash, _, err = m.store.SaveMedia(t.Context(), bytes.NewReader(photo().Data), 1<<20)
	must(t, err)
	p, err := m.store.AddPost(t.Context(), m.people["editor"].ID, social.Post{Brand: m.brand, Content: social.Content{
		Text: social.Text{Plain: "kumquat pictured"}, Targets: []social.Target{{Account: toot.ID}},
		Media: []social.Media{{Kind: social.Photo, Hash: m.hash, MIME: "image/jpeg", Alt: "kumquat tree"}},
	}})
	must(t, err)
	m.ids["pictured"] = p.ID
}

func (m *matrix) submitted(t *testing.T, post int64, state string) {
	t.Helper()
	ctx := t.Context()
	now := m.clock.Now()
	_, err := m.store.UpdatePost(ctx, m.people["manager"].ID, post, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Submit(by, nil, now)
	})
	must(t, err)
	if state == "review" {
		return
	}
	_, err = m.store.UpdatePost(ctx, m.people["approver"].ID, post, func(p *social.Post, by social.Member) (social.Event, error) {
		if state == "changes" {
			return p.AskChange(by, 1, "greener", nil)
		}
		return p.Approve(by, 1, now)
	})
	must(t, err)
	switch state {
	case "late", "stopped":
		_, err = m.db.ExecContext(ctx, `UPDATE posts SET state = $2 WHERE id = $1`, post, state)
		must(t, err)
	case "handed", "unknown", "rejected":
		m.delivery(t, post, state)
	}
}

// delivery gives the post one delivery that waits for a person.
func (m *matrix) delivery(t *testing.T, post int64, state string) {
	t.Helper()
	whole, account := "publishing", m.ids["channel"]
	switch state {
	case "handed":
		account = m.ids["hand"]
	case "rejected":
		whole = "failed"
	}
	_, err := m.db.ExecContext(t.Context(), `UPDATE posts SET state = $2, slot = $3 WHERE id = $1`, post, whole, monday.Add(-5*time.Minute))
	must(t, err)
	var id int64
	must(t, m.db.GetContext(t.Context(), &id, `
		INSERT INTO deliveries (brand_id, post_id, account_id, version, state, due_at, changed_at, code)
		VALUES ($1, $2, $3, 1, $4, $5, $5, $6) RETURNING id`,
		m.brand.ID, post, account, state, monday.Add(-5*time.Minute), map[string]string{"rejected": "account_lost"}[state]))
	m.ids[state+" delivery"] = id
}

// snapshot remembers every table that a deed can change.
func (m *matrix) snapshot(t *testing.T) {
	t.Helper()
	must(t, m.db.SelectContext(t.Context(), &m.tables, `
		SELECT c.relname FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity AND c.relname <> 'inbox'`))
	m.exec(t, `CREATE SCHEMA snap`)
	for _, table := range m.tables {
		m.exec(t, `CREATE TABLE snap.`+table+` AS TABLE public.`+table)
	}
	parts := make([]string, len(m.tables))
	for i, table := range m.tables {
		parts[i] = checksumOf(table)
	}
	var err error
	m.sums, err = m.db.PrepareContext(t.Context(), `SELECT ARRAY[`+strings.Join(parts, ", ")+`]`)
	must(t, err)
	m.base = m.checksums(t)
}

// reset puts every table back that is not as it was, or may not be.
func (m *matrix) reset(t *testing.T, now []string) {
	t.Helper()
	var all strings.Builder
	all.WriteString(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM river_job WHERE state <> 'running';`)
	for i, table := range m.tables {
		if now[i] != m.base[i] || !summed(table) || table == "events" {
			fmt.Fprintf(&all, `DELETE FROM public.%[1]s; INSERT INTO public.%[1]s OVERRIDING SYSTEM VALUE SELECT * FROM snap.%[1]s;`, table)
		}
	}
	m.exec(t, all.String()+`COMMIT`)
	if !slices.Equal(m.checksums(t), m.base) {
		t.Fatal("the beginning could not be brought back")
	}
}

func (m *matrix) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := m.db.ExecContext(t.Context(), query, args...)
	must(t, err)
}

// summed tells whether a deed changes something when it changes the table: not what
// cards show, what somebody was told, a bad link he tried, a question that is open.
func summed(table string) bool {
	return !slices.Contains([]string{"cards", "comment_cards", "notices", "guesses", "dialogs", "channels"}, table)
}

// checksumOf is of a table's rows; of events their numbers alone, for they may be
// told meanwhile.
func checksumOf(table string) string {
	switch {
	case !summed(table):
		return `''`
	case table == "events":
		return `coalesce(md5((SELECT string_agg(x.id::text, '|' ORDER BY x.id) FROM events x)), '')`
	}
	return `coalesce(md5((SELECT string_agg(x::text, '|' ORDER BY x::text) FROM ` + table + ` x)), '')`
}

// checksums are of everything that a deed may change, one a table.
func (m *matrix) checksums(t *testing.T) []string {
	t.Helper()
	var sums []string
	must(t, m.sums.QueryRowContext(t.Context()).Scan(pq.Array(&sums)))
	return sums
}

// wait returns when the program has nothing to do any more. The longer it takes, the
// more seldom is the database asked.
func (m *matrix) wait(t *testing.T) {
	t.Helper()
	begin := time.Now()
	for quiet := 0; quiet < 2; {
		time.Sleep(3*time.Millisecond + min(time.Since(begin)/3, 100*time.Millisecond))
		left := m.left(t)
		if quiet++; left > 0 {
			quiet = 0
		}
		if time.Since(begin) > 30*time.Second {
			t.Fatalf("the program is still busy with %d things:\n%s", left, m.out.tail(2000))
		}
	}
}

// left counts what the program has still to do. What it will only find is not looked
// for while it is at something.
func (m *matrix) left(t *testing.T) int {
	t.Helper()
	at, due := 1, 0
	if m.telegram.Heard() {
		must(t, m.atWork.QueryRowContext(t.Context()).Scan(&at))
	}
	if at == 0 {
		must(t, m.howBusy(t.Context(), &at, &due))
	}
	return at + due
}

// cells does the deed as everybody.
func (m *matrix) cells(t *testing.T, d deed, want string) []byte {
	t.Helper()
	letters := map[string]byte{}
	for _, doers := range []bool{false, true} {
		var group []string
		for i, who := range personas {
			if doers == (i < len(want) && want[i] == does) {
				group = append(group, who)
			}
		}
		m.each(t, d, group, doers, letters)
	}
	var row []byte
	for _, who := range personas {
		row = append(row, letters[who])
	}
	return row
}

// each does the deed as everybody of the group. Those who should change nothing do it at
// once; of those who may, one is alone, and when nothing has changed, as most deeds only
// show something, the others do it at once. What changes something, or should not have,
// is done again by each alone.
func (m *matrix) each(t *testing.T, d deed, group []string, doers bool, letters map[string]byte) {
	t.Helper()
	alone := d.do != nil
	if doers && !alone && len(group) > 1 {
		first := group[0]
		letters[first], alone = m.cell(t, d, first)
		group = group[1:]
	}
	if !alone && len(group) > 1 && m.together(t, d, group, letters) {
		return
	}
	for _, who := range group {
		letters[who], _ = m.cell(t, d, who)
	}
}

// together does the deed as several personas at once. It tells whether nothing has
// changed, so that what each was told says what came of it.
func (m *matrix) together(t *testing.T, d deed, group []string, letters map[string]byte) bool {
	t.Helper()
	m.begin(t, d, group...)
	for _, who := range group {
		m.act(t, d, who, m.phone(who))
	}
	m.wait(t)
	if now := m.checksums(t); !slices.Equal(now, m.base) {
		m.reset(t, now)
		return false
	}
	for _, who := range group {
		letters[who] = m.judge(who, "")
	}
	return true
}

// cell does the deed as one persona and tells what came of it, and whether anything changed.
func (m *matrix) cell(t *testing.T, d deed, who string) (byte, bool) {
	t.Helper()
	m.begin(t, d, who)
	m.act(t, d, who, m.phone(who))
	m.wait(t)
	now := m.checksums(t)
	changed := m.changed(now)
	letter := m.judge(who, changed)
	if changed != "" {
		m.reset(t, now)
	}
	return letter, changed != ""
}

// changed names a table that is not as it was at the beginning.
func (m *matrix) changed(now []string) string {
	for i, table := range m.tables {
		if now[i] != m.base[i] {
			return table
		}
	}
	return ""
}

// phone is where the persona does things.
func (m *matrix) phone(who string) *emulator.Phone {
	if who == "anonymous" {
		return m.phones[who].In(m.group).Anonymous()
	}
	return m.phones[who]
}

// begin forgets what was, and asks each of the group what the deed answers.
func (m *matrix) begin(t *testing.T, d deed, group ...string) {
	t.Helper()
	m.exec(t, `DELETE FROM dialogs`)
	m.telegram.ForgetCalls()
	clear(m.taps)
	for _, who := range group {
		if d.step == "" {
			continue
		}
		must(t, m.store.SetDialog(t.Context(), social.Dialog{
			Chat: m.phone(who).Chat(), Person: m.people[who].ID, Step: d.step, Data: d.dialog, Expires: m.clock.Now().Add(time.Hour),
		}))
	}
}

// photo is drawn once.
var photo = sync.OnceValue(func() emulator.Media { return emulator.Photo(1) })

func (m *matrix) act(t *testing.T, d deed, who string, phone *emulator.Phone) {
	t.Helper()
	switch {
	case d.do != nil:
		d.do(t, m, who)
	case d.data != "":
		last, ok := m.telegram.Last(phone.Chat())
		if !ok {
			t.Fatalf("%s has an empty chat", who)
		}
		id, err := phone.Forge(last, d.data)
		must(t, err)
		m.taps[who] = id
	case d.photo:
		phone.Send(photo(), d.text)
	default:
		phone.Say(d.text)
	}
}

// judge looks at what the persona was told, and keeps what an outsider should not
// have read.
func (m *matrix) judge(who, changed string) byte {
	chat := m.phone(who).Chat()
	var heard []string
	letter := byte(nothing)
	for _, c := range m.telegram.Calls() {
		text := readable(c.Params["text"] + c.Params["caption"])
		if c.Method != "answerCallbackQuery" && (c.Chat != chat || !strings.HasPrefix(c.Method, "send") && !strings.HasPrefix(c.Method, "edit")) {
			continue
		}
		if c.Method == "answerCallbackQuery" && (text == "" || m.taps[who] != "" && c.Params["callback_query_id"] != m.taps[who]) {
			continue
		}
		heard = append(heard, text)
		letter = stronger(letter, m.weigh(text))
	}
	m.said[who] = strings.Join(heard, " ‖ ")
	if slices.Contains(outsiders, who) {
		if leak := secrets.FindString(strings.ReplaceAll(m.said[who], "Zz"+who, "")); leak != "" {
			m.leaks = append(m.leaks, fmt.Sprintf("%s reads %q in: %s", who, leak, m.said[who]))
		}
	}
	if changed != "" {
		m.said[who] += " (and " + changed + " changed)"
		return does
	}
	return letter
}

// weigh tells whether a text refuses, is neutral, or shows something.
func (m *matrix) weigh(text string) byte {
	for words, key := range m.rules {
		if !strings.HasPrefix(text, words) {
			continue
		}
		if key == "rule.not_found" || key == "start.stranger" || key == "group.leaving" {
			return nothing
		}
		return refused
	}
	return does
}

// stronger is what a cell shows when two texts came: a refusal beside the card as
// it stands now is a refusal.
func stronger(a, b byte) byte {
	for _, letter := range []byte{refused, does} {
		if a == letter || b == letter {
			return letter
		}
	}
	return nothing
}

// checkSecrets fails for every word that reached somebody whom it does not concern.
func (m *matrix) checkSecrets(t *testing.T) {
	t.Helper()
	for _, who := range outsiders {
		chat := m.phones[who].Chat()
		if who == "anonymous" {
			chat = m.group.ID()
		}
		for _, o := range m.telegram.Outputs(chat) {
			text := o.Message.Words()
			for _, b := range o.Message.Keyboard.Buttons() {
				text += "\n" + b.Text
			}
			if leak := secrets.FindString(strings.ReplaceAll(text, "Zz"+who, "")); leak != "" {
				t.Errorf("%s reads %q in: %s", who, leak, text)
			}
		}
	}
	for _, leak := range m.leaks {
		t.Error(leak)
	}
	for _, v := range m.telegram.Violations() {
		t.Errorf("not as the Bot API says: %s", v)
	}
}

// resume is a message whose effect is in the database and whose worker is gone.
func (m *matrix) resume(t *testing.T, who string) {
	t.Helper()
	u := m.phones[who].User()
	m.rooms++
	body, err := json.Marshal(map[string]any{"update_id": 5 + m.rooms, "message": map[string]any{
		"message_id": 1, "date": monday.Unix(), "text": "hello", "from": u,
		"chat": map[string]any{"id": u.ID, "type": "private", "first_name": u.FirstName},
	}})
	must(t, err)
	if who == "anonymous" {
		body = []byte(strings.ReplaceAll(string(body), fmt.Sprintf(`"chat":{"first_name":"%s","id":%d,"type":"private"}`, u.FirstName, u.ID),
			fmt.Sprintf(`"chat":{"id":%d,"type":"supergroup","title":"A yard"}`, m.group.ID())))
	}
	botID, err := strconv.ParseInt(strings.SplitN(m.telegram.Token(), ":", 2)[0], 10, 64)
	must(t, err)
	m.exec(t, `INSERT INTO inbox (bot, update_id, key, body, received_at, handled_at) VALUES ($1, $2, $3, $4, now(), now())`,
		botID, 5+m.rooms, 4242, body)
	m.phones["extra"].Say("/cancel") // wakes the workers
}

// place lets the persona make the bot an admin of a channel of his own.
func (m *matrix) place(_ *testing.T, who string) {
	m.rooms++
	room := m.telegram.AddChannel(fmt.Sprintf("fresh_%d", m.rooms), "Fresh")
	if who == "anonymous" {
		m.group.PromoteBot(m.phones[who])
		return
	}
	room.PromoteBot(m.phones[who])
}

// connect joins the persona's own channel to our brand.
func (m *matrix) connect(t *testing.T, who string) {
	t.Helper()
	data := bot.Data("connect", m.brand.ID, 0, b36(-7000-m.phones[who].User().ID))
	m.act(t, deed{data: data}, who, m.phone(who))
}

// edit changes a message while a secret is asked for.
func (m *matrix) edit(t *testing.T, who string) {
	t.Helper()
	phone := m.phones[who]
	if who == "anonymous" {
		phone = phone.In(m.group).Anonymous()
	}
	said := phone.Say("/settings")
	m.wait(t)
	must(t, m.store.SetDialog(t.Context(), social.Dialog{
		Chat: phone.Chat(), Person: m.people[who].ID, Step: "secret", Expires: m.clock.Now().Add(time.Hour),
		Data: map[string]string{"brand": strconv.FormatInt(m.brand.ID, 10), "network": "bluesky"},
	}))
	m.telegram.ForgetCalls()
	_, err := phone.Edit(said, "something else")
	must(t, err)
}

// leave has deleted what is kept about the persona.
func (m *matrix) leave(t *testing.T, who string) {
	t.Helper()
	m.act(t, deed{data: bot.Data("leave_yes", m.people[who].ID, 0)}, who, m.phone(who))
}

func b36(n int64) string { return strconv.FormatInt(n, 36) }

// deeds is how everything is done, by route.
func deeds(m *matrix) map[string]deed {
	all := map[string]deed{
		"content":   {text: "plain words"},
		"unknown":   {text: "/nonsense"},
		"forged":    {data: "v0:nonsense"},
		"resumed":   {do: func(t *testing.T, m *matrix, who string) { m.resume(t, who) }},
		"edited":    {do: func(t *testing.T, m *matrix, who string) { m.edit(t, who) }},
		"answered":  {do: func(t *testing.T, m *matrix, who string) { m.answer(t, who) }},
		"group":     {do: func(t *testing.T, m *matrix, who string) { m.comment(t, who) }},
		"reactions": {do: func(t *testing.T, m *matrix, who string) { m.react(t, who) }},
		"my member": {do: func(t *testing.T, m *matrix, who string) { m.place(t, who) }},
	}
	for _, name := range []string{"start", "new", "calendar", "waiting", "inbox", "settings", "language", "help", "privacy", "export", "delete_me", "cancel"} {
		all["command "+name] = deed{text: "/" + name}
	}
	steps := stepDeeds(m)
	maps.Copy(steps, planSteps(m))
	for name, d := range steps {
		d.step = name
		all["step "+name] = d
	}
	for name, data := range postTaps(m) {
		all["action "+name] = deed{data: data}
	}
	for name, data := range setupTaps(m) {
		all["action "+name] = deed{data: data}
	}
	for name, data := range commentTaps(m) {
		all["action "+name] = deed{data: data}
	}
	for name, data := range goalTaps(m) {
		all["action "+name] = deed{data: data}
	}
	maps.Copy(all, goalDeeds(m))
	for name, data := range planTaps(m) {
		all["action "+name] = deed{data: data}
	}
	for name, data := range variantTaps(m) {
		all[name] = deed{data: data}
	}
	maps.Copy(all, ruleDeeds(m))
	all["action nums_keep"] = numbersDeed(m)
	waiting := map[string]string{"k": `{"content":{"text":{"plain":"mine"}},"at":1}`}
	all["action connect"] = deed{do: func(t *testing.T, m *matrix, who string) { m.connect(t, who) }}
	all["action leave_yes"] = deed{do: func(t *testing.T, m *matrix, who string) { m.leave(t, who) }}
	all["action brand_of"] = deed{data: bot.Data("brand_of", m.brand.ID, 0, "k"), step: "draft", dialog: waiting}
	return all
}

// variants are routes in a case that needs other rights.
func variants() []string {
	return slices.Sorted(maps.Keys(variantTaps(&matrix{ids: map[string]int64{}, people: map[string]social.Person{}})))
}

func variantTaps(m *matrix) map[string]string {
	at := b36(monday.Add(72*time.Hour).Unix() / 60)
	brand := func(action string, arg ...string) string { return bot.Data(action, m.brand.ID, 0, arg...) }
	taps := map[string]string{
		"action leave_yes (somebody else's)": bot.Data("leave_yes", m.people["extra"].ID, 0),
		"action invite_as (owner)":           brand("invite_as", "owner"),
		"action invite_as (manager)":         brand("invite_as", "manager"),
		"action member_drop (manager)":       brand("member_drop", strconv.FormatInt(m.people["anonymous"].ID, 10)),
		"action member_drop (owner)":         brand("member_drop", strconv.FormatInt(m.people["owner"].ID, 10)),
		"action silence_set (publish)":       brand("silence_set", "publish"),
		"action del_yes (draft)":             bot.Data("del_yes", m.ids["draft"], 0),
		"action del (review)":                bot.Data("del", m.ids["review"], 1),
		"action slot_ok (approved)":          bot.Data("slot_ok", m.ids["approved"], 1, "p", at),
		"action slt (approved)":              bot.Data("slt", m.ids["approved"], 1),
		"action slot_ok (delivery)":          bot.Data("slot_ok", m.ids["handed delivery"], 0, "d", at),
		"action pre (review)":                bot.Data("pre", m.ids["review"], 1, b36(m.ids["channel"])),
		"action opn (draft)":                 bot.Data("opn", m.ids["draft"], 0),
		"action ok (draft)":                  bot.Data("ok", m.ids["draft"], 0),
		"action ok (old version)":            bot.Data("ok", m.ids["review"], 7),
		"action bhd (not refused)":           bot.Data("bhd", m.ids["handed delivery"], 0),
		"action alt (no such picture)":       bot.Data("alt", m.ids["pictured"], 0, "1", ""),
		"action alt (no pictures)":           bot.Data("alt", m.ids["draft"], 0),
		"action alt_no (another picture)":    bot.Data("alt_no", m.ids["pictured"], 0, "0", "zz"),
		"action srt (short)":                 bot.Data("srt", m.ids["draft"], 0, b36(m.ids["channel"])),
		"action rty (not refused)":           bot.Data("rty", m.ids["handed delivery"], 0),
		"action account_drop (other's)":      bot.Data("account_drop", m.brand.ID+1, 0, strconv.FormatInt(m.ids["channel"], 10)),
		"action acc (no such account)":       bot.Data("acc", m.ids["draft"], 0, b36(99999)),
		"action connect (other's)":           brand("connect", b36(-7000-9007)),
		"action enter (no network)":          brand("enter", "telegram"),
		"action enter (Mastodon)":            brand("enter", "mastodon"),
		"action toggle (no platform)":        brand("toggle", "telegram", "1"),
		"action stages_set (nonsense)":       brand("stages_set", "nonsense"),
		"action invite_as (nonsense)":        brand("invite_as", "emperor"),
		"action opn (negative)":              bot.Data("opn", -1, -1),
		"action silence_set (nonsense)":      brand("silence_set", "nonsense"),
		"action calendar_set (nonsense)":     brand("calendar_set", "nonsense"),
	}
	for _, action := range []string{"opn", "edt", "snd", "del_yes", "pre", "trl", "cpy", "slt", "txt", "ok"} {
		taps["action "+action+" (another agency's)"] = bot.Data(action, m.ids["other post"], 0)
	}
	return taps
}

// stepDeeds answer questions that are about our brand.
func stepDeeds(m *matrix) map[string]deed {
	id := func(name string) string { return strconv.FormatInt(m.ids[name], 10) }
	brand := strconv.FormatInt(m.brand.ID, 10)
	return map[string]deed{
		"change":  {text: "another colour", dialog: map[string]string{"post": id("review"), "version": "1"}},
		"link":    {text: "https://example.org/p/1", dialog: map[string]string{"delivery": id("handed delivery")}},
		"draft":   {text: "plain words"},
		"piece":   {text: "and more", dialog: map[string]string{"post": id("draft"), "at": strconv.FormatInt(m.clock.Now().Unix(), 10)}},
		"new":     {text: "plain words", dialog: map[string]string{"brand": brand}},
		"text":    {text: "new words", dialog: map[string]string{"post": id("draft")}},
		"media":   {photo: true, dialog: map[string]string{"post": id("draft")}},
		"alt":     {text: "a tree", dialog: map[string]string{"post": id("pictured"), "n": "0", "hash": m.hash}},
		"when":    {text: "26 November 2026 21:00", dialog: map[string]string{"kind": "p", "id": id("draft")}},
		"agency":  {text: "New agency"},
		"brand":   {text: "New brand", dialog: map[string]string{"agency": id("agency")}},
		"rename":  {text: "Other name", dialog: map[string]string{"brand": brand}},
		"zone":    {text: "Berlin", dialog: map[string]string{"brand": brand}},
		"quiet":   {text: "21:00-7:00", dialog: map[string]string{"brand": brand}},
		"time":    {text: "Monday 7:15", dialog: map[string]string{"brand": brand}},
		"channel": {text: "hello?", dialog: map[string]string{"brand": brand}},
		"name":    {text: "nobody", dialog: map[string]string{"brand": brand, "network": "bluesky"}},
		"secret":  {text: "hello?", dialog: map[string]string{"brand": brand, "network": "bluesky", "name": "@cafe.test"}},
		"handle":  {text: "@somebody", dialog: map[string]string{"brand": brand, "platform": "instagram"}},
		"my_zone": {text: "Berlin"},
		"saved":   {text: "Thank you", dialog: map[string]string{"brand": brand}},
		"irule":   {text: "kumquat juice", dialog: map[string]string{"brand": brand}},
		"guide":   {text: "Warm", dialog: map[string]string{"brand": brand, "part": "voice"}},
		"work":    {text: "9-18", dialog: map[string]string{"brand": brand}},
		"figures": {text: "account,metric,value,at\n" + id("hand") + ",followers,5,2026-11-20T00:00:00Z", dialog: map[string]string{"brand": brand}},
		"numbers": {text: "followers 12,480", dialog: map[string]string{"account": id("hand")}},
		"find":    {text: "new", dialog: map[string]string{"brand": "0"}},
	}
}

// postTaps are the buttons of posts.
func postTaps(m *matrix) map[string]string {
	at := b36(monday.Add(72*time.Hour).Unix() / 60)
	day := b36(monday.Add(72*time.Hour).Unix() / 86400)
	account := b36(m.ids["channel"])
	post := func(action, state string, arg ...string) string {
		version := 1
		if state == "draft" || state == "long" || state == "pictured" {
			version = 0
		}
		return bot.Data(action, m.ids[state], version, arg...)
	}
	delivery := func(action, state string) string { return bot.Data(action, m.ids[state+" delivery"], 0) }
	return map[string]string{
		"ok": post("ok", "review"), "hld": post("hld", "review"), "stp": post("stp", "approved"), "und": post("und", "approved"), "una": post("una", "changes"),
		"now": post("now", "late"), "chg": post("chg", "review"), "cnl": post("cnl", "review"),
		"liv": delivery("liv", "handed"), "lnk": delivery("lnk", "handed"), "dcd": delivery("dcd", "handed"),
		"wdr": delivery("wdr", "handed"), "dsl": delivery("dsl", "handed"),
		"abs": delivery("abs", "unknown"), "rty": delivery("rty", "rejected"),
		"opn": post("opn", "review"), "acc": post("acc", "draft", account), "txt": post("txt", "draft"),
		"srt": post("srt", "long", account), "srt_ok": post("srt_ok", "long", account, shortMark()), "bhd": delivery("bhd", "rejected"),
		"vtx": post("vtx", "draft", account), "vrs": post("vrs", "draft", account), "med": post("med", "draft"),
		"alt": post("alt", "pictured"), "alt_no": post("alt_no", "pictured", "0", ""), "alt_end": post("alt_end", "pictured"),
		"med_no": post("med_no", "draft"), "pre": post("pre", "draft", account), "pre_end": post("pre_end", "draft"),
		"snd": post("snd", "draft"), "edt": post("edt", "approved"), "cpy": post("cpy", "review"), "del": post("del", "draft"),
		"off": post("off", "draft"), "del_yes": post("del_yes", "review"), "rst": post("rst", "stopped"), "trl": post("trl", "review"),
		"slt": post("slt", "draft"), "slot_at": post("slot_at", "draft", "p", at), "slot_ok": post("slot_ok", "draft", "p", at),
		"slot_month": post("slot_month", "draft", "p"), "slot_day": post("slot_day", "draft", "p", day),
		"slot_hour": post("slot_hour", "draft", "p", at), "nop": bot.Data("nop", 0, 0),
	}
}

// shortMark is the fingerprint of the shorter text that is proposed for the long draft.
var shortMark = sync.OnceValue(func() string {
	long := social.Variant{Text: social.Text{Plain: strings.Repeat("kumquat long ", 501)}}
	sum := sha256.Sum256([]byte(platforms.Shorten(social.Account{Platform: social.Telegram}, long).Plain))
	return hex.EncodeToString(sum[:6])
})

// setupTaps are the buttons of brands, people, accounts and settings.
func setupTaps(m *matrix) map[string]string {
	brand := func(action string, arg ...string) string { return bot.Data(action, m.brand.ID, 0, arg...) }
	own := func(action string, arg ...string) string { return bot.Data(action, 0, 0, arg...) }
	channel, extra := strconv.FormatInt(m.ids["channel"], 10), strconv.FormatInt(m.people["extra"].ID, 10)
	taps := map[string]string{
		"brand_new": bot.Data("brand_new", m.ids["agency"], 0), "stages_set": brand("stages_set", "none"),
		"need_set": brand("need_set", "all"), "own_set": brand("own_set", "1"), "remind_set": brand("remind_set", "0"), "silence_set": brand("silence_set", "ask"),
		"calendar_set": brand("calendar_set", "jalali"), "week_set": brand("week_set", "6"), "zone_set": brand("zone_set", "Europe/Berlin"),
		"report": brand("report"), "report_look": brand("report_look"), "report_send": brand("report_send"), "trend": brand("trend"), "proof": brand("proof", m.lastWeek(), strconv.FormatInt(m.ids["hand"], 10)),
		"digest_why": brand("digest_why"), "digest_share": brand("digest_share"), "digest_share_yes": brand("digest_share_yes"),
		"my_digests": own("my_digests"), "digest_day": brand("digest_day", "3"), "digest_at": brand("digest_at", "3", "1020"),
		"quiet_set": brand("quiet_set", "60", "120"), "time_day": brand("time_day", "1"), "time_hour": brand("time_hour", "1", "9"),
		"time_put": brand("time_put", "1", "540"), "time_drop": brand("time_drop", "1", "1080"),
		"owner_ask": bot.Data("owner_ask", m.ids["agency"], 0, extra), "owner_name": bot.Data("owner_name", m.ids["agency"], 0, extra),
		"member": brand("member", extra), "member_drop": brand("member_drop", extra), "invite_as": brand("invite_as", "viewer"),
		"inv_yes": bot.Data("inv_yes", m.ids["invitation"], 0), "inv_no": bot.Data("inv_no", m.ids["invitation"], 0),
		"account": brand("account", channel), "account_sure": brand("account_sure", channel), "account_drop": brand("account_drop", channel),
		"enter": brand("enter", "bluesky"), "late_now": brand("late_now", channel), "late_slots": brand("late_slots", channel), "toggle": brand("toggle", "instagram", "1"), "hand_on": brand("hand_on", "instagram"), "hand_skip": brand("hand_skip", "x"),
		"lang": own("lang", "en", "settings"), "my_zone_set": own("my_zone_set", "Europe/Berlin"), "my_calendar_set": own("my_calendar_set", "jalali"),
	}
	for _, name := range []string{
		"new", "week", "gaps", "week_picture", "brand", "made", "rules", "stages", "quiet", "calendar", "week_start", "digest_time", "rename", "silence", "zone",
		"times", "time_add", "people", "invite", "accounts", "channel", "others", "hand",
	} {
		taps[name] = brand(name)
	}
	for _, name := range []string{"calendars", "waiting", "home", "sample", "agency_new", "settings", "language", "my_zone", "my_calendar", "help", "privacy", "export", "leave", "keep"} {
		taps[name] = own(name)
	}
	return taps
}
