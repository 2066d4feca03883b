package handlers

import (
	"slices"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// notice is what one person is told of an event, in his language; nothing where
// the card already says it.
func (h *Handlers) notice(a social.Affair, p social.Person) []bot.Message {
	say := h.sayIn(p, a.Brand)
	switch a.Kind {
	case social.InvitationOpened:
		return []bot.Message{invitationCard(say, a.Facts.Name, a.Facts.Role, a.Where(), a.Facts.Invite)}
	case social.MemberJoined:
		if p.ID == a.Subject.ID {
			return welcome(say, a.Facts.Role, a.Where())
		}
	case social.AccountLost, social.AccountBack:
		if a.Facts.Network.SignsIn() {
			return []bot.Message{accountNotice(say, a)}
		}
	case social.AccountKept:
		return []bot.Message{keptNotice(say, a)}
	case social.BrandDropped:
		return dropNotice(say, a)
	case social.PlanMade, social.PlanChanged, social.PlanGiven, social.PlanHanded, social.PlanDue, social.PlanJudged, social.PlanGivenUp:
		return planNotice(say, a)
	case social.GoalSet, social.GoalChanged, social.GoalMet, social.GoalPassed, social.GoalGivenUp:
		return goalNotice(say, a)
	case social.DeliveryHanded:
		return h.handover(say, a.Post, a.Facts.Delivery)
	case social.DeliveryUnknown:
		return []bot.Message{deliveryCard(say, a.Post, a.Facts.Delivery)}
	case social.DeliveryRejected:
		if a.Facts.Last {
			return nil // the post's end says it
		}
	case social.PostFinished:
		return []bot.Message{finished(say, a)}
	case social.PostChangeAsked:
		return changeAsked(say, a)
	case social.PostReminded:
		return []bot.Message{h.reminder(say, a)}
	case social.DigestShared, social.ReportShared, social.PersonBack:
		return nil // told as the digest or the report itself, and as the list of what waits
	case social.ReportReady:
		return h.reportReady(say, a)
	case social.PersonLost:
		lost := plainNotice(say, a)
		lost.HTML += "\n" + say.Say("card.link", "link", strings.TrimSuffix(h.Link(""), "?start="))
		return []bot.Message{lost}
	case social.PostMoved:
		if !movedMatters(a, p) {
			return nil
		}
	}
	return []bot.Message{plainNotice(say, a)}
}

// movedMatters tells whether a move is news to the person: approvers hear of it
// when they had been asked at the time of the move and still are, the author only
// when somebody else moved it.
func movedMatters(a social.Affair, p social.Person) bool {
	drafting := func(s social.PostState) bool { return s == social.Drafting || s == social.Changing }
	return p.ID == a.Post.Author || !drafting(a.Facts.Was) && !drafting(a.Post.State)
}

// plainNotice is a sentence about the event, with the way to its post.
func plainNotice(say locales.Printer, a social.Affair) bot.Message {
	return bot.Message{HTML: say.Say("notice."+noticeKey(a), noticeArgs(say, a)...), Keyboard: noticeKeys(say, a), NoPreview: true}
}

// reminder reminds an approver: it answers his card, which he finds by a tap on it.
func (h *Handlers) reminder(say locales.Printer, a social.Affair) bot.Message {
	return bot.Message{
		HTML:     say.Say("approval.reminder", "brand", a.Where(), "left", a.Post.Slot.Sub(h.Clock.Now())),
		Keyboard: rows(say, press(say, a.Post, "opn"), 1),
	}
}

// noticeKey names the sentence; some kinds have one for each case.
func noticeKey(a social.Affair) string {
	switch {
	case a.Kind == social.PostMoved && a.Facts.Again:
		return "post.moved_again"
	case a.Kind == social.PostLate && a.Actor != 0:
		return "post.approved_late"
	case a.Kind == social.AccountLost && len(a.Facts.Missing) == 0:
		return "account.gone"
	case a.Kind == social.CommentsOff && len(a.Facts.Missing) > 0:
		return "comments.no_admin"
	}
	return string(a.Kind)
}

func noticeArgs(say locales.Printer, a social.Affair) []any {
	account, _ := accountOf(a.Post, a.Facts.Account)
	name := accountName(say, account)
	switch {
	case account.ID == 0 && a.Facts.Platform != "":
		name = accountName(say, social.Account{Platform: a.Facts.Platform, Handle: a.Facts.Name})
	case account.ID == 0:
		name = a.Facts.Name
	}
	args := []any{
		"who", a.Who, "brand", a.Where(), "when", a.Facts.To, "from", a.Facts.From, "zone", say.ZoneName(),
		"account", name, "name", a.Facts.Name, "role", locales.HTML(say.Say("role." + string(a.Facts.Role))),
		"missing", rightNames(say, a.Facts.Missing), "n", a.Facts.Count,
	}
	if a.Facts.Code != "" {
		args = append(args, "reason", locales.HTML(say.Say("reason."+a.Facts.Code)))
	}
	return args
}

// rightNames lists rights in plain words.
func rightNames(say locales.Printer, rights []string) string {
	names := make([]string, len(rights))
	for i, r := range rights {
		names[i] = say.Plain("right." + r)
	}
	return strings.Join(names, say.Plain("list.comma"))
}

// noticeKeys are the buttons that help with what the event says.
func noticeKeys(say locales.Printer, a social.Affair) [][]bot.Button {
	if a.PostID == 0 {
		return nil
	}
	var keys [][]bot.Button
	var actions []string
	switch a.Kind {
	case social.DeliveryRejected:
		for _, d := range a.Post.Deliveries {
			if d.ID == a.Facts.Delivery {
				keys = refusedMends(say, a.Post, d)
			}
		}
	case social.PostLate:
		actions = []string{"now", "slt"}
	case social.PostExpired, social.PostUnanswered:
		actions = []string{"slt"}
	}
	return append(keys, rows(say, press(say, a.Post, append(actions, "opn")...), 2)...)
}

// changeAsked tells the author what to change; a voice note comes first.
func changeAsked(say locales.Printer, a social.Affair) []bot.Message {
	text := say.Say("approval.changes", "brand", a.Where(), "person", a.Who, "note", a.Facts.Note)
	if a.Facts.Note == "" {
		text = say.Say("notice.change_voice", "brand", a.Where(), "who", a.Who)
	}
	keys := rows(say, press(say, a.Post, "txt", "opn"), 2)
	word := bot.Message{HTML: text, Keyboard: keys}
	if a.Facts.Voice == nil {
		return []bot.Message{word}
	}
	return []bot.Message{{Media: []social.Media{*a.Facts.Voice}}, word}
}

// finished is the one final message about a post: where it is live, and why not
// where it is not.
func finished(say locales.Printer, a social.Affair) bot.Message {
	head := say.Say("notice.published", "brand", a.Where())
	switch a.Facts.State {
	case social.Failed:
		head = say.Say(failedKey(a.Post), "brand", a.Where())
	case social.Stopped:
		head = say.Say("notice.called_off", "brand", a.Where())
	}
	lines := []string{head}
	for _, d := range a.Post.Deliveries {
		account, _ := accountOf(a.Post, d.Account)
		lines = append(lines, deliveryLine(say, account, d))
	}
	keys := rows(say, press(say, a.Post, "opn"), 2)
	if a.Facts.State == social.Failed {
		lines = append(lines, say.Say("notice.failed_safe"))
		keys = failedKeys(say, a.Post, "edt", "opn")
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: keys, NoPreview: true}
}

// failedKey tells a post that is live in part from one that is live nowhere.
func failedKey(p social.Post) string {
	if slices.ContainsFunc(p.Deliveries, func(d social.Delivery) bool { return d.State == social.Live }) {
		return "notice.failed"
	}
	return "notice.failed_all"
}

// handover is all that somebody needs to publish by hand: the media, the text
// ready to copy, and the card that asks how it went.
func (h *Handlers) handover(say locales.Printer, p social.Post, delivery int64) []bot.Message {
	i := slices.IndexFunc(p.Deliveries, func(d social.Delivery) bool { return d.ID == delivery })
	if i < 0 {
		return nil
	}
	account, _ := accountOf(p, p.Deliveries[i].Account)
	v, _ := p.Content.Variant(account.ID)
	var messages []bot.Message
	if len(v.Media) > 0 {
		messages = append(messages, bot.Message{Media: v.Media})
	}
	if text := h.Text(account.Platform, v); text != "" {
		messages = append(messages, bot.Message{HTML: locales.Escape(text), NoPreview: true})
	}
	return append(messages, deliveryCard(say, p, delivery))
}
