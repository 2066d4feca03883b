package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// TestNothingUnapprovedGoesOut lets chance mix edits, approvals, moves, stops,
// due times, platform faults and crashes, under each policy for silence. Whatever
// the order: no text goes out that lacks its approvals at that moment, nor by
// silence once a client has taken his word back, and no account gets a version
// twice.
func TestNothingUnapprovedGoesOut(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t.Context(), rt, store)
		rt.Repeat(map[string]func(*rapid.T){
			"edit":       w.edit,
			"submit":     w.submit,
			"approve":    w.approve,
			"withdraw":   w.withdraw,
			"unask":      w.unask,
			"move":       w.move,
			"stop":       w.stop,
			"late":       w.late,
			"pass time":  w.pass,
			"sweep":      w.sweep,
			"work":       w.work,
			"work again": w.work,
			"look":       w.look,
			"mend":       w.mend,
			"":           w.check,
		})
		w.runOut(rt)
		w.check(rt)
	})
}

func openStore(t testing.TB) *storage.Store {
	t.Helper()
	store, err := storage.Open(t.Context(), storagetest.New(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// A world is one brand with one post, a platform with a journal, and what a
// careful observer knows: which text is approved right now.
type world struct {
	ctx      context.Context
	store    *storage.Store
	clock    *clockwork.FakeClock
	manager  int64
	clients  []int64
	post     int64
	text     string // what the present version says
	approved bool   // a client stands by it at this moment
	silence  bool   // the client has said that no answer is a yes
	asked    bool   // it was sent for approval, and no word was taken back since
	fate     string // what the platform does next
	crashAt  string // where the worker dies next
	journal  []string
	faults   []string
}

// errCrash is the death of a worker.
var errCrash = errors.New("crash")

func newWorld(ctx context.Context, rt *rapid.T, store *storage.Store) *world {
	w := &world{ctx: ctx, store: store, clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC))}
	store.Now = w.clock.Now
	team := found(ctx, rt, store)
	w.manager, w.clients, w.post = team.owner, team.clients, team.post
	policy := rapid.SampledFrom([]social.Silence{social.SilenceHold, social.SilenceAsk, social.SilencePublish}).Draw(rt, "silence")
	w.silence = policy == social.SilencePublish
	_, err := store.UpdateBrand(ctx, team.clients[0], team.brand, social.TakeSilence(policy))
	must(rt, err)
	if rapid.Bool().Draw(rt, "starts approved") {
		w.submit(rt)
		w.approve(rt)
	}
	return w
}

// A team is a new agency with one brand, one channel, two clients and a draft.
type team struct {
	owner, brand, account, post int64
	clients                     []int64
}

func found(ctx context.Context, t fataler, store *storage.Store) team {
	var made team
	made.owner = newPerson(ctx, t, store)
	agency, err := store.FoundAgency(ctx, made.owner, "Agency")
	must(t, err)
	brand, err := store.AddBrand(ctx, made.owner, social.Brand{
		AgencyID: agency.ID, Name: "Brand", Zone: "Asia/Tehran", Calendar: social.Jalali, Rules: social.DefaultRules(social.Jalali),
	})
	must(t, err)
	made.brand = brand.ID
	for range 2 {
		made.clients = append(made.clients, join(ctx, t, store, made.owner, brand.ID, social.Approver))
	}
	a, err := store.AddAccount(ctx, made.owner, social.Account{
		BrandID: brand.ID, Platform: social.Telegram, RemoteID: fmt.Sprint(-1000000 - brand.ID), Handle: "@channel",
	})
	must(t, err)
	made.account = a.ID
	p, err := store.AddPost(ctx, made.owner, social.Post{
		Brand: brand, Slot: store.Now().Add(time.Hour),
		Content: social.Content{Text: social.Text{Plain: "first"}, Targets: []social.Target{{Account: a.ID}}},
	})
	must(t, err)
	made.post = p.ID
	return made
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func must(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var lastTelegramID int64 = 1_000_000

func newPerson(ctx context.Context, t fataler, store *storage.Store) int64 {
	t.Helper()
	lastTelegramID++
	p, err := store.Enter(ctx, social.Person{TelegramID: lastTelegramID, Name: "Somebody", Lang: "fa"})
	must(t, err)
	return p.ID
}

func join(ctx context.Context, t fataler, store *storage.Store, by, brand int64, role social.Role) int64 {
	t.Helper()
	person := newPerson(ctx, t, store)
	token, _, err := store.Invite(ctx, by, brand, role)
	must(t, err)
	i, err := store.OpenInvitation(ctx, person, token)
	must(t, err)
	_, err = store.DecideInvitation(ctx, by, i.ID, true)
	must(t, err)
	return person
}

// try runs a rule and tells whether it was allowed; a fault ends the test.
func (w *world) try(rt *rapid.T, by int64, rule social.PostRule) (social.Post, bool) {
	p, err := w.store.UpdatePost(w.ctx, by, w.post, rule)
	var refusal social.Rule
	if err != nil && !errors.As(err, &refusal) {
		rt.Fatal(err)
	}
	return p, err == nil
}

func (w *world) edit(rt *rapid.T) {
	text := rapid.StringMatching(`[a-z]{3,8}`).Draw(rt, "text")
	_, ok := w.try(rt, w.manager, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Edit(by, func(c *social.Content) { c.Text.Plain = text })
	})
	if ok {
		w.text, w.approved, w.asked = text, false, false
	}
}

func (w *world) submit(rt *rapid.T) {
	p, ok := w.try(rt, w.manager, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Submit(by, nil, w.clock.Now())
	})
	if ok {
		w.text, w.approved, w.asked = p.Content.Text.Plain, false, true
	}
}

func (w *world) approve(rt *rapid.T) {
	client := rapid.SampledFrom(w.clients).Draw(rt, "client")
	back := rapid.IntRange(0, 1).Draw(rt, "versions back")
	_, ok := w.try(rt, client, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Approve(by, p.Version-back, w.clock.Now())
	})
	w.approved, w.asked = w.approved || ok, w.asked || ok // a new word makes good for the one taken back
}

func (w *world) withdraw(rt *rapid.T) {
	client := rapid.SampledFrom(w.clients).Draw(rt, "client")
	how := rapid.SampledFrom([]string{"hold", "undo", "change"}).Draw(rt, "how")
	_, ok := w.try(rt, client, func(p *social.Post, by social.Member) (social.Event, error) {
		switch how {
		case "hold":
			return p.Hold(by, p.Version)
		case "undo":
			return p.Undo(by, p.Version)
		}
		return p.AskChange(by, p.Version, "please", nil)
	})
	if ok {
		w.approved, w.asked = false, false
	}
}

// unask takes a change request back. It gives nobody's word, and makes no silence a
// yes again.
func (w *world) unask(rt *rapid.T) {
	w.try(rt, rapid.SampledFrom(w.clients).Draw(rt, "client"), func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Unask(by, p.Version)
	})
}

func (w *world) move(rt *rapid.T) {
	to := w.clock.Now().Add(time.Duration(rapid.SampledFrom([]int{1, 2, 5, 200}).Draw(rt, "minutes")) * time.Minute)
	p, ok := w.try(rt, w.manager, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.Schedule(by, to, w.clock.Now())
	})
	if ok && p.State == social.InReview {
		w.approved = false
	}
}

func (w *world) stop(rt *rapid.T) {
	_, ok := w.try(rt, w.manager, func(p *social.Post, by social.Member) (social.Event, error) {
		if p.State == social.Stopped {
			return p.Restore(by)
		}
		return p.Stop(by)
	})
	if ok {
		w.approved, w.asked = false, false
	}
}

func (w *world) late(rt *rapid.T) {
	w.try(rt, w.manager, func(p *social.Post, by social.Member) (social.Event, error) {
		return p.GoNow(by, w.clock.Now())
	})
}

func (w *world) pass(rt *rapid.T) {
	by := time.Duration(rapid.SampledFrom([]int{30, 120, 900}).Draw(rt, "seconds")) * time.Second
	if p, _, err := w.store.Post(w.ctx, w.manager, w.post); rapid.Bool().Draw(rt, "to the slot") {
		must(rt, err)
		by = max(by, p.Slot.Sub(w.clock.Now()))
	}
	w.clock.Advance(by)
}

func (w *world) sweep(rt *rapid.T) {
	_, err := w.store.ExpireDue(w.ctx, w.clock.Now(), 10)
	must(rt, err)
	_, err = w.store.ClaimDue(w.ctx, w.clock.Now(), 10)
	must(rt, err)
	_, err = w.store.Resume(w.ctx, w.clock.Now())
	must(rt, err)
}

// runOut lets the slot come while nobody does anything more.
func (w *world) runOut(rt *rapid.T) {
	p, _, err := w.store.Post(w.ctx, w.manager, w.post)
	must(rt, err)
	w.clock.Advance(max(time.Minute, p.Slot.Sub(w.clock.Now())))
	w.sweep(rt)
	w.fate, w.crashAt = "live", ""
	w.deliver(rt)
}

// work runs the job of every delivery once, as the queue may at any time.
func (w *world) work(rt *rapid.T) {
	w.fate = rapid.SampledFrom([]string{"live", "live", "refuse", "not let in", "not now", "lost answer", "lost call"}).Draw(rt, "fate")
	w.crashAt = rapid.SampledFrom([]string{"", "", "claimed", "media_uploaded", "before_call", "request_sent_no_reply", "reply_not_recorded"}).Draw(rt, "crash")
	w.deliver(rt)
}

func (w *world) deliver(rt *rapid.T) {
	p, _, err := w.store.Post(w.ctx, w.manager, w.post)
	must(rt, err)
	for _, d := range p.Deliveries {
		w.runJob(rt, d.ID)
	}
}

func (w *world) runJob(rt *rapid.T, delivery int64) {
	defer func() {
		if dead := recover(); dead != nil && dead != errCrash {
			panic(dead)
		}
	}()
	job := &scheduler.Publishing{
		Ledger: w.store, Publisher: w, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
		At: func(point string) {
			if point == w.crashAt {
				panic(errCrash)
			}
		},
	}
	err := job.Publish(w.ctx, json.RawMessage(fmt.Sprintf(`{"delivery": %d}`, delivery)))
	if err != nil && !scheduler.IsSnooze(err) {
		rt.Fatal(err)
	}
}

// look lets the manager say what he sees on the platform, where he is asked.
func (w *world) look(rt *rapid.T) {
	p, _, err := w.store.Post(w.ctx, w.manager, w.post)
	must(rt, err)
	for _, d := range p.Deliveries {
		if d.State != social.Unknown {
			continue
		}
		_, err := w.store.UpdateDelivery(w.ctx, w.manager, d.ID, func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
			if slices.Contains(w.journal, entry(d.Version, d.Account)) {
				return social.DeliveryLive, d.Found(by, "https://t.me/channel/1", w.clock.Now())
			}
			return social.DeliveryAgain, d.Absent(by, w.clock.Now())
		})
		must(rt, err)
	}
}

// mend has the manager do something about what was refused: send it again, or publish
// it by hand, as often as he is let.
func (w *world) mend(rt *rapid.T) {
	p, _, err := w.store.Post(w.ctx, w.manager, w.post)
	must(rt, err)
	hand := rapid.Bool().Draw(rt, "by hand")
	for _, d := range p.Deliveries {
		_, err := w.store.UpdateDelivery(w.ctx, w.manager, d.ID, func(p *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
			if !hand {
				return social.DeliveryRetried, p.Retry(by, d, w.clock.Now())
			}
			return social.DeliveryHanded, p.TakeOver(by, d, w.clock.Now())
		})
		var refusal social.Rule
		if err != nil && !errors.As(err, &refusal) {
			rt.Fatal(err)
		}
		if err == nil && hand {
			w.publishByHand(rt, d.ID)
		}
	}
}

// publishByHand is the manager who publishes what he was given, and says so.
func (w *world) publishByHand(rt *rapid.T, delivery int64) {
	p, err := w.store.PostOf(w.ctx, w.manager, delivery)
	must(rt, err)
	for _, d := range p.Deliveries {
		v, _ := p.Content.Variant(d.Account)
		w.fate = "live"
		w.Commit(w.ctx, social.Attempt{Variant: v, Delivery: d, Account: social.Account{ID: d.Account}}, nil)
		_, err := w.store.UpdateDelivery(w.ctx, w.manager, d.ID, func(_ *social.Post, d *social.Delivery, by social.Member) (social.Kind, error) {
			return social.DeliveryLive, d.Found(by, "", w.clock.Now())
		})
		must(rt, err)
	}
}

func (w *world) check(rt *rapid.T) {
	if len(w.faults) > 0 {
		rt.Fatal(w.faults)
	}
}

func entry(version int, account int64) string { return fmt.Sprintf("v%d on %d", version, account) }

// Prepare is the platform before the irreversible call.
func (w *world) Prepare(context.Context, social.Attempt) (json.RawMessage, *social.Outcome) {
	return nil, nil
}

// Commit is the platform: what it takes it writes into its journal, whether its
// answer arrives or not.
func (w *world) Commit(_ context.Context, a social.Attempt, _ json.RawMessage) social.Outcome {
	if may := w.approved || w.silence && w.asked; !may || a.Variant.Text.Plain != w.text {
		w.faults = append(w.faults, fmt.Sprintf("%q was sent; the text is %q, approved: %t, silence means yes: %t, asked: %t",
			a.Variant.Text.Plain, w.text, w.approved, w.silence, w.asked))
	}
	switch w.fate {
	case "refuse":
		return social.Outcome{State: social.Rejected, Code: "too_long"}
	case "not let in":
		return social.Outcome{State: social.Rejected, Code: social.CodeRightsMissing}
	case "not now":
		return social.Outcome{State: social.Waiting, Code: "rate_limited", Retry: w.clock.Now().Add(time.Minute)}
	case "lost call":
		return social.Outcome{State: social.Unknown, Code: "no_answer"}
	}
	e := entry(a.Delivery.Version, a.Account.ID)
	if slices.Contains(w.journal, e) {
		w.faults = append(w.faults, e+" was published twice")
	}
	w.journal = append(w.journal, e)
	if w.fate == "lost answer" {
		return social.Outcome{State: social.Unknown, Code: "no_answer"}
	}
	return social.Outcome{State: social.Live, Remote: "1", Link: "https://t.me/channel/1"}
}

// Reconcile is a platform that cannot list what it has.
func (w *world) Reconcile(context.Context, social.Attempt) social.Outcome {
	return social.Outcome{State: social.Unknown, Code: "no_answer"}
}
