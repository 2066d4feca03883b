package telegram_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"peyk/platforms"
	"peyk/platforms/platformtest"
	"peyk/platforms/telegram"
	"peyk/social"
)

func answerTo(remote string) platforms.Answer {
	return platforms.Answer{
		Comment: social.Comment{Remote: remote, Account: social.Account{Platform: social.Telegram, Discussion: -1009}},
		Reply:   social.Reply{Text: social.Text{Plain: "سلام"}},
	}
}

func TestAnswerGoesBelowTheComment(t *testing.T) {
	b := newBox(t)
	in := &telegram.Connector{Client: b, Media: media()}
	p, err := in.Answer(t.Context(), answerTo("12"))
	if err != nil || p.Remote == "" || p.Link == "" {
		t.Fatalf("%+v, %v", p, err)
	}
	picture := answerTo("12")
	picture.Reply.Picture = &social.Media{Kind: social.Photo, FileID: "AgAC"}
	if _, err := in.Answer(t.Context(), picture); err != nil {
		t.Fatal(err)
	}
	for i, method := range []string{"sendMessage", "sendPhoto"} {
		c := b.calls[i]
		to, ok := c.params["reply_parameters"].(map[string]any)
		if c.method != method || c.params["chat_id"] != float64(-1009) || !ok || to["message_id"] != float64(12) || to["allow_sending_without_reply"] != nil {
			t.Errorf("%s with %v", c.method, c.params)
		}
	}
}

// Each fault of a network has one meaning for an answer: only a doubt may hide an
// answer that is there.
func TestFaultsOfAnAnswer(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	gone := answer{err: &telegram.Failure{Code: 400, Description: "Bad Request: message to be replied not found"}}
	tests := []struct {
		name string
		fail answer
		want social.DeliveryState
		code string
	}{
		{"gone", gone, social.Rejected, social.CodeCommentGone},
		{"unreachable", answers[platformtest.Unreachable], social.Waiting, platforms.CodeUnreachable},
		{"dropped", answers[platformtest.Dropped], social.Unknown, platforms.CodeNoAnswer},
		{"broken", answers[platformtest.Broken], social.Unknown, platforms.CodeNoAnswer},
		{"throttled", answers[platformtest.Throttled], social.Waiting, platforms.CodeRateLimited},
		{"no rights", answers[platformtest.NoRights], social.Rejected, platforms.CodeRightsMissing},
		{"out", answers[platformtest.Gone], social.Rejected, platforms.CodeAccountLost},
	}
	for _, test := range tests {
		b := newBox(t)
		b.fail(test.fail)
		p, err := (&telegram.Connector{Client: b, Media: media()}).Answer(t.Context(), answerTo("12"))
		if o := platforms.OutcomeOf(p, err, now); o.State != test.want || o.Code != test.code {
			t.Errorf("%s: %s (%s), want %s (%s)", test.name, o.State, o.Code, test.want, test.code)
		}
		if len(b.calls) != 1 {
			t.Errorf("%s: %d calls", test.name, len(b.calls))
		}
	}
}

func TestAnswerWithoutAGroup(t *testing.T) {
	b := newBox(t)
	a := answerTo("12")
	a.Comment.Account.Discussion = 0
	var lost *platforms.AccountLost
	if _, err := (&telegram.Connector{Client: b}).Answer(t.Context(), a); !errors.As(err, &lost) || len(b.calls) != 0 {
		t.Errorf("%v after %d calls", err, len(b.calls))
	}
}

func TestHide(t *testing.T) {
	b := newBox(t)
	in := &telegram.Connector{Client: b}
	if err := in.Hide(t.Context(), answerTo("12").Comment); err != nil || b.calls[0].method != "deleteMessage" {
		t.Fatalf("%v, %+v", err, b.calls)
	}
	b.fail(answer{err: &telegram.Failure{Code: 400, Description: "Bad Request: message to delete not found"}})
	if err := in.Hide(t.Context(), answerTo("12").Comment); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
	b.fail(answer{err: &telegram.Failure{Code: 400, Description: "Bad Request: not enough rights"}})
	var right *platforms.PermissionMissing
	if err := in.Hide(t.Context(), answerTo("12").Comment); !errors.As(err, &right) {
		t.Errorf("without the right: %v", err)
	}
}

func TestGroupRights(t *testing.T) {
	for raw, want := range map[string]struct {
		missing []string
		in      bool
	}{
		`{"status":"creator"}`:                                  {nil, true},
		`{"status":"administrator","can_delete_messages":true}`: {nil, true},
		`{"status":"administrator"}`:                            {[]string{telegram.RightDelete}, true},
		`{"status":"member"}`:                                   {[]string{social.RightAdmin, telegram.RightDelete}, true},
		`{"status":"left"}`:                                     {nil, false},
		`{"status":"kicked"}`:                                   {nil, false},
	} {
		missing, in, err := telegram.GroupRights([]byte(raw))
		if err != nil || in != want.in || !slices.Equal(missing, want.missing) {
			t.Errorf("%s: %v, in %v, %v", raw, missing, in, err)
		}
	}
	if _, _, err := telegram.GroupRights([]byte("[")); err == nil {
		t.Error("nonsense is read")
	}
}
