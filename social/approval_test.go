package social

import (
	"errors"
	"testing"
	"time"
)

func TestWhoMayApprove(t *testing.T) {
	tests := []struct {
		name string
		by   Member
		own  bool
		want error
	}{
		{"the client", as(Approver), false, nil},
		{"another client", second(Approver), false, nil},
		{"a viewer", as(Viewer), false, ErrForbidden},
		{"an editor", as(Editor), false, ErrForbidden},
		{"a stranger", Member{}, false, ErrNotFound},
		{"the author", as(Manager), false, ErrOwnPost},
		{"the owner", as(Owner), false, ErrOwnPost},
		{"the author, where the brand allows it", as(Manager), true, nil},
		{"the owner, where the brand allows it", as(Owner), true, nil},
		{"an approver who is not in the brand any more", Member{Person: Person{ID: 99}, Role: Approver}, false, ErrNotApprover},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := inReview(t)
			p.Brand.Rules.OwnApproval = test.own
			if _, err := p.Approve(test.by, 1, noon); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestTheAuthorAsApprover(t *testing.T) {
	p := inReview(t)
	p.Author = as(Approver).Person.ID
	if _, err := p.Approve(as(Approver), 1, noon); !errors.Is(err, ErrOwnPost) {
		t.Errorf("a client approves what he wrote: %v", err)
	}
	if _, err := p.Approve(second(Approver), 1, noon); err != nil {
		t.Errorf("the other client: %v", err)
	}
}

// U5: one decision; the second person is told that there was one.
func TestOneDecision(t *testing.T) {
	p := approved(t)
	if _, err := p.Approve(second(Approver), 1, noon); !errors.Is(err, ErrDecided) {
		t.Errorf("a second yes: %v", err)
	}
	if _, err := p.AskChange(second(Approver), 1, "shorter", nil); !errors.Is(err, ErrDecided) {
		t.Errorf("a change after the yes: %v", err)
	}
	if len(p.Approvals) != 1 {
		t.Errorf("%d approvals", len(p.Approvals))
	}
}

func TestAllMustAgree(t *testing.T) {
	p := inReview(t)
	p.Brand.Rules.Stages = []Stage{{By: Approver, Need: All}}
	if e, err := p.Approve(as(Approver), 1, noon); err != nil || e.Kind != PostAgreed || p.State != InReview {
		t.Fatalf("%s, %s, %v", e.Kind, p.State, err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); !errors.Is(err, ErrDecided) {
		t.Errorf("the same word twice: %v", err)
	}
	if e, err := p.Approve(second(Approver), 1, noon); err != nil || e.Kind != PostApproved || p.State != Approved {
		t.Errorf("%s, %s, %v", e.Kind, p.State, err)
	}
}

func TestStagesGoInOrder(t *testing.T) {
	p := inReview(t)
	p.Author = as(Editor).Person.ID
	p.Brand.Rules.Stages = []Stage{{By: Manager, Need: Any}, {By: Approver, Need: Any}}
	if _, err := p.Approve(as(Approver), 1, noon); !errors.Is(err, ErrNotApprover) {
		t.Errorf("the client before his turn: %v", err)
	}
	if e, err := p.Approve(as(Manager), 1, noon); err != nil || e.Kind != PostAgreed || p.Stage != 1 || p.Sound() {
		t.Fatalf("%s, stage %d, sound %t, %v", e.Kind, p.Stage, p.Sound(), err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); err != nil || p.State != Approved || !p.Sound() {
		t.Errorf("%s, sound %t, %v", p.State, p.Sound(), err)
	}
	if _, err := p.Undo(as(Manager), 1); err != nil || p.Stage != 0 || len(p.Approvals) != 0 {
		t.Errorf("taking the first word back leaves %d approvals at stage %d, %v", len(p.Approvals), p.Stage, err)
	}
}

func TestNoStagesMeansTheManagersWord(t *testing.T) {
	p := draft()
	p.Brand.Rules.Stages = nil
	if _, err := p.Submit(as(Manager), nil, noon); err != nil || p.State != Approved || !p.Sound() {
		t.Fatalf("%s, sound %t, %v", p.State, p.Sound(), err)
	}
}

func TestHoldAndComeBack(t *testing.T) {
	p := approved(t)
	if _, err := p.Hold(as(Approver), 1); err != nil || p.State != Held || len(p.Approvals) != 0 {
		t.Fatalf("%s, %v", p.State, err)
	}
	if _, _, err := p.Claim(p.Slot); !errors.Is(err, ErrOutdated) {
		t.Errorf("a held post was claimed: %v", err)
	}
	if _, err := p.Approve(as(Approver), 1, noon); err != nil || p.State != Approved {
		t.Errorf("%s, %v", p.State, err)
	}
}

func TestUndoEndsWhenPublishingStarts(t *testing.T) {
	p := approved(t)
	if _, err := p.Undo(second(Approver), 1); !errors.Is(err, ErrNotWaiting) {
		t.Errorf("taking back another's word: %v", err)
	}
	if _, err := p.Undo(as(Approver), 1); err != nil || p.State != InReview {
		t.Fatalf("%s, %v", p.State, err)
	}
	q := approved(t)
	q.State = Publishing
	if _, err := q.Undo(as(Approver), 1); !errors.Is(err, ErrInPublishing) {
		t.Errorf("undo during publishing: %v", err)
	}
	if _, err := q.Hold(as(Approver), 1); !errors.Is(err, ErrInPublishing) {
		t.Errorf("stop during publishing: %v", err)
	}
}

func TestAskChange(t *testing.T) {
	p := inReview(t)
	if _, err := p.AskChange(as(Approver), 1, "", nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty request: %v", err)
	}
	e, err := p.AskChange(as(Approver), 1, "shorter", nil)
	if err != nil || p.State != Changing || p.Note != "shorter" || e.Facts.Note != "shorter" {
		t.Fatalf("%s, %q, %v", p.State, p.Note, err)
	}
	if _, err := p.Submit(as(Manager), nil, noon.Add(time.Minute)); err != nil || p.Version != 1 || p.Note != "" {
		t.Errorf("sent again unchanged, the author insists: version %d, note %q, %v", p.Version, p.Note, err)
	}
}
