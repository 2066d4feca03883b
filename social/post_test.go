package social

import (
	"errors"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// The cast of the rules: one member for each role, and the agency's owner.
func as(role Role) Member {
	ids := map[Role]int64{Owner: 1, Manager: 2, Editor: 3, Responder: 4, Approver: 5, Viewer: 6}
	return Member{Person: Person{ID: ids[role], Name: string(role), Reachable: true}, AgencyID: 1, BrandID: 7, Role: role}
}

func second(role Role) Member {
	m := as(role)
	m.Person.ID += 10
	return m
}

// draft is a post by the manager that lacks nothing to be sent for approval.
func draft() Post {
	return Post{
		ID: 1, Author: as(Manager).Person.ID, State: Drafting, Slot: noon.Add(6 * time.Hour),
		Brand:    Brand{ID: 7, AgencyID: 1, Name: "Nobahar", Zone: "Asia/Tehran", Calendar: Jalali, Rules: DefaultRules(Jalali)},
		Content:  Content{Text: Text{Plain: "Autumn menu"}, Targets: []Target{{Account: 3}}},
		Accounts: []Account{{ID: 3, BrandID: 7, Platform: Telegram, RemoteID: "-1001", Handle: "@nobahar"}},
		Eligible: []Member{as(Owner), as(Manager), as(Approver), second(Approver)},
	}
}

func inReview(t *testing.T) Post {
	t.Helper()
	p := draft()
	if _, err := p.Submit(as(Manager), nil, noon); err != nil {
		t.Fatal(err)
	}
	return p
}

func approved(t *testing.T) Post {
	t.Helper()
	p := inReview(t)
	if _, err := p.Approve(as(Approver), 1, noon); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSubmitNeedsEverything(t *testing.T) {
	tests := []struct {
		name   string
		by     Role
		change func(*Post)
		issues []Issue
		want   error
	}{
		{"whole", Manager, func(*Post) {}, nil, nil},
		{"a hint does not stop it", Manager, func(*Post) {}, []Issue{{Code: "link_not_clickable"}}, nil},
		{"an editor may not", Editor, func(*Post) {}, nil, ErrForbidden},
		{"a stranger learns nothing", "", func(*Post) {}, nil, ErrNotFound},
		{"empty", Manager, func(p *Post) { p.Content.Text = Text{Plain: " \n"} }, nil, ErrNoContent},
		{"no account", Manager, func(p *Post) { p.Content.Targets = nil }, nil, ErrNoAccounts},
		{"refused by a platform", Manager, func(*Post) {}, []Issue{{Code: "too_long", Blocks: true}}, ErrHasIssues},
		{"no slot", Manager, func(p *Post) { p.Slot = time.Time{} }, nil, ErrNoSlot},
		{"slot at this moment", Manager, func(p *Post) { p.Slot = noon }, nil, ErrPastSlot},
		{"nobody to ask", Manager, func(p *Post) { p.Eligible = []Member{as(Manager)} }, nil, ErrNoApprovers},
		{"only the author could approve", Approver, func(p *Post) {}, nil, ErrForbidden},
		{"already waiting", Manager, func(p *Post) { p.State = InReview }, nil, ErrUnchanged},
		{"already going out", Manager, func(p *Post) { p.State = Publishing }, nil, ErrInPublishing},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := draft()
			test.change(&p)
			_, err := p.Submit(as(test.by), test.issues, noon)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil && (p.State != InReview || p.Version != 1 || p.Hash != p.Content.Hash()) {
				t.Errorf("state %s, version %d, hash %q", p.State, p.Version, p.Hash)
			}
		})
	}
}

// U1: whatever is edited, at whatever point, the approvals of before count no more.
func TestEditTakesApprovalAway(t *testing.T) {
	p := approved(t)
	if !p.Sound() {
		t.Fatal("an approved post must be sound")
	}
	if _, err := p.Edit(as(Editor), func(c *Content) { c.Text.Plain += "!" }); err != nil {
		t.Fatal(err)
	}
	if p.State != Drafting || len(p.Approvals) != 0 || p.Sound() {
		t.Errorf("state %s, %d approvals, sound %t", p.State, len(p.Approvals), p.Sound())
	}
	if _, _, err := p.Claim(p.Slot); !errors.Is(err, ErrOutdated) {
		t.Errorf("claim after an edit: %v", err)
	}
	if _, err := p.Submit(as(Manager), nil, noon); err != nil || p.Version != 2 {
		t.Errorf("version %d, %v", p.Version, err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); !errors.Is(err, ErrOutdated) {
		t.Errorf("the button of version 1: %v", err)
	}
}

func TestEditIsTooLateOncePublishing(t *testing.T) {
	for _, s := range []PostState{Publishing, Published} {
		p := approved(t)
		p.State = s
		if _, err := p.Edit(as(Manager), func(*Content) {}); !errors.Is(err, ErrInPublishing) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Even a post that claims to be approved is not taken when its content or its
// approvals do not agree with it.
func TestClaimChecksTheHashOnceMore(t *testing.T) {
	tests := map[string]func(*Post){
		"content changed behind the rules": func(p *Post) { p.Content.Text.Plain = "other" },
		"approval of another version":      func(p *Post) { p.Approvals[0].Version = 9 },
		"approval of another hash":         func(p *Post) { p.Approvals[0].Hash = "x" },
		"no approval at all":               func(p *Post) { p.Approvals = nil },
	}
	for name, breakIt := range tests {
		t.Run(name, func(t *testing.T) {
			p := approved(t)
			breakIt(&p)
			due, e, err := p.Claim(p.Slot)
			if err != nil || due != nil || p.State != Held || e.Kind != PostStuck {
				t.Errorf("due %v, state %s, event %s, %v", due, p.State, e.Kind, err)
			}
		})
	}
}

func TestClaim(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		state PostState
		kind  Kind
		err   error
	}{
		{"before its time", -time.Second, Approved, "", ErrOutdated},
		{"on time", 0, Publishing, PostClaimed, nil},
		{"at the end of the late window", 10 * time.Minute, Publishing, PostClaimed, nil},
		{"past the late window", 10*time.Minute + 1, Late, PostLate, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := approved(t)
			due, e, err := p.Claim(p.Slot.Add(test.after))
			if p.State != test.state || e.Kind != test.kind || !errors.Is(err, test.err) {
				t.Errorf("state %s, event %q, %v", p.State, e.Kind, err)
			}
			if (test.state == Publishing) != (len(due) == 1) {
				t.Errorf("due accounts %v", due)
			}
		})
	}
}

// A post that failed on one account goes out again there alone.
func TestClaimLeavesLiveAccountsAlone(t *testing.T) {
	p := draft()
	p.Content.Targets = append(p.Content.Targets, Target{Account: 4})
	p.Deliveries = []Delivery{{Account: 3, State: Live}, {Account: 4, State: Rejected}}
	if _, err := p.Submit(as(Manager), nil, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); err != nil {
		t.Fatal(err)
	}
	due, _, err := p.Claim(p.Slot)
	if err != nil || len(due) != 1 || due[0] != 4 {
		t.Errorf("due %v, %v", due, err)
	}
}

// U2: within the brand's tolerance on the same day a move is a notice; beyond it
// the client is asked again.
func TestScheduleAfterApproval(t *testing.T) {
	slot := draft().Slot // 21:30 in Tehran
	tests := []struct {
		name  string
		to    time.Time
		state PostState
	}{
		{"an hour earlier", slot.Add(-time.Hour), Approved},
		{"two hours earlier", slot.Add(-2 * time.Hour), Approved},
		{"more than two hours", slot.Add(-2*time.Hour - time.Minute), InReview},
		{"two hours later is the next day in Tehran", slot.Add(2 * time.Hour), Approved},
		{"past midnight in Tehran", slot.Add(3 * time.Hour), InReview},
		{"next week", slot.AddDate(0, 0, 7), InReview},
	}
	tests[3].name, tests[3].to = "two hours later on the same day", slot.Add(2*time.Hour)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := approved(t)
			e, err := p.Schedule(as(Manager), test.to, noon)
			if err != nil || p.State != test.state || !p.Slot.Equal(test.to) {
				t.Fatalf("state %s, slot %s, %v", p.State, p.Slot, err)
			}
			if again := test.state == InReview; e.Facts.Again != again || p.Sound() == again {
				t.Errorf("again %t, sound %t", e.Facts.Again, p.Sound())
			}
		})
	}
}

func TestScheduleRefuses(t *testing.T) {
	p := approved(t)
	if _, err := p.Schedule(as(Editor), noon.Add(time.Hour), noon); !errors.Is(err, ErrForbidden) {
		t.Errorf("an editor moves what waits: %v", err)
	}
	if _, err := p.Schedule(as(Manager), noon, noon); !errors.Is(err, ErrPastSlot) {
		t.Errorf("into the past: %v", err)
	}
	d := draft()
	if _, err := d.Schedule(as(Editor), noon.Add(time.Hour), noon); err != nil {
		t.Errorf("an editor sets the slot of a draft: %v", err)
	}
}

// U3 and U4: silence is not consent unless the client said so, and a late yes
// does not publish by itself.
func TestSilenceAndLateApproval(t *testing.T) {
	p := inReview(t)
	if _, err := p.Expire(p.Slot.Add(-time.Second)); !errors.Is(err, ErrOutdated) {
		t.Errorf("expired early: %v", err)
	}
	if e, err := p.Expire(p.Slot); err != nil || p.State != Expired || e.Kind != PostExpired {
		t.Fatalf("state %s, %s, %v", p.State, e.Kind, err)
	}
	e, err := p.Approve(as(Approver), 1, p.Slot.Add(time.Minute))
	if err != nil || p.State != Late || e.Kind != PostLate {
		t.Fatalf("state %s, %s, %v", p.State, e.Kind, err)
	}
	if _, _, err := p.Claim(p.Slot.Add(2 * time.Minute)); !errors.Is(err, ErrOutdated) {
		t.Errorf("a late post was claimed: %v", err)
	}
	if _, err := p.GoNow(as(Approver), noon); !errors.Is(err, ErrForbidden) {
		t.Errorf("a client sends it out: %v", err)
	}
	now := p.Slot.Add(time.Hour)
	if _, err := p.GoNow(as(Manager), now); err != nil {
		t.Fatal(err)
	}
	if due, _, err := p.Claim(now); err != nil || len(due) != 1 {
		t.Errorf("due %v, %v", due, err)
	}
}

func TestSilenceMayMeanYes(t *testing.T) {
	p := inReview(t)
	p.Brand.Rules.Silence = SilencePublish
	if e, err := p.Expire(p.Slot); err != nil || p.State != Approved || e.Kind != PostSilent || !p.Sound() {
		t.Fatalf("state %s, %s, sound %t, %v", p.State, e.Kind, p.Sound(), err)
	}
	held := inReview(t)
	held.Brand.Rules.Silence = SilencePublish
	if _, err := held.Hold(as(Approver), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := held.Expire(held.Slot); err != nil || held.State != Expired {
		t.Errorf("a held post must not go out by silence: %s, %v", held.State, err)
	}
}

func TestStopAndRestore(t *testing.T) {
	p := approved(t)
	if _, err := p.Stop(as(Editor)); !errors.Is(err, ErrForbidden) {
		t.Errorf("an editor stops an approved post: %v", err)
	}
	if _, err := p.Stop(as(Manager)); err != nil || p.State != Stopped {
		t.Fatalf("state %s, %v", p.State, err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("approving a stopped post: %v", err)
	}
	if _, err := p.Restore(as(Editor)); err != nil || p.State != Drafting {
		t.Errorf("state %s, %v", p.State, err)
	}
}

func TestSettle(t *testing.T) {
	tests := []struct {
		name   string
		states []DeliveryState
		want   PostState
	}{
		{"all live", []DeliveryState{Live, Live}, Published},
		{"one refused", []DeliveryState{Live, Rejected}, Failed},
		{"one waits", []DeliveryState{Live, Waiting}, Publishing},
		{"one unknown", []DeliveryState{Live, Unknown}, Publishing},
		{"one with a person", []DeliveryState{Live, Handed}, Publishing},
		{"one called off", []DeliveryState{Live, Withdrawn}, Published},
		{"all called off", []DeliveryState{Withdrawn}, Stopped},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := draft()
			p.State = Publishing
			for _, s := range test.states {
				p.Deliveries = append(p.Deliveries, Delivery{State: s})
			}
			_, ended := p.Settle()
			if p.State != test.want || ended != (test.want != Publishing) {
				t.Errorf("state %s, ended %t", p.State, ended)
			}
		})
	}
}

func TestRetryOnlyWhereTheAccountWasAtFault(t *testing.T) {
	p := draft()
	p.State = Failed
	d := &Delivery{Account: 3, State: Rejected, Code: "too_long"}
	if err := p.Retry(as(Manager), d, noon); !errors.Is(err, ErrUnchanged) {
		t.Errorf("unchanged content sent again: %v", err)
	}
	d.Code = CodeRightsMissing
	p.Accounts[0].Missing = []string{"can_post_messages"}
	if err := p.Retry(as(Manager), d, noon); !errors.Is(err, ErrAccountLost) {
		t.Errorf("the right is still missing: %v", err)
	}
	p.Accounts[0].Missing = nil
	if err := p.Retry(as(Manager), d, noon); err != nil || d.State != Waiting || p.State != Publishing {
		t.Errorf("delivery %s, post %s, %v", d.State, p.State, err)
	}
	p.State, *d = Failed, Delivery{Account: 3, State: Rejected, Code: CodeGaveUp}
	if err := p.Retry(as(Manager), d, noon); err != nil || d.State != Waiting || p.State != Publishing {
		t.Errorf("after a network that was away for a day: delivery %s, post %s, %v", d.State, p.State, err)
	}
}

// What could not be brought out may be moved: nearby it goes out by the word that
// was given, further off the client is asked again. What was refused for its content
// stays where it is (U8).
func TestMoveAfterAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		to   time.Duration
		want PostState
		err  error
	}{
		"near":    {CodeGaveUp, time.Hour, Approved, nil},
		"far":     {CodeAccountLost, 30 * time.Hour, InReview, nil},
		"content": {"bad_file", time.Hour, Failed, ErrUnchanged},
	} {
		p := inReview(t)
		_, approved := p.Approve(as(Approver), 1, noon)
		_, _, claimed := p.Claim(p.Slot)
		if approved != nil || claimed != nil {
			t.Fatal(approved, claimed)
		}
		at := p.Slot
		p.Deliveries = []Delivery{{Account: 3, State: Rejected, Code: c.code}}
		if _, ended := p.Settle(); !ended || p.State != Failed {
			t.Fatal(p.State)
		}
		_, err := p.Schedule(as(Manager), at.Add(c.to), at.Add(time.Minute))
		if p.State != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %s, %v", name, p.State, err)
		}
		if c.want != Approved {
			continue
		}
		if due, _, err := p.Claim(p.Slot); err != nil || len(due) != 1 {
			t.Errorf("%s: at its new time %v is due: %v", name, due, err)
		}
	}
}

// A refused delivery goes to a person, unless its words are at fault. It is not put
// off: the program would send again what was refused.
func TestTakeOver(t *testing.T) {
	failed := func(code string) (Post, *Delivery) {
		p := inReview(t)
		if _, err := p.Approve(as(Approver), 1, noon); err != nil {
			t.Fatal(err)
		}
		p.State = Failed
		return p, &Delivery{Account: 3, State: Rejected, Code: code}
	}
	p, d := failed("too_long")
	if err := p.TakeOver(as(Manager), d, noon); !errors.Is(err, ErrUnchanged) {
		t.Errorf("words that are too long were handed over: %v", err)
	}
	p, d = failed("bad_file")
	p.Content.Text.Plain += "!"
	if err := p.TakeOver(as(Manager), d, noon); !errors.Is(err, ErrUnchanged) {
		t.Errorf("what nobody approved was handed over: %v", err)
	}
	p, d = failed("bad_file")
	if err := p.TakeOver(as(Approver), d, noon); !errors.Is(err, ErrForbidden) {
		t.Error(err)
	}
	if err := p.TakeOver(as(Manager), d, noon); err != nil || d.State != Handed || p.State != Publishing || !d.TakenOver() {
		t.Errorf("delivery %s, post %s, %v", d.State, p.State, err)
	}
	if err := d.PutOff(as(Manager), noon.Add(time.Hour), noon); !errors.Is(err, ErrNotHanded) {
		t.Errorf("it was put off: %v", err)
	}
	if err := d.Found(as(Manager), "", noon); err != nil || d.State != Live || d.TakenOver() {
		t.Errorf("delivery %s, %v", d.State, err)
	}
}

// Where silence means yes, taking a word back or holding is not silence: the post
// never goes out by itself after it, whatever is moved meanwhile.
func TestSilenceDoesNotOverruleAWordTakenBack(t *testing.T) {
	later := 6 * time.Hour
	paths := map[string]func(p *Post) error{
		"undone before the slot": func(p *Post) error {
			_, err := p.Approve(as(Approver), 1, noon)
			_, undone := p.Undo(as(Approver), 1)
			return errors.Join(err, undone)
		},
		"held, expired, approved late, undone": func(p *Post) error {
			_, held := p.Hold(as(Approver), 1)
			_, expired := p.Expire(p.Slot)
			_, late := p.Approve(as(Approver), 1, p.Slot.Add(time.Minute))
			_, undone := p.Undo(as(Approver), 1)
			return errors.Join(held, expired, late, undone)
		},
		"held, expired, moved": func(p *Post) error {
			_, held := p.Hold(as(Approver), 1)
			_, expired := p.Expire(p.Slot)
			_, moved := p.Schedule(as(Manager), p.Slot.Add(later), p.Slot.Add(time.Minute))
			return errors.Join(held, expired, moved)
		},
	}
	for name, walk := range paths {
		t.Run(name, func(t *testing.T) {
			p := inReview(t)
			p.Brand.Rules.Silence = SilencePublish
			if err := walk(&p); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Expire(p.Slot.Add(time.Minute)); err != nil || p.State != Expired || p.Sound() {
				t.Errorf("state %s, sound %t, %v", p.State, p.Sound(), err)
			}
		})
	}
}

// Whoever takes his word back takes the silence of the others back with it.
func TestUndoTakesSilenceBack(t *testing.T) {
	p := inReview(t)
	p.Brand.Rules.Silence = SilencePublish
	p.Brand.Rules.Stages = []Stage{{By: Approver, Need: All}}
	if _, err := p.Approve(as(Approver), 1, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Expire(p.Slot); err != nil || p.State != Approved {
		t.Fatal(p.State, err)
	}
	if _, err := p.Undo(as(Approver), 1); err != nil || p.State != Held || len(p.Approvals) != 0 {
		t.Errorf("state %s, %d approvals, %v", p.State, len(p.Approvals), err)
	}
}

// A change request that is taken back asks the same version again, and approves
// nothing; once somebody edits, it stays.
func TestUnask(t *testing.T) {
	p := inReview(t)
	if _, err := p.Unask(as(Approver), 1); !errors.Is(err, ErrOutdated) {
		t.Errorf("nothing was asked: %v", err)
	}
	if _, err := p.AskChange(as(Approver), 1, "ten, not nine", nil); err != nil {
		t.Fatal(err)
	}
	edited := p
	if _, err := p.Unask(as(Manager), 1); !errors.Is(err, ErrOwnPost) {
		t.Errorf("the team takes it back: %v", err)
	}
	if _, err := p.Unask(as(Approver), 1); err != nil || p.State != InReview || p.Note != "" || len(p.Approvals) > 0 || p.Sound() {
		t.Errorf("%s, note %q, %d approvals, %v", p.State, p.Note, len(p.Approvals), err)
	}
	if _, err := edited.Edit(as(Manager), func(c *Content) { c.Text.Plain = "ten" }); err != nil {
		t.Fatal(err)
	}
	if _, err := edited.Unask(as(Approver), 1); !errors.Is(err, ErrOutdated) || edited.State != Drafting {
		t.Errorf("after an edit: %s, %v", edited.State, err)
	}
}

// What expires or becomes late long after its slot was missed by a program that
// was away; what expires on the second was not.
func TestMissedWhileAway(t *testing.T) {
	away := 11 * time.Minute
	p := inReview(t)
	if e, err := p.Expire(p.Slot); err != nil || e.Facts.Missed {
		t.Errorf("on time: missed %t, %v", e.Facts.Missed, err)
	}
	p = inReview(t)
	if e, err := p.Expire(p.Slot.Add(away)); err != nil || !e.Facts.Missed {
		t.Errorf("after an absence: missed %t, %v", e.Facts.Missed, err)
	}
	p = inReview(t)
	if _, err := p.Approve(as(Approver), 1, noon); err != nil {
		t.Fatal(err)
	}
	if _, e, err := p.Claim(p.Slot.Add(away)); err != nil || e.Kind != PostLate || !e.Facts.Missed {
		t.Errorf("approved, after an absence: %s, missed %t, %v", e.Kind, e.Facts.Missed, err)
	}
}
