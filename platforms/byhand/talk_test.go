package byhand_test

import (
	"testing"

	"peyk/platforms"
	"peyk/platforms/byhand"
	"peyk/platforms/platformtest"
	"peyk/social"
)

// What a person does is lacking in the connector, each thing with its reason.
func TestTalk(t *testing.T) {
	platformtest.RunTalk(t, func(*testing.T) platformtest.Talk {
		return platformtest.Talk{
			Account: social.Account{ID: 7, Platform: social.Instagram, ByHand: true}, Post: "9", Inbox: byhand.Connector{},
			Write: func(text string) string { return text }, Remove: func(string) {},
			Lacks: map[platformtest.Skill]string{
				platformtest.Polls:    "a tool of the agency tells of comments instead",
				platformtest.Sweeps:   "a tool of the agency tells of comments instead",
				platformtest.Answers:  "whoever wrote the answer puts it there",
				platformtest.Finds:    "whoever put it there says so",
				platformtest.Hides:    "people hide comments there themselves",
				platformtest.Measures: "a manager types the figures",
			},
		}
	})
}

// An answer is handed over, and an attempt of which nobody saw the end was none.
func TestAnswerIsHandedOver(t *testing.T) {
	a := platforms.Answer{Key: "reply-1", Reply: social.Reply{Text: social.Text{Plain: "yes"}}}
	p, err := byhand.Connector{}.Answer(t.Context(), a)
	if err != nil || !p.Handed || p.Remote != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if f, err := (byhand.Connector{}).FindAnswer(t.Context(), a); err != nil || f.Verdict != platforms.NotLanded {
		t.Errorf("%+v, %v", f, err)
	}
}
