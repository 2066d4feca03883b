package scheduler_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"peyk/scheduler"
	"peyk/social"
	"peyk/storage"
	"peyk/storage/storagetest"
)

// A square is a network on which people write to accounts: it tells two comments a
// page, always from the place that the cursor names.
type square struct {
	written map[string][]social.Heard // to an account, by its id on the network
	refuses map[string]*social.Outcome
	polled  []string // accounts and cursors
	deleted []string // what its authors took back
	looked  []int    // how many comments were looked for, each time
	blind   *social.Outcome
}

func (s *square) Networks() []social.Platform { return []social.Platform{social.Bluesky} }

func (s *square) Poll(_ context.Context, a social.Account, cursor string) (found []social.Heard, next string, more bool, failed *social.Outcome) {
	s.polled = append(s.polled, a.RemoteID+" "+cursor)
	if o := s.refuses[a.RemoteID]; o != nil {
		return nil, cursor, false, o
	}
	from := 0
	_, _ = fmt.Sscan(cursor, &from)
	all := s.written[a.RemoteID]
	to := min(from+2, len(all))
	return all[from:to], fmt.Sprint(to), to < len(all), nil
}

func (s *square) Sweep(context.Context, social.Account, string) ([]social.Heard, *social.Outcome) {
	return nil, nil
}

func (s *square) Missing(_ context.Context, _ social.Account, comments []string) (missing []string, failed *social.Outcome) {
	s.looked = append(s.looked, len(comments))
	for _, c := range comments {
		if slices.Contains(s.deleted, c) {
			missing = append(missing, c)
		}
	}
	return missing, s.blind
}

// write lets somebody write to an account.
func (s *square) write(to string, at time.Time) {
	n := len(s.written[to])
	s.written[to] = append(s.written[to], social.Heard{
		Post:   social.Thread{Root: "at://post", Remote: "at://post", Words: "The menu"},
		Remote: fmt.Sprintf("at://%s/%d", to, n), Author: "Ali", AuthorID: "did:plc:ali", Text: fmt.Sprint("comment ", n), At: at,
	})
}

// A porch is a brand with accounts on the square, and what listens to them.
type porch struct {
	*square
	store    *storage.Store
	clock    *clockwork.FakeClock
	owner    social.Person
	brand    social.Brand
	accounts []social.Account
	tick     scheduler.Tick
}

func newPorch(t *testing.T, remotes ...string) *porch {
	t.Helper()
	p := &porch{
		square: &square{written: map[string][]social.Heard{}, refuses: map[string]*social.Outcome{}},
		store:  storagetest.Open(t), clock: clockwork.NewFakeClockAt(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)),
	}
	p.store.Now = p.clock.Now
	var err error
	p.owner, err = p.store.Enter(t.Context(), social.Person{TelegramID: 5, Name: "Sara", Lang: "en"})
	check(t, err)
	agency, err := p.store.FoundAgency(t.Context(), p.owner.ID, "Saba")
	check(t, err)
	p.brand, err = p.store.AddBrand(t.Context(), p.owner.ID, social.Brand{
		AgencyID: agency.ID, Name: "Nobahar", Zone: "UTC", Calendar: social.Gregorian, Rules: social.DefaultRules(social.Gregorian),
	})
	check(t, err)
	for _, r := range remotes {
		a, _, err := p.store.SignIn(t.Context(), p.owner.ID, social.Account{BrandID: p.brand.ID, Platform: social.Bluesky, RemoteID: r, Handle: r}, "sealed")
		check(t, err)
		p.accounts = append(p.accounts, a)
	}
	p.tick = (&scheduler.Listening{Ears: p.store, Source: p.square, Clock: p.clock, Log: slog.New(slog.DiscardHandler), At: func(string) {}}).Tick()
	return p
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// listen lets time pass and asks.
func (p *porch) listen(t *testing.T, after time.Duration) {
	t.Helper()
	p.clock.Advance(after)
	check(t, p.tick.Do(t.Context(), p.clock.Now()))
}

// heard are the comments that the owner sees.
func (p *porch) heard(t *testing.T) []string {
	t.Helper()
	found, _, err := p.store.Comments(t.Context(), p.owner.ID, social.InboxFilter{Size: 20})
	check(t, err)
	var all []string
	for _, c := range found {
		all = append(all, c.Text)
	}
	slices.Sort(all)
	return all
}

// What is written comes once, page by page, and the reading goes on where it stood.
func TestListening(t *testing.T) {
	t.Parallel()
	p := newPorch(t, "cafe")
	for range 3 {
		p.write("cafe", p.clock.Now())
	}
	p.listen(t, time.Second)
	if got := p.heard(t); !slices.Equal(got, []string{"comment 0", "comment 1", "comment 2"}) {
		t.Errorf("heard %q", got)
	}
	p.listen(t, time.Second) // too soon
	p.write("cafe", p.clock.Now())
	p.listen(t, social.ListenPause)
	if want := []string{"cafe ", "cafe 2", "cafe 3"}; !slices.Equal(p.polled, want) {
		t.Errorf("asked %q", p.polled)
	}
	if got := p.heard(t); len(got) != 4 {
		t.Errorf("heard %q", got)
	}
}

// An account that the network does not let us in to any more is asked for no more,
// until somebody signs in again; the others are asked for as ever.
func TestListeningLosesAnAccount(t *testing.T) {
	t.Parallel()
	p := newPorch(t, "gone", "cafe")
	p.refuses["gone"] = &social.Outcome{State: social.Rejected, Code: social.CodeAccountLost}
	p.write("cafe", p.clock.Now())
	p.listen(t, time.Minute)
	p.listen(t, time.Hour)
	if got := p.heard(t); len(got) != 1 {
		t.Errorf("heard %q", got)
	}
	asked := func() (n int) {
		for _, a := range p.polled {
			if a == "gone " {
				n++
			}
		}
		return n
	}
	if asked() != 1 {
		t.Errorf("the lost account was asked for %d times", asked())
	}
	delete(p.refuses, "gone")
	p.write("gone", p.clock.Now())
	_, _, err := p.store.SignIn(t.Context(), p.owner.ID, p.accounts[0], "sealed anew")
	check(t, err)
	p.listen(t, time.Second)
	if got := p.heard(t); len(got) != 2 {
		t.Errorf("heard %q after signing in again", got)
	}
}

// A network that wants to be left alone is, for as long as it wants.
func TestListeningObeys(t *testing.T) {
	t.Parallel()
	p := newPorch(t, "cafe")
	p.refuses["cafe"] = &social.Outcome{State: social.Waiting, Code: social.CodeRateLimited, Retry: p.clock.Now().Add(time.Hour)}
	p.listen(t, time.Second)
	p.listen(t, 58*time.Minute)
	if len(p.polled) != 1 {
		t.Errorf("asked %q", p.polled)
	}
	delete(p.refuses, "cafe")
	p.write("cafe", p.clock.Now())
	p.listen(t, 3*time.Minute)
	if got := p.heard(t); len(got) != 1 {
		t.Errorf("heard %q", got)
	}
}

// What its author deletes before anybody answers is found out by two looks, ten minutes
// apart, and waits no more; what is shown again, or not looked for with success, does.
func TestListeningMisses(t *testing.T) {
	t.Parallel()
	p := newPorch(t, "cafe")
	for range 3 {
		p.write("cafe", p.clock.Now())
	}
	p.listen(t, time.Second)
	waiting := func() int {
		_, n, err := p.store.Comments(t.Context(), p.owner.ID, social.InboxFilter{Open: true, Size: 20})
		check(t, err)
		return n
	}
	p.deleted = []string{"at://cafe/0", "at://cafe/1"}
	p.listen(t, social.SweepPause)
	if n := waiting(); n != 3 || !slices.Equal(p.looked, []int{3}) {
		t.Errorf("after one look %d wait; looked for %v", n, p.looked)
	}
	p.deleted = p.deleted[:1]
	p.blind = &social.Outcome{State: social.Waiting, Code: "unreachable"}
	p.listen(t, social.MissPause)
	if n := waiting(); n != 3 {
		t.Errorf("after a look that failed %d wait", n)
	}
	p.blind = nil
	p.listen(t, social.ListenPause)
	if n := waiting(); n != 2 {
		t.Errorf("after two looks %d wait", n)
	}
	p.deleted = []string{"at://cafe/1"}
	p.listen(t, social.SweepPause)
	if n := waiting(); n != 2 {
		t.Errorf("an earlier alarm was kept: %d wait", n)
	}
}
