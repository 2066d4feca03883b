package storage_test

import (
	"errors"
	"testing"
	"time"

	"peyk/social"
)

// TestAnsweredQuestionStaysAnswered, also when its message is recorded later: the
// answer may come from elsewhere while the question is being shown.
func TestAnsweredQuestionStaysAnswered(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	asked := social.Dialog{Chat: 5, Person: 1, Step: "channel", Expires: time.Now().Add(time.Hour)}
	check(t, s.SetDialog(t.Context(), asked))
	asked.Message = 77
	check(t, s.PlaceDialog(t.Context(), asked))
	if d, err := s.Dialog(t.Context(), 5); err != nil || d.Message != 77 {
		t.Errorf("%+v, %v", d, err)
	}
	check(t, s.EndDialog(t.Context(), 5))
	check(t, s.PlaceDialog(t.Context(), asked))
	if d, err := s.Dialog(t.Context(), 5); !errors.Is(err, social.ErrNotFound) {
		t.Errorf("it is asked again: %+v, %v", d, err)
	}
	next := social.Dialog{Chat: 5, Person: 1, Step: "slot", Expires: time.Now().Add(time.Hour)}
	check(t, s.SetDialog(t.Context(), next))
	check(t, s.PlaceDialog(t.Context(), asked))
	if d, err := s.Dialog(t.Context(), 5); err != nil || d.Step != "slot" || d.Message != 0 {
		t.Errorf("the next question: %+v, %v", d, err)
	}
}
