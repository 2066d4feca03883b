package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"peyk/social"
	"peyk/storage"
)

// A house is an agency with everything that the wall has to keep to itself. Its
// mark stands in every name and text of it.
type house struct {
	mark                       string
	agency                     social.Agency
	brand                      social.Brand
	owner, client, removed     social.Person
	account, byHand            social.Account
	post                       social.Post
	delivery, draft            int64
	comment, fold              int64
	plan, goal                 int64
	invited                    social.Person
	invitation, memberToRemove int64
}

// A wall is two houses in one database, and somebody without any.
type wall struct {
	store        *storage.Store
	admin        *sqlx.DB // the superuser, whom nothing binds
	bot          *sqlx.DB // as peyk_bot
	ours, theirs house
	stranger     social.Person
	sum          *sqlx.Stmt // of checksum, once it was asked
}

// dusk is the moment at which the posts of the houses are due.
var dusk = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// furnished is the wall as it begins.
var furnished struct {
	shelf        shelf
	ours, theirs house
	stranger     social.Person
}

func newWall(t *testing.T) *wall {
	t.Helper()
	w := wallIn(furnished.shelf.lend(t, func(first *lent) {
		w := wallIn(first)
		w.furnish(t)
		furnished.ours, furnished.theirs, furnished.stranger = w.ours, w.theirs, w.stranger
	}))
	w.ours, w.theirs, w.stranger = furnished.ours, furnished.theirs, furnished.stranger
	return w
}

func wallIn(l *lent) *wall {
	l.store.Now = func() time.Time { return dusk.Add(-time.Hour) }
	return &wall{store: l.store, admin: l.admin, bot: storage.Bot(l.store)}
}

// furnish puts two agencies with all that they have behind the wall, and somebody who
// belongs to neither.
func (w *wall) furnish(t *testing.T) {
	t.Helper()
	store := w.store
	w.ours, w.theirs = w.house(t, "canaryours", 100), w.house(t, "canarytheirs", 200)
	_, err := store.WakeDue(t.Context(), dusk.Add(15*time.Hour), 10) // at nine on the next morning
	check(t, err)
	_, err = store.DigestsDue(t.Context(), dusk.AddDate(0, 0, 7).Add(-8*time.Hour), 10) // on the next Monday
	check(t, err)
	looks, err := store.LooksDue(t.Context(), dusk, dusk.Add(time.Minute), telegrams(), 10)
	check(t, err)
	for _, l := range looks {
		check(t, store.EndLook(t.Context(), l, []social.Reading{{Metric: social.MetricFollowers, Value: 100}}, dusk))
	}
	for _, h := range []house{w.ours, w.theirs} {
		check(t, store.HushDigest(t.Context(), h.owner.ID, h.brand.ID, true))
	}
	for _, h := range []house{w.ours, w.theirs} {
		_, err := w.admin.ExecContext(t.Context(), `
			INSERT INTO drops (brand_id, week, fall, opened_at) VALUES ($1, '2026-11-16', '{"metric": "rate", "was": 5, "now": 2}', $2)`, h.brand.ID, dusk)
		check(t, err)
	}
	_, err = w.admin.ExecContext(t.Context(), `UPDATE comments SET reminded = 1 WHERE brand_id = $1`, w.ours.brand.ID) // they have waited too long
	check(t, err)
	w.stranger = enter(t, store, 300, "Stranger")
}

func connect(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Open("postgres", dsn)
	check(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// house builds an agency in which every table has a row.
func (w *wall) house(t *testing.T, mark string, telegram int64) house {
	t.Helper()
	ctx, s := t.Context(), w.store
	h := house{mark: mark, owner: enter(t, s, telegram, mark+" owner"), client: enter(t, s, telegram+1, mark+" client")}
	h.removed, h.invited = enter(t, s, telegram+2, mark+" removed"), enter(t, s, telegram+3, mark+" invited")
	var err error
	h.agency, err = s.FoundAgency(ctx, h.owner.ID, mark+" agency")
	check(t, err)
	h.brand, err = s.AddBrand(ctx, h.owner.ID, social.Brand{
		AgencyID: h.agency.ID, Name: mark + " brand", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	check(t, err)
	w.people(t, &h, telegram)
	w.publish(t, &h, telegram)
	w.discuss(t, &h, telegram)
	w.plan(t, &h)
	return h
}

// plan makes a plan with an action of the owner's own, and a goal.
func (w *wall) plan(t *testing.T, h *house) {
	t.Helper()
	ctx, s := t.Context(), w.store
	p, err := s.BeginPlan(ctx, h.owner.ID, h.brand.ID, false, "")
	check(t, err)
	_, err = s.UpdatePlan(ctx, h.owner.ID, p.ID, func(p *social.ActionPlan, by social.Member) (social.Event, error) {
		return p.Add(by, h.mark+" action")
	})
	check(t, err)
	_, err = s.AgreePlan(ctx, h.owner.ID, p.ID)
	check(t, err)
	h.plan = p.ID
	g, err := s.SetGoal(ctx, h.owner.ID, h.brand.ID, social.MetricPosts, 5, dusk.AddDate(0, 1, 0))
	check(t, err)
	h.goal = g.ID
}

// discuss fills the brand's inbox: a burst of comments, a reply that waits, and the
// messages that show them.
func (w *wall) discuss(t *testing.T, h *house, telegram int64) {
	t.Helper()
	ctx, s := t.Context(), w.store
	group := -telegram - 70
	_, err := s.SaveDiscussion(ctx, h.account.RemoteID, group, nil)
	check(t, err)
	check(t, s.SaveThread(ctx, group, social.Thread{Root: "1", Remote: "9", Words: h.mark + " post"}))
	for n := range social.BurstSize + 1 {
		check(t, s.Hear(ctx, social.Heard{
			Place: group, Post: social.Thread{Root: "1"}, Remote: fmt.Sprint(10 + n), Author: h.mark + " follower",
			AuthorID: "999", Text: h.mark + " comment", Search: h.mark, At: s.Now(),
		}))
	}
	found, _, err := s.Comments(ctx, h.owner.ID, social.InboxFilter{Size: 10})
	check(t, err)
	h.comment, h.fold = found[0].ID, found[0].Fold
	_, err = s.UpdateComment(ctx, h.owner.ID, h.comment, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.Answer(by, social.Text{Plain: h.mark + " reply"}, nil, s.Now())
	})
	check(t, err)
	_, err = s.UpdateComment(ctx, h.owner.ID, h.comment, func(c *social.Comment, by social.Member) (social.Event, error) {
		return c.CorrectSpam(by, s.Now())
	})
	check(t, err)
	for message, card := range map[int64]social.CommentCard{11: {Comment: h.comment}, 12: {Fold: h.fold}} {
		card.Brand, card.Chat, card.Message, card.Person, card.Shown = h.brand.ID, telegram, message, h.owner.ID, h.mark
		check(t, s.SaveCommentCard(ctx, card))
	}
	_, err = s.SaveReply(ctx, h.owner.ID, social.SavedReply{Brand: h.brand.ID, Lang: "en", Text: h.mark + " saved"})
	check(t, err)
}

// people fills the brand with members, one that was removed, one that waits for
// a word, and a link that nobody has opened.
func (w *wall) people(t *testing.T, h *house, telegram int64) {
	t.Helper()
	ctx, s := t.Context(), w.store
	extra := enter(t, s, telegram+4, h.mark+" extra")
	for p, role := range map[int64]social.Role{h.client.ID: social.Approver, h.removed.ID: social.Manager, extra.ID: social.Editor} {
		i := invited(t, s, h.owner.ID, p, h.brand.ID, role)
		_, err := s.DecideInvitation(ctx, h.owner.ID, i.ID, true)
		check(t, err)
	}
	h.memberToRemove = extra.ID
	_, err := s.SaveChannel(ctx, social.Channel{Chat: -telegram, Title: h.mark + " channel", AddedBy: h.owner.ID, Present: true})
	check(t, err)
	_, err = s.AddPost(ctx, h.removed.ID, social.Post{Brand: h.brand, Content: social.Content{Text: social.Text{Plain: h.mark + " left"}}})
	check(t, err)
	check(t, s.RemoveMember(ctx, h.owner.ID, h.brand.ID, h.removed.ID))
	h.invitation = invited(t, s, h.owner.ID, h.invited.ID, h.brand.ID, social.Viewer).ID
	_, _, err = s.Invite(ctx, h.owner.ID, h.brand.ID, social.Viewer)
	check(t, err)
	_, err = s.OpenInvitation(ctx, h.owner.ID, "wrong") // leaves a guess
	if !errors.Is(err, social.ErrBadLink) {
		t.Fatal(err)
	}
}

// publish brings a post into the hands of a person, and leaves a draft.
func (w *wall) publish(t *testing.T, h *house, telegram int64) {
	t.Helper()
	ctx, s := t.Context(), w.store
	var err error
	h.account, err = s.AddAccount(ctx, h.owner.ID, social.Account{
		BrandID: h.brand.ID, Platform: social.Telegram, RemoteID: fmt.Sprint(-telegram - 50), Handle: "@" + h.mark,
	})
	check(t, err)
	_, _, err = s.SignIn(ctx, h.owner.ID, social.Account{
		BrandID: h.brand.ID, Platform: social.Bluesky, RemoteID: "did:plc:" + h.mark, Handle: h.mark + ".example",
	}, h.mark+" sealed")
	check(t, err)
	h.byHand, err = s.AddAccount(ctx, h.owner.ID, social.Account{BrandID: h.brand.ID, Platform: social.Instagram, ByHand: true})
	check(t, err)
	check(t, s.OpenDoor(ctx, h.owner.ID, social.Door{Account: h.byHand.ID, Key: h.mark + " key", Sealed: h.mark + " sealed"}))
	content := social.Content{Text: social.Text{Plain: h.mark + " text"}, Targets: []social.Target{{Account: h.account.ID}}}
	h.post, err = s.AddPost(ctx, h.owner.ID, social.Post{Brand: h.brand, Slot: dusk, Content: content})
	check(t, err)
	h.approve(t, s, h.post.ID)
	draft, err := s.AddPost(ctx, h.owner.ID, social.Post{Brand: h.brand, Slot: dusk.Add(time.Hour), Content: content})
	check(t, err)
	h.draft = draft.ID
	_, err = s.ClaimDue(ctx, dusk, 10)
	check(t, err)
	h.post, _, err = s.Post(ctx, h.owner.ID, h.post.ID)
	check(t, err)
	h.delivery = h.post.Deliveries[0].ID
	a, err := s.BeginAttempt(ctx, h.delivery, dusk, time.Minute)
	check(t, err)
	check(t, s.MarkSent(ctx, a, dusk))
	check(t, s.FinishAttempt(ctx, a, social.Outcome{State: social.Handed}, dusk))
	_, err = s.SaveCard(ctx, h.brand.ID, social.Card{PostID: h.post.ID, Person: h.owner.ID, Chat: telegram, Message: 7, Shown: h.mark})
	check(t, err)
	trail, err := s.Trail(ctx, h.owner.ID, h.post.ID)
	check(t, err)
	_, _, err = s.ClaimNotice(ctx, trail[0].Event, h.owner.ID)
	check(t, err)
}

// approve sends a post for approval and approves it as the client.
func (h *house) approve(t *testing.T, s *storage.Store, post int64) {
	t.Helper()
	now := s.Now()
	_, err := s.UpdatePost(t.Context(), h.owner.ID, post, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Submit(by, nil, now)
	})
	check(t, err)
	_, err = s.UpdatePost(t.Context(), h.client.ID, post, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Approve(by, p.Version, now)
	})
	check(t, err)
}

// as runs fn in a transaction of peyk_bot that works for the person.
func (w *wall) as(t *testing.T, person int64, fn func(*sqlx.Tx)) {
	t.Helper()
	tx, err := w.bot.BeginTxx(t.Context(), nil)
	check(t, err)
	defer func() { _ = tx.Rollback() }()
	_, err = tx.ExecContext(t.Context(), `SELECT be($1, 0)`, person)
	check(t, err)
	fn(tx)
}

// walled are the tables that hold something of a brand, of an agency or of a
// person, with whether they name the brand.
func (w *wall) walled(t *testing.T) map[string]bool {
	t.Helper()
	var rows []struct {
		Name  string `db:"relname"`
		Brand bool   `db:"brand"`
	}
	check(t, w.admin.SelectContext(t.Context(), &rows, `
		SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'brand_id') AS brand
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity`))
	tables := map[string]bool{}
	for _, r := range rows {
		tables[r.Name] = r.Brand
	}
	if len(tables) < 16 {
		t.Fatalf("only %d tables have a wall", len(tables))
	}
	return tables
}

func TestEveryTenantsTableIsWalled(t *testing.T) {
	t.Parallel()
	db := newBare(t).admin
	var rows []struct {
		Name   string         `db:"relname"`
		On     bool           `db:"relrowsecurity"`
		Forced bool           `db:"relforcerowsecurity"`
		For    pq.StringArray `db:"roles"`
	}
	check(t, db.SelectContext(t.Context(), &rows, `
		SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
			coalesce((SELECT array_agg(DISTINCT r) FROM pg_policies p, unnest(p.roles) r
				WHERE p.schemaname = 'public' AND p.tablename = c.relname), '{}') AS roles
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
			AND (c.relname IN ('people', 'agencies', 'brands', 'guesses', 'channels')
				OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('brand_id', 'agency_id') AND NOT a.attisdropped))
		ORDER BY 1`))
	if len(rows) < 16 {
		t.Fatalf("only %d tables were found", len(rows))
	}
	for _, r := range rows {
		if !r.On || !r.Forced {
			t.Errorf("%s: row-level security on %v, forced %v", r.Name, r.On, r.Forced)
		}
		for _, role := range []string{"peyk_bot", "peyk_clock"} {
			if !slices.Contains(r.For, role) {
				t.Errorf("%s has no policy for %s", r.Name, role)
			}
		}
		if slices.Contains(r.For, "public") {
			t.Errorf("%s has a policy for everybody", r.Name)
		}
	}
}

func TestServingRolesCannotClimbTheWall(t *testing.T) {
	t.Parallel()
	db := newBare(t).admin
	for _, role := range []string{"peyk_bot", "peyk_clock"} {
		var n int
		check(t, db.GetContext(t.Context(), &n, `
			SELECT count(*) FROM pg_roles
			WHERE rolname = $1 AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb`, role))
		if n != 1 {
			t.Errorf("%s is a superuser, bypasses the wall or makes roles", role)
		}
		check(t, db.GetContext(t.Context(), &n, `
			SELECT count(*) FROM pg_class WHERE relowner = $1::regrole AND relkind IN ('r', 'p', 'v', 'm', 'S')`, role))
		if n != 0 {
			t.Errorf("%s owns %d tables", role, n)
		}
		check(t, db.GetContext(t.Context(), &n, `
			SELECT count(*) FROM pg_auth_members WHERE member = $1::regrole`, role))
		if n != 0 {
			t.Errorf("%s is a member of %d other roles", role, n)
		}
	}
	var loose []string
	check(t, db.SelectContext(t.Context(), &loose, `
		SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
		WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
			AND (r.rolname <> 'peyk_clock' OR NOT coalesce(array_to_string(p.proconfig, ','), '') LIKE '%search_path=%')`))
	if len(loose) > 0 {
		t.Errorf("functions that work for others without being bound themselves: %v", loose)
	}
}

func TestWhoOneWorksForDoesNotLeak(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	pool := storage.Bot(w.store)
	pool.SetMaxOpenConns(1) // the next query gets the very connection
	var before, after int
	check(t, pool.GetContext(t.Context(), &before, `SELECT pg_backend_pid()`))
	seen := 0
	check(t, w.store.As(t.Context(), w.ours.owner.ID, func(tx *storage.Tx) error {
		return tx.GetContext(t.Context(), &seen, `SELECT count(*) FROM posts`)
	}))
	if seen == 0 {
		t.Fatal("the owner sees none of his posts")
	}
	check(t, pool.GetContext(t.Context(), &seen, `SELECT count(*) FROM posts`))
	if seen != 0 {
		t.Errorf("a query for nobody sees %d posts of whoever was served before", seen)
	}
	err := w.store.In(t.Context(), w.ours.brand.ID, func(*storage.Tx) error { return errors.New("broken off") })
	if err == nil {
		t.Fatal("no error")
	}
	check(t, pool.GetContext(t.Context(), &seen, `SELECT count(*) FROM posts`))
	if seen != 0 {
		t.Errorf("a query for nobody sees %d posts of the brand served before", seen)
	}
	settled := fmt.Sprintf(`SELECT be(%d, 0)`, w.ours.owner.ID)
	if err := storage.Begin(t.Context(), w.store, settled+"; SELECT 1/0"); err == nil {
		t.Fatal("no error")
	}
	check(t, pool.GetContext(t.Context(), &seen, `SELECT count(*) FROM posts`))
	if seen != 0 {
		t.Errorf("a query for nobody sees %d posts of somebody for whom a transaction could not begin", seen)
	}
	check(t, storage.Begin(t.Context(), w.store, settled))
	check(t, pool.GetContext(t.Context(), &after, `SELECT pg_backend_pid()`))
	if before != after {
		t.Errorf("the connection was given up: it was %d, then %d", before, after)
	}
}

func TestSettingsLastForOneTransaction(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	check(t, err)
	scripts, err := filepath.Glob("migrations/*.sql")
	check(t, err)
	files = append(files, scripts...)
	lasting := regexp.MustCompile(`set_config\([^;]*,\s*false\s*\)`)
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(f)
		check(t, err)
		src := string(raw)
		found += strings.Count(src, "set_config(")
		if lasting.MatchString(src) {
			t.Errorf("%s sets something that outlives its transaction", f)
		}
	}
	if found == 0 {
		t.Error("nothing sets anything")
	}
}

func TestForgottenWhereShowsOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	for table, named := range w.walled(t) {
		if !w.may(t, table, "SELECT") {
			continue // see TestSealedIsReadByTheClockAlone
		}
		w.as(t, w.ours.owner.ID, func(tx *sqlx.Tx) {
			var rows []string
			check(t, tx.SelectContext(t.Context(), &rows, `SELECT to_jsonb(x)::text FROM `+pq.QuoteIdentifier(table)+` x`))
			if len(rows) == 0 != settledApart(table) {
				t.Errorf("%s: the owner sees %d rows", table, len(rows))
			}
			for _, row := range rows {
				if strings.Contains(row, w.theirs.mark) || named && foreign(t, row, w.ours) {
					t.Errorf("%s: the owner sees %s", table, row)
				}
			}
		})
		for _, p := range []social.Person{w.stranger, w.ours.removed} {
			w.as(t, p.ID, func(tx *sqlx.Tx) {
				var rows []string
				check(t, tx.SelectContext(t.Context(), &rows, `SELECT to_jsonb(x)::text FROM `+pq.QuoteIdentifier(table)+` x`))
				for _, row := range rows {
					if !ofHimself(t, row, table, p) {
						t.Errorf("%s: %s sees %s", table, p.Name, row)
					}
				}
			})
		}
	}
}

// settledApart tells whether a table has a wall of its own, which does not open for a
// person; see TestUpdatesAndQuestionsAreWalled.
func settledApart(table string) bool { return table == "inbox" || table == "dialogs" }

// TestUpdatesAndQuestionsAreWalled: whoever handles an update reaches what came under
// its key, whoever asks for a question that of its chat, and whoever takes updates in
// those of his bot.
func TestUpdatesAndQuestionsAreWalled(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	w.fill(t, `INSERT INTO inbox (bot, update_id, key, body, received_at) VALUES (7, 901, 1, '', now()), (7, 902, 2, '', now()), (8, 903, 1, '', now())`)
	w.fill(t, `INSERT INTO dialogs (chat, person, step, data, expires_at) SELECT chat, p.id, 'x', '{}', now()
		FROM generate_series(901, 902) chat, (SELECT min(id) AS id FROM people) p`)
	for _, c := range []struct {
		settle, see string
		ids         []int64
	}{
		{`SELECT be(0, 0, 7, 1)`, `UPDATE inbox SET tries = tries RETURNING update_id`, []int64{901}},
		{`SELECT be(0, 0, 7, 1)`, `UPDATE dialogs SET step = step RETURNING chat`, nil},
		{`SELECT set_config('app.intake', '7', true)`, `UPDATE inbox SET tries = tries RETURNING update_id`, []int64{901, 902}},
		{`SELECT set_config('app.chat', '902', true)`, `UPDATE dialogs SET step = step RETURNING chat`, []int64{902}},
		{`SELECT set_config('app.chat', '902', true)`, `UPDATE inbox SET tries = tries RETURNING update_id`, nil},
		{`SELECT be(1, 0)`, `SELECT update_id FROM inbox`, nil},
		{`SELECT be(1, 0)`, `SELECT chat FROM dialogs`, nil},
	} {
		tx, err := w.bot.BeginTxx(t.Context(), nil)
		check(t, err)
		_, err = tx.ExecContext(t.Context(), c.settle)
		check(t, err)
		var ids []int64
		check(t, tx.SelectContext(t.Context(), &ids, c.see))
		check(t, tx.Rollback())
		slices.Sort(ids)
		same(t, c.settle+" "+c.see, ids, c.ids)
	}
}

func (w *wall) fill(t *testing.T, query string) {
	t.Helper()
	_, err := w.admin.ExecContext(t.Context(), query)
	check(t, err)
}

// foreign tells whether a row names a brand or an agency that is not the house's.
func foreign(t *testing.T, row string, h house) bool {
	t.Helper()
	var r struct {
		Brand  *int64 `json:"brand_id"`
		Agency *int64 `json:"agency_id"`
	}
	check(t, json.Unmarshal([]byte(row), &r))
	return r.Brand != nil && *r.Brand != h.brand.ID || r.Agency != nil && *r.Agency != h.agency.ID
}

// ofHimself tells whether a row is about the person alone: himself, or the place
// that he had.
func ofHimself(t *testing.T, row, table string, p social.Person) bool {
	t.Helper()
	var r struct {
		ID     int64 `json:"id"`
		Person int64 `json:"person_id"`
	}
	check(t, json.Unmarshal([]byte(row), &r))
	return table == "people" && r.ID == p.ID || table == "members" && r.Person == p.ID
}

func TestNobodyWritesIntoAnotherBrand(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	tried := 0
	for table, named := range w.walled(t) {
		if !named {
			continue
		}
		if table == "digests" || table == "drops" { // the clock's alone
			if w.may(t, table, "INSERT") {
				t.Errorf("peyk_bot may insert into %s", table)
			}
			continue
		}
		if !w.may(t, table, "INSERT") {
			t.Errorf("peyk_bot may not insert into %s: the test proves nothing about it", table)
			continue
		}
		tried++
		if code := w.insertAgain(t, table, w.ours); code != "23505" {
			t.Errorf("%s: a row of one's own: %s instead of a duplicate", table, code)
		}
		if code := w.insertAgain(t, table, w.theirs); code != "42501" {
			t.Errorf("%s: a row of another brand: %s", table, code)
		}
		if code := w.giveAway(t, table); code != "42501" {
			t.Errorf("%s: a row given to another brand: %q", table, code)
		}
	}
	if tried < 10 {
		t.Errorf("only %d tables were tried", tried)
	}
}

func (w *wall) may(t *testing.T, table, what string) (may bool) {
	t.Helper()
	check(t, w.admin.GetContext(t.Context(), &may, `SELECT has_table_privilege('peyk_bot', $1, $2)`, table, what))
	return may
}

// insertAgain puts a copy of a house's row in, as our owner, and returns the code
// of the refusal.
func (w *wall) insertAgain(t *testing.T, table string, from house) string {
	t.Helper()
	var row string
	check(t, w.admin.GetContext(t.Context(), &row, `
		SELECT to_jsonb(x)::text FROM `+table+` x WHERE brand_id = $1 LIMIT 1`, from.brand.ID))
	var columns string
	check(t, w.admin.GetContext(t.Context(), &columns, `
		SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`, table))
	var err error
	w.as(t, w.ours.owner.ID, func(tx *sqlx.Tx) {
		_, err = tx.ExecContext(t.Context(), `
			INSERT INTO `+table+` (`+columns+`) OVERRIDING SYSTEM VALUE
			SELECT `+columns+` FROM jsonb_populate_record(NULL::`+table+`, $1::jsonb)`, row)
	})
	return code(err)
}

// giveAway makes our own rows theirs.
func (w *wall) giveAway(t *testing.T, table string) string {
	t.Helper()
	var err error
	w.as(t, w.ours.owner.ID, func(tx *sqlx.Tx) {
		_, err = tx.ExecContext(t.Context(), `UPDATE `+table+` SET brand_id = $1 WHERE brand_id = $2`, w.theirs.brand.ID, w.ours.brand.ID)
	})
	return code(err)
}

func code(err error) string {
	var e *pq.Error
	if errors.As(err, &e) {
		return string(e.Code)
	}
	return fmt.Sprint(err)
}

// An attempt at our house by somebody who is not of it.
type attempt struct {
	own bool // it asks about whoever calls: an answer without our marks is right
	try func(ctx context.Context, w *wall, who social.Person) (any, error)
}

// something would change a post or a brand without asking who does it.
func something(p *social.Post, _ social.Member) (social.Event, error) {
	p.Note = "changed by an outsider"
	return social.Event{Kind: social.PostEdited, AgencyID: p.Brand.AgencyID, BrandID: p.Brand.ID, PostID: p.ID}, nil
}

// attempts are all methods of the store that work for a person.
func attempts() map[string]attempt {
	return map[string]attempt{
		"Post": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			p, _, err := w.store.Post(ctx, who.ID, w.ours.post.ID)
			return p.Content, err
		}},
		"Version": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			v, err := w.store.Version(ctx, who.ID, w.ours.post.ID, 1)
			return v.Content, err
		}},
		"Trail": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Trail(ctx, who.ID, w.ours.post.ID)
		}},
		"PostOf": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			p, err := w.store.PostOf(ctx, who.ID, w.ours.delivery)
			return p.Content, err
		}},
		"Comment": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			c, _, err := w.store.Comment(ctx, who.ID, w.ours.comment)
			return c.Text, err
		}},
		"Comments": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			found, n, err := w.store.Comments(ctx, who.ID, social.InboxFilter{Brand: w.ours.brand.ID, Size: 10})
			if n == 0 {
				return found, err
			}
			return []any{found, n}, err
		}},
		"Backlog": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			b, err := w.store.Backlog(ctx, who.ID)
			if b.Count == 0 {
				return nil, err
			}
			return b, err
		}},
		"Unanswered": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			n, err := w.store.Unanswered(ctx, who.ID)
			if n[w.ours.brand.ID] == 0 {
				return nil, err
			}
			return n, err
		}},
		"InboxCounts": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			n, err := w.store.InboxCounts(ctx, who.ID, social.InboxFilter{})
			if n.Brands[w.ours.brand.ID] == 0 {
				return nil, err
			}
			return n, err
		}},
		"Tallies": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Tallies(ctx, who.ID, dusk.Add(-99*time.Hour), dusk.Add(99*time.Hour))
		}},
		"Digest": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Digest(ctx, who.ID, w.ours.brand.ID, "")
		}},
		"Figures": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Figures(ctx, who.ID, w.ours.brand.ID)
		}},
		"TakeFigures": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.TakeFigures(ctx, who.ID, w.ours.brand.ID, []social.Snapshot{
				{Account: w.ours.account.ID, Metric: social.MetricReach, Value: 7, At: dusk.AddDate(0, 0, -3)},
			})
		}},
		"TypedWeek": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.TypedWeek(ctx, who.ID, w.ours.account.ID)
		}},
		"KeepNumbers": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			last := w.ours.brand.Before(w.ours.brand.Week(w.store.Now()), 1)
			return w.store.KeepNumbers(ctx, who.ID, w.ours.account.ID, social.Typed{Day: last.Day(), Told: []social.Reading{{Metric: social.MetricReach, Value: 5}}})
		}},
		"ShareDigest": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			last := w.ours.brand.Before(w.ours.brand.Week(w.store.Now()), 1)
			return nil, w.store.ShareDigest(ctx, who.ID, w.ours.brand.ID, last.Day())
		}},
		"Report": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Report(ctx, who.ID, w.ours.brand.ID, october)
		}},
		"ShareReport": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.ShareReport(ctx, who.ID, w.ours.brand.ID, october)
		}},
		"Trend": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Trend(ctx, who.ID, w.ours.brand.ID, 30)
		}},
		"Proofs": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			last := w.ours.brand.Before(w.ours.brand.Week(w.store.Now()), 1)
			return w.store.Proofs(ctx, who.ID, w.ours.brand.ID, last.Day())
		}},
		"Hushed": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Hushed(ctx, who.ID)
		}},
		"BeginPlan": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.BeginPlan(ctx, who.ID, w.ours.brand.ID, false, "")
			return nil, err
		}},
		"ActionPlan": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			p, _, err := w.store.ActionPlan(ctx, who.ID, w.ours.plan)
			return p.Actions, err
		}},
		"Plans": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, running, _, err := w.store.Plans(ctx, who.ID, w.ours.brand.ID, 5)
			return running, err
		}},
		"UpdatePlan": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdatePlan(ctx, who.ID, w.ours.plan, func(p *social.ActionPlan, _ social.Member) (social.Event, error) {
				p.State = social.PlanDropped // it does not ask who does it
				return p.Drafted(), nil
			})
			return nil, err
		}},
		"AgreePlan": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.AgreePlan(ctx, who.ID, w.ours.plan)
			return nil, err
		}},
		"Goals": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			d, _, err := w.store.Goals(ctx, who.ID, w.ours.brand.ID, 5)
			return d.Goals, err
		}},
		"Goal": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			g, _, err := w.store.Goal(ctx, who.ID, w.ours.goal)
			return g.Metric, err
		}},
		"SetGoal": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.SetGoal(ctx, who.ID, w.ours.brand.ID, social.MetricFollowers, 500, dusk.AddDate(0, 1, 0))
			return nil, err
		}},
		"UpdateGoal": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdateGoal(ctx, who.ID, w.ours.goal, func(g *social.Goal, _ social.Member) (social.Event, error) {
				g.Target = 9 // it does not ask who does it
				return social.Event{Kind: social.GoalChanged, AgencyID: g.Brand.AgencyID, BrandID: g.Brand.ID}, nil
			})
			return nil, err
		}},
		"GivePlan": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.GivePlan(ctx, who.ID, w.ours.plan, w.ours.owner.ID)
			return nil, err
		}},
		"HushDigest": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.HushDigest(ctx, who.ID, w.ours.brand.ID, false)
		}},
		"Departing": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			d, err := w.store.Departing(ctx, who.ID)
			d.Person = social.Person{}
			return d.Leaves, err
		}},
		"NameOwner": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.NameOwner(ctx, who.ID, w.ours.agency.ID, w.ours.client.ID)
		}},
		"EndTakeout": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.EndTakeout(ctx, who.ID)
		}},
		"MorningOf": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.MorningOf(ctx, who.ID)
		}},
		"SetMorning": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.SetMorning(ctx, who.ID, 600)
		}},
		"Fold": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			f, _, err := w.store.Fold(ctx, who.ID, w.ours.fold)
			return f.Latest, err
		}},
		"CommentCard": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			c, err := w.store.CommentCard(ctx, who.ID, 100, 11)
			return c, err
		}},
		"UpdateComment": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdateComment(ctx, who.ID, w.ours.comment, func(c *social.Comment, _ social.Member) (social.Event, error) {
				c.State = social.Done
				return social.Event{Kind: social.CommentDone, AgencyID: c.Brand.AgencyID, BrandID: c.Brand.ID}, nil
			})
			return nil, err
		}},
		"SavedReplies": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.SavedReplies(ctx, who.ID, w.ours.brand.ID)
		}},
		"SaveReply": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.SaveReply(ctx, who.ID, social.SavedReply{Brand: w.ours.brand.ID, Lang: "fa", Text: "x"})
			return nil, err
		}},
		"DropSavedReply": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			saved, err := w.store.SavedReplies(ctx, w.ours.owner.ID, w.ours.brand.ID)
			if err != nil || len(saved) == 0 {
				return nil, err
			}
			return nil, w.store.DropSavedReply(ctx, who.ID, saved[0].ID)
		}},
		"SetAlone": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.SetAlone(ctx, who.ID, w.ours.brand.ID, w.ours.memberToRemove, false)
		}},
		"Week": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Week(ctx, who.ID, w.ours.brand.ID, dusk.Add(-99*time.Hour), dusk.Add(99*time.Hour))
		}},
		"Taken": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Taken(ctx, who.ID, w.ours.brand.ID)
		}},
		"LastTargets": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.LastTargets(ctx, who.ID, w.ours.brand.ID)
		}},
		"Unfinished": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Unfinished(ctx, who.ID, 100)
		}},
		"Brand": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			b, _, err := w.store.Brand(ctx, who.ID, w.ours.brand.ID)
			return b, err
		}},
		"Brands": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Brands(ctx, who.ID)
		}},
		"Agencies": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Agencies(ctx, who.ID)
		}},
		"Places": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Places(ctx, who.ID)
		}},
		"Members": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Members(ctx, who.ID, w.ours.brand.ID)
		}},
		"Member": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			m, err := w.store.Member(ctx, who.ID, w.ours.brand.ID)
			return m, err
		}},
		"Accounts": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Accounts(ctx, who.ID, w.ours.brand.ID)
		}},
		"Stalled": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Stalled(ctx, who.ID, w.ours.account.ID)
		}},
		"FreeChannels": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.FreeChannels(ctx, who.ID)
		}},
		"Bound": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			i, place, by, err := w.store.Bound(ctx, who.ID)
			return []any{i, place, by}, err
		}},
		"MayFound": {own: true, try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.MayFound(ctx, who.ID)
		}},
		"Read": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return count(ctx, w, who, w.store.Read)
		}},
		"As": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return count(ctx, w, who, w.store.As)
		}},
		"SavePerson": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			who.Zone = "UTC" // whoever he is, he changes himself and nobody else
			return nil, w.store.SavePerson(ctx, who)
		}, own: true},
		"CardAt": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			c, err := w.store.CardAt(ctx, who.ID, w.ours.owner.TelegramID, 7)
			return c, err
		}},
		"DropCard": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.DropCard(ctx, who.ID, w.ours.post.ID, 7)
		}},
		"UpdatePost": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdatePost(ctx, who.ID, w.ours.draft, something)
			return nil, err
		}},
		"AddPost": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			p, err := w.store.AddPost(ctx, who.ID, social.Post{Brand: w.ours.brand, Content: social.Content{Text: social.Text{Plain: "x"}}})
			return p.Content.Targets, err
		}},
		"CopyPost": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			p, err := w.store.CopyPost(ctx, who.ID, w.ours.post.ID)
			return p.Content.Targets, err
		}},
		"UpdateDelivery": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdateDelivery(ctx, who.ID, w.ours.delivery, func(_ *social.Post, d *social.Delivery, _ social.Member) (social.Kind, error) {
				d.State = social.Live
				return social.DeliveryLive, nil
			})
			return nil, err
		}},
		"UpdateBrand": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.UpdateBrand(ctx, who.ID, w.ours.brand.ID, func(b *social.Brand, _ social.Member) error {
				b.Name += "!"
				return nil
			})
			return nil, err
		}},
		"AddBrand": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			b := w.ours.brand
			b.Name = "another"
			_, err := w.store.AddBrand(ctx, who.ID, b)
			return nil, err
		}},
		"AddAccount": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.AddAccount(ctx, who.ID, social.Account{BrandID: w.ours.brand.ID, Platform: "x", ByHand: true})
			return nil, err
		}},
		"SignIn": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, _, err := w.store.SignIn(ctx, who.ID, social.Account{BrandID: w.ours.brand.ID, Platform: social.Bluesky, RemoteID: "did:plc:new"}, "x")
			return nil, err
		}},
		"Door": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return w.store.Door(ctx, who.ID, w.ours.byHand.ID)
		}},
		"OpenDoor": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.OpenDoor(ctx, who.ID, social.Door{Account: w.ours.byHand.ID, Sealed: "x", Made: dusk.Add(-time.Hour)})
		}},
		"CloseDoor": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.CloseDoor(ctx, who.ID, w.ours.byHand.ID)
		}},
		"RemoveAccount": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.RemoveAccount(ctx, who.ID, w.ours.account.ID)
			return nil, err
		}},
		"Invite": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, _, err := w.store.Invite(ctx, who.ID, w.ours.brand.ID, social.Viewer)
			return nil, err
		}},
		"DecideInvitation": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			_, err := w.store.DecideInvitation(ctx, who.ID, w.ours.invitation, true)
			return nil, err
		}},
		"RemoveMember": {try: func(ctx context.Context, w *wall, who social.Person) (any, error) {
			return nil, w.store.RemoveMember(ctx, who.ID, w.ours.brand.ID, w.ours.memberToRemove)
		}},
	}
}

// count counts the rows of ours that a transaction for the person sees.
func count(ctx context.Context, w *wall, who social.Person, run func(context.Context, int64, func(*storage.Tx) error) error) (any, error) {
	var ids []int64
	err := run(ctx, who.ID, func(tx *storage.Tx) error {
		return tx.SelectContext(ctx, &ids, `SELECT id FROM posts WHERE brand_id = $1`, w.ours.brand.ID)
	})
	return ids, err
}

// alone are the methods that work for the program, or for somebody who need not
// belong anywhere, with the reason.
var alone = map[string]string{
	"Depart":         "the person's own; see departure_test.go",
	"Takeout":        "the person's own; see takeout_test.go",
	"FoundAgency":    "makes a new house; the right to is the caller's to check",
	"OpenInvitation": "the token is the right; see invitation_test.go",
	"ClaimNotice":    "tells, and is called for whom an event concerns",
	"EndNotice":      "likewise",
	"LosePerson":     "on Telegram's word", "FindPerson": "on Telegram's word",
	"SetDialog": "a chat's own question", "PlaceDialog": "a chat's own question", "Dialog": "a chat's own question", "EndDialog": "a chat's own question",
	"Enter": "makes somebody known to himself", "InviteFounder": "for the operator",
	"Cards": "of a brand, by In", "SaveCard": "of a brand, by In", "ClaimCard": "of a brand, by In", "ShowCard": "of a brand, by In",
	"Affair": "the telling of an event", "Event": "the telling of an event", "EndEvent": "the telling of an event", "Missed": "the telling of an event", "Revision": "the telling of an event",
	"Reminders": "the telling of events", "Untold": "the telling of events", "EndEvents": "the telling of events",
	"ClaimNotices": "tells, and is called for whom events concern", "EndNotices": "likewise",
	"SaveChannel": "on Telegram's word", "Setting": "the installation's own", "DropSetting": "the installation's own", "Limit": "connections",
	"LimitsDue": "sweeps", "KeepLimits": "on a network's word", "LookLater": "publishing", "Others": "publishing", "FindLater": "answering",
	"UsedChannels": "asks Telegram about the bot's own place", "MigrateChat": "on Telegram's word",
	"In": "one brand, on the program's own account", "Across": "sweeps",
	"SaveDiscussion": "on Telegram's word", "LoseDiscussion": "on Telegram's word", "SaveThread": "on Telegram's word", "Hear": "on a network's word",
	"CommentCards": "of a brand, by In", "SaveCommentCard": "of a brand, by In", "KeepCommentCard": "of a brand, by In", "ShowCommentCard": "of a brand, by In",
	"DropCommentCard": "a chat's own message", "CountUse": "of a brand, by In",
	"GrowFolds": "sweeps", "ReturnComments": "sweeps", "RemindComments": "sweeps",
	"Conceal": "the update that is handled", "Session": "reaching a network", "SessionsOf": "reaching a network", "Exit": "leaving a network", "EndExit": "leaving a network", "RenewSession": "reaching a network", "LoseSession": "on a network's word",
	"DoorOf": "knows nobody but the key", "TakePush": "on a tool's word",
	"EarsDue": "sweeps", "EndListening": "sweeps", "MissPost": "on a network's word", "SeePost": "on a network's word",
	"Unseen": "sweeps", "MissComments": "on a network's word",
	"LooksDue": "sweeps", "EndLook": "on a network's word", "PutLookOff": "sweeps", "HearReactions": "on Telegram's word",
	"PlansDue":   "sweeps",
	"WatchBrand": "looks at a brand that the sweep found",
	"DigestsDue": "sweeps", "DigestsLost": "sweeps", "AskDigest": "tells whoever it is due to", "DigestsAhead": "sweeps", "ReportsDue": "sweeps", "ClaimDigest": "tells whoever it is due to", "EndDigest": "likewise",
	"WakeDue": "sweeps", "ClaimMorning": "tells whoever was woken", "MarkMorning": "likewise", "EndMorning": "likewise",
	"RuledAway": "a rule's own work", "EndRuling": "a rule's own work",
	"BeginReply": "answering", "FinishReply": "answering", "ResumeReplies": "answering",
	"ClaimDue": "publishing", "Resume": "publishing", "ExpireDue": "publishing", "RemindDue": "sweeps", "BeginAttempt": "publishing",
	"MarkSent": "publishing", "FinishAttempt": "publishing", "Requeue": "publishing",
	"HasAgencies": "a yes or no", "Inbox": "updates", "PruneInbox": "tidying", "PruneDialogs": "tidying", "PruneGuesses": "tidying", "PruneMedia": "tidying", "PrunePushes": "tidying", "JudgeUnread": "sweeps", "Lag": "two durations", "Beat": "a number", "Leave": "the process itself", "Ping": "health", "NextSlot": "a time", "Overdue": "a number",
	"Close": "the end", "Lead": "a lock", "KeepSetting": "the installation's own", "SaveMedia": "files by hash", "OpenMedia": "files by hash",
}

// TestEveryMethodIsTried fails when the store learns something that nobody has
// tried from outside the wall.
func TestEveryMethodIsTried(t *testing.T) {
	t.Parallel()
	tried := attempts()
	actors := actorMethods(t)
	store := reflect.TypeFor[*storage.Store]()
	for i := range store.NumMethod() {
		name := store.Method(i).Name
		_, isTried := tried[name]
		_, isAlone := alone[name]
		switch {
		case isTried == isAlone:
			t.Errorf("Store.%s: put it into attempts or into alone", name)
		case isAlone && actors[name] && !slices.Contains([]string{"Takeout", "Depart", "FoundAgency", "OpenInvitation", "ClaimNotice", "EndNotice", "Untold", "ClaimNotices", "EndNotices", "ClaimMorning", "MarkMorning", "EndMorning", "ClaimDigest", "EndDigest", "AskDigest"}, name):
			t.Errorf("Store.%s works for a person and is not tried by an outsider", name)
		}
	}
	for name := range actors {
		if _, ok := store.MethodByName(name); !ok {
			t.Errorf("the sources have Store.%s and the program does not", name)
		}
	}
}

// actorMethods are the exported methods of Store with a parameter that names a
// person, by the sources.
func actorMethods(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := filepath.Glob("*.go")
	check(t, err)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		check(t, err)
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Recv != nil && fn.Name.IsExported() && ofStore(fn.Recv) && namesPerson(fn.Type.Params) {
				found[fn.Name.Name] = true
			}
		}
	}
	if len(found) < 25 {
		t.Fatalf("only %d methods were found", len(found))
	}
	return found
}

func ofStore(recv *ast.FieldList) bool {
	star, ok := recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	name, ok := star.X.(*ast.Ident)
	return ok && name.Name == "Store"
}

func namesPerson(params *ast.FieldList) bool {
	for _, field := range params.List {
		for _, n := range field.Names {
			if slices.Contains([]string{"by", "reader", "person", "author", "actor", "who"}, n.Name) {
				return true
			}
		}
	}
	return false
}

// TestOutsidersReachNothing lets every method of the store be called by another
// agency's owner, a stranger and a removed member.
func TestOutsidersReachNothing(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	before := w.checksum(t)
	for name, a := range attempts() {
		for _, who := range []social.Person{w.theirs.owner, w.stranger, w.ours.removed} {
			saw, err := a.try(t.Context(), w, who)
			w.judge(t, name+" by "+who.Name, a, saw, err)
		}
		if w.checksum(t) != before {
			t.Fatalf("%s by one of them changed something", name)
		}
	}
}

// judge fails when an outsider got anything of ours.
func (w *wall) judge(t *testing.T, what string, a attempt, saw any, err error) {
	t.Helper()
	switch {
	case errors.Is(err, social.ErrNotFound):
		return
	case err != nil:
		t.Errorf("%s: %v instead of not found", what, err)
	case a.own:
		raw, err := json.Marshal(saw)
		check(t, err)
		text := strings.ReplaceAll(string(raw), w.ours.removed.Name, "himself")
		if strings.Contains(text, w.ours.mark) {
			t.Errorf("%s shows %s", what, text)
		}
	case !nothing(saw):
		t.Errorf("%s shows %+v", what, saw)
	}
}

func nothing(saw any) bool {
	v := reflect.ValueOf(saw)
	return !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}

// TestOwnersReachTheirOwn is the other side: what outsiders were refused is there,
// and works for whoever owns it.
func TestOwnersReachTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	shows := []string{"Post", "Version", "Trail", "PostOf", "Week", "Taken", "LastTargets", "Unfinished", "Brand", "Brands",
		"Agencies", "Places", "Members", "Member", "Accounts", "FreeChannels", "Read", "As",
		"Comment", "Comments", "InboxCounts", "Unanswered", "Backlog", "Fold", "CommentCard", "CardAt", "SavedReplies", "Departing", "Door", "ActionPlan", "Plans", "Goals", "Goal"}
	changes := []string{"UpdateGoal", "BeginPlan", "GivePlan", "UpdatePlan", "DropCard", "UpdatePost", "AddPost", "CopyPost", "UpdateDelivery", "UpdateBrand", "AddBrand", "AddAccount", "SignIn",
		"Invite", "DecideInvitation", "UpdateComment", "SaveReply", "DropSavedReply", "SetAlone", "RemoveMember", "NameOwner", "OpenDoor", "CloseDoor", "RemoveAccount"}
	all := attempts()
	for _, name := range shows {
		saw, err := all[name].try(t.Context(), w, w.ours.owner)
		if err != nil || nothing(saw) {
			t.Errorf("%s shows the owner %+v, %v", name, saw, err)
		}
	}
	before := w.checksum(t)
	for _, name := range changes {
		_, err := all[name].try(t.Context(), w, w.ours.owner)
		after := w.checksum(t)
		if err != nil || before == after {
			t.Errorf("%s by the owner: %v, or nothing changed", name, err)
		}
		before = after
	}
}

// checksum is of all that belongs to brands and people, but for what somebody
// says of himself.
func (w *wall) checksum(t *testing.T) string {
	t.Helper()
	if w.sum == nil {
		w.sum = w.sums(t)
	}
	var sum string
	check(t, w.sum.GetContext(t.Context(), &sum))
	return sum
}

func (w *wall) sums(t *testing.T) *sqlx.Stmt {
	t.Helper()
	var parts []string
	for table := range w.walled(t) {
		what := "x::text"
		if table == "people" {
			what = "(id, telegram_id, name, lang)::text"
		}
		parts = append(parts, `coalesce(md5((SELECT string_agg(`+what+`, '|' ORDER BY `+what+`) FROM `+table+` x)), '')`)
	}
	sum, err := w.admin.PreparexContext(t.Context(), `SELECT `+strings.Join(parts, " || "))
	check(t, err)
	t.Cleanup(func() { _ = sum.Close() })
	return sum
}

// TestSealedIsReadByTheClockAlone: on behalf of people nobody reads with what we are
// signed in to networks, and of no other table it is left open whether he may.
func TestSealedIsReadByTheClockAlone(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	for table := range w.walled(t) {
		if got, want := w.may(t, table, "SELECT"), !slices.Contains([]string{"sessions", "doors", "pushes", "burials"}, table); got != want {
			t.Errorf("peyk_bot may read %s: %t", table, got)
		}
	}
	w.as(t, w.ours.owner.ID, func(tx *sqlx.Tx) {
		var sealed []string
		if err := tx.SelectContext(t.Context(), &sealed, `SELECT sealed FROM sessions`); code(err) != "42501" {
			t.Errorf("an owner reads %q, %v", sealed, err)
		}
	})
	for _, column := range []string{"key", "sealed"} {
		w.as(t, w.ours.owner.ID, func(tx *sqlx.Tx) {
			var found []string
			if err := tx.SelectContext(t.Context(), &found, `SELECT `+column+` FROM doors`); code(err) != "42501" {
				t.Errorf("an owner reads the %s of doors: %q, %v", column, found, err)
			}
		})
	}
}

// TestBrandsOfOneAgencyAreApart: whoever has a place in one brand sees nothing of
// the agency's other brands.
func TestBrandsOfOneAgencyAreApart(t *testing.T) {
	t.Parallel()
	w := newWall(t)
	other, err := w.store.AddBrand(t.Context(), w.ours.owner.ID, social.Brand{
		AgencyID: w.ours.agency.ID, Name: "secret sister", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	check(t, err)
	_, err = w.store.AddPost(t.Context(), w.ours.owner.ID, social.Post{Brand: other, Content: social.Content{Text: social.Text{Plain: "secret sister"}}})
	check(t, err)
	if _, _, err := w.store.Brand(t.Context(), w.ours.client.ID, other.ID); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("a client of one brand opens its sister: %v", err)
	}
	for table := range w.walled(t) {
		if !w.may(t, table, "SELECT") {
			continue // see TestSealedIsReadByTheClockAlone
		}
		w.as(t, w.ours.client.ID, func(tx *sqlx.Tx) {
			var rows []string
			check(t, tx.SelectContext(t.Context(), &rows, `SELECT to_jsonb(x)::text FROM `+table+` x`))
			for _, row := range rows {
				if strings.Contains(row, "secret sister") || strings.Contains(row, fmt.Sprintf(`"brand_id": %d,`, other.ID)) {
					t.Errorf("%s shows a client of the one brand %s", table, row)
				}
			}
		})
	}
}
