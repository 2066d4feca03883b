package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peyk/locales"
	"peyk/social"
)

func TestWhyWaiting(t *testing.T) {
	b := someBrand()
	author := social.Member{Person: social.Person{ID: 1}, Role: social.Editor}
	editor := social.Member{Person: social.Person{ID: 2}, Role: social.Editor}
	manager := social.Member{Person: social.Person{ID: 3}, Role: social.Manager}
	client := social.Member{Person: social.Person{ID: 4}, Role: social.Approver}
	viewer := social.Member{Person: social.Person{ID: 5}, Role: social.Viewer}
	handed := []social.Delivery{{State: social.Live}, {State: social.Handed}}
	unknown := []social.Delivery{{State: social.Handed}, {State: social.Unknown}}
	for _, c := range []struct {
		state      social.PostState
		deliveries []social.Delivery
		want       string // for author, editor, manager, client, viewer
	}{
		{social.Drafting, nil, "draft - - - -"},
		{social.Changing, nil, "change - change - -"},
		{social.InReview, nil, "- - - approve -"},
		{social.Held, nil, "- - held approve -"},
		{social.Expired, nil, "- - expired passed -"},
		{social.Late, nil, "- - late - -"},
		{social.Failed, nil, "- - failed - -"},
		{social.Approved, nil, "- - - - -"},
		{social.Publishing, nil, "- - - - -"},
		{social.Publishing, handed, "- - handed - -"},
		{social.Publishing, unknown, "- - unknown - -"},
		{social.Published, handed, "- - - - -"},
		{social.Stopped, nil, "- - - - -"},
	} {
		p := social.Post{Brand: b, Author: 1, State: c.state, Version: 1, Deliveries: c.deliveries, Eligible: []social.Member{manager, client}}
		var got []string
		for _, m := range []social.Member{author, editor, manager, client, viewer} {
			why := whyWaiting(p, m)
			if why == "" {
				why = "-"
			}
			got = append(got, why)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.state, got, c.want)
		}
	}
}

func TestDutiesOldestFirst(t *testing.T) {
	b := someBrand()
	day := at(t, "2026-11-20T08:00:00Z")
	post := func(id int64, changed time.Duration, state social.PostState) social.Post {
		return social.Post{ID: id, Brand: b, Author: 1, State: state, Changed: day.Add(changed)}
	}
	places := []social.Member{{Person: social.Person{ID: 1}, AgencyID: b.AgencyID, BrandID: b.ID, Role: social.Manager}}
	found := duties([]social.Post{
		post(1, 3*time.Hour, social.Late), post(2, time.Hour, social.Drafting), post(3, 2*time.Hour, social.Approved), post(4, 2*time.Hour, social.Failed),
	}, places)
	var ids []int64
	for _, d := range found {
		ids = append(ids, d.post.ID)
	}
	if !slices.Equal(ids, []int64{2, 4, 1}) {
		t.Errorf("%v", ids)
	}
}

func TestWaitingPages(t *testing.T) {
	b := someBrand()
	say := inLang(t, "fa", b)
	var all []duty
	for i := range 18 {
		all = append(all, duty{social.Post{ID: int64(i + 1), Brand: b, State: social.Drafting, Content: social.Content{Text: social.Text{Plain: fmt.Sprintf("text-%d.", i+1)}}}, social.Member{Role: social.Editor}, "draft"})
	}
	speak := func(social.Brand) locales.Printer { return say }
	for page, want := range map[int][3]string{
		-3: {"text-1.", "text-8.", "text-9."}, 0: {"text-1.", "text-8.", "text-9."},
		1: {"text-9.", "text-16.", "text-8."}, 2: {"text-17.", "text-18.", "text-16."}, 99: {"text-17.", "text-18.", "text-16."},
	} {
		card := waitingCard(say, speak, all, page)
		if !strings.Contains(card.HTML, want[0]) || !strings.Contains(card.HTML, want[1]) || strings.Contains(card.HTML, want[2]) {
			t.Errorf("page %d: %s", page, card.HTML)
		}
	}
	middle := waitingCard(say, speak, all, 1).Keyboard
	turn := middle[len(middle)-2]
	if len(turn) != 2 || turn[0].Text != say.Label("button.page_after") {
		t.Errorf("for a Persian reader the next page lies to the left: %v", turn)
	}
	if none := waitingCard(say, speak, nil, 0); !strings.Contains(none.HTML, "چیزی در انتظار شما نیست") {
		t.Error(none.HTML)
	}
}
