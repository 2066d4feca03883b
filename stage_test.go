package main

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// atWork counts what the program is at: updates, words to people and jobs.
const atWork = `
	SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL)
		+ (SELECT count(*) FROM events WHERE told_at IS NULL)
		+ (SELECT count(*) FROM river_job WHERE state IN ('available', 'running') AND args->>'kind' IN ('notify', 'publish', 'reply'))`

// busy counts besides what a tick has to find first.
const busy = atWork + `,
		(SELECT count(*) FROM posts WHERE slot <= $1 AND state IN ('review', 'held', 'approved'))
		+ (SELECT count(*) FROM posts WHERE remind_at <= $1 AND state = 'review')
		+ (SELECT count(*) FROM deliveries WHERE state = 'attempting' AND queued OR state IN ('attempting', 'waiting') AND due_at <= $1)
		+ (SELECT count(*) FROM replies WHERE state IN ('sending', 'waiting') AND due_at <= $1)
		+ (SELECT count(*) FROM comments WHERE state = 'later' AND until <= $1
			OR reminded < 2 AND state IN ('new', 'claimed', 'answering') AND answer_by <= $1)
		+ (SELECT count(*) FROM folds WHERE told < count)
		+ (SELECT count(*) FROM plans WHERE state = 'open' AND due_at <= $1)
		+ (SELECT count(*) FROM accounts WHERE count_at <= $1 AND removed_at IS NULL AND NOT by_hand)
		+ (SELECT count(*) FROM deliveries d JOIN accounts a ON a.id = d.account_id WHERE d.look_at <= $1 AND a.removed_at IS NULL AND NOT a.by_hand)`

// query asks the stage's database for one value, as its owner. It keeps one
// connection: a new one costs the server more than the question.
func (s *stage) query(ctx context.Context, into any, text string, args ...any) error {
	if s.asked != s.dsn { // a test may bring a database of its own
		if err := s.connect(); err != nil {
			return err
		}
	}
	return s.db.QueryRowContext(ctx, text, args...).Scan(into)
}

func (s *stage) connect() error {
	if s.db != nil {
		_ = s.db.Close() // of the database before
	}
	var err error
	s.busy = nil
	s.db, err = sql.Open("postgres", s.dsn+" plan_cache_mode=force_generic_plan")
	if err == nil {
		s.db.SetMaxOpenConns(2)
		s.asked = s.dsn
	}
	return err
}

// howBusy counts what is left to do. It is asked some 20,000 times in a run of all
// scripts, so it is planned once for each stage.
func (s *stage) howBusy(ctx context.Context, at, due *int) error {
	if s.asked != s.dsn {
		if err := s.connect(); err != nil {
			return err
		}
	}
	if s.busy == nil {
		var err error
		if s.busy, err = s.db.PrepareContext(ctx, busy); err != nil {
			return err
		}
	}
	return s.busy.QueryRowContext(ctx, s.clock.Now()).Scan(at, due)
}

// settle waits until the program has nothing to do any more. Nobody waits for a tick.
func (s *stage) settle(ctx context.Context) error {
	at, due, ring := 0, 0, time.Now().Add(50*time.Millisecond)
	for quiet, deadline := 0, time.Now().Add(15*time.Second); quiet < 2; {
		heard := s.telegram.Heard() // first: what was heard is in the inbox, where it counts
		if heard {
			if err := s.howBusy(ctx, &at, &due); err != nil {
				return err
			}
		}
		if quiet++; at+due > 0 || !heard {
			quiet = 0
		}
		if due > 0 && at == 0 && time.Now().After(ring) {
			s.clock.ring()
			ring = time.Now().Add(300 * time.Millisecond)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the program is still busy with %d things", at+due)
		}
		time.Sleep(30 * time.Millisecond)
	}
	return nil
}

// leap moves the clock once no job and no tick is under way, or after a second: what is
// half done when hours pass within it counts as given up, and is begun again beside itself,
// or as done at the later time.
func (s *stage) leap(ctx context.Context, to time.Time) {
	for deadline := time.Now().Add(time.Second); !s.atRest(ctx, func() { s.clock.set(to) }); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.clock.set(to)
			return
		}
	}
	s.clock.ring() // no tick could hear the clock while it was set
}

// atRest does something while no job is under way and no tick, if it is so now.
func (s *stage) atRest(ctx context.Context, do func()) bool {
	if !s.world.TryLock() {
		return false
	}
	defer s.world.Unlock()
	under := 0
	if err := s.query(ctx, &under, `SELECT count(*) FROM river_job WHERE state = 'running'`); err == nil && under > 0 {
		return false
	}
	do()
	return true
}

// foul is what nobody should ever read: a key without words, a hole that was not
// filled, or an error of Go's, of the database's or of the network's.
func foul(text string) string {
	for _, bad := range []string{"⟨", "⟩", "panic:", "goroutine ", "pq: ", "sql: ", "context deadline", "context canceled", "dial tcp", ": EOF", "0001-01-01", "<nil>"} {
		if strings.Contains(text, bad) {
			return bad
		}
	}
	return hole.FindString(text) + noValue.FindString(text)
}

// Each begins with letters of its own, for which searching is quick.
var (
	hole    = regexp.MustCompile(`\{[a-z_]+(\|[a-z_]+)?\}`)
	noValue = regexp.MustCompile(`%![a-z]\(`)
)

// checkWords looks at everything that people were shown.
func (s *stage) checkWords(t *testing.T) {
	t.Helper()
	for _, o := range s.telegram.Outputs(0) {
		words := o.Message.Words()
		for _, b := range o.Message.Keyboard.Buttons() {
			words += "\n" + b.Text
		}
		if bad := foul(words); bad != "" {
			t.Errorf("people read %q:\n%s", bad, words)
		}
	}
	for _, c := range s.telegram.Calls("answerCallbackQuery") {
		if bad := foul(c.Params["text"]); bad != "" {
			t.Errorf("people read %q in an answer: %s", bad, c.Params["text"])
		}
	}
}

// checkTold sees that nobody was left without the word of an event.
func (s *stage) checkTold(t *testing.T) {
	t.Helper()
	if err := s.settle(t.Context()); err != nil {
		t.Error(err)
	}
	untold := 0
	if err := s.query(t.Context(), &untold, `SELECT count(*) FROM events WHERE told_at IS NULL`); err != nil || untold > 0 {
		t.Errorf("%d events were not told: %v", untold, err)
	}
}

// checkOnce sees that no delivery was sent twice, and that no two posts of a
// channel are the same, unless the script said that they would be.
func (s *stage) checkOnce(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	for _, o := range s.telegram.Outputs(0) {
		m := o.Message
		if o.Chat > 0 || o.Edited || m.Chat.Type != "channel" || m.MediaGroup != "" {
			continue
		}
		key := fmt.Sprint(o.Chat, m.MediaKind(), m.Words())
		if seen[key] && !s.twice {
			t.Errorf("a channel has the same post twice: %s", m.Words())
		}
		seen[key] = true
	}
	doubled := 0
	err := s.query(t.Context(), &doubled, `
		SELECT count(*) FROM (
			SELECT delivery_id FROM attempts WHERE outcome IN ('live', 'handed') GROUP BY delivery_id, hash, outcome
			HAVING count(*) > 1 AND bool_and(outcome = 'live')) AS d`)
	if err != nil || doubled > 0 {
		t.Errorf("%d deliveries went out twice: %v", doubled, err)
	}
}
