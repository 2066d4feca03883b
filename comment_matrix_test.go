package main

import (
	"hash/crc32"
	"strconv"
	"testing"

	"peyk/bot"
	"peyk/emulator"
	"peyk/social"
)

// comments puts comments into the states that buttons belong to. The responder has
// written all replies.
func (m *matrix) comments(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	room, ok := m.telegram.RoomOf("canary_channel")
	if !ok {
		t.Fatal("no channel")
	}
	m.talk = m.telegram.AddSupergroup("canary_talk", "Kumquat talk")
	room.LinkGroup(m.talk)
	m.talk.PromoteBot(m.phones["owner"])
	_, err := m.store.SaveDiscussion(ctx, strconv.FormatInt(room.ID(), 10), m.talk.ID(), nil)
	must(t, err)
	post := room.Post("kumquat post")
	m.thread, ok = room.Discussion(post)
	if !ok {
		t.Fatal("the post has no discussion")
	}
	m.channel, m.liked = room, post
	m.exec(t, `UPDATE deliveries SET remote = $2, live_at = $3 WHERE id = (SELECT min(id) FROM deliveries WHERE account_id = $1)`,
		m.ids["channel"], strconv.FormatInt(post.ID, 10), monday)
	root := social.Thread{Root: strconv.FormatInt(m.thread.ID, 10), Remote: strconv.FormatInt(post.ID, 10)}
	must(t, m.store.SaveThread(ctx, m.talk.ID(), root))
	for n, state := range []string{"new", "done", "asked", "kept", "unknown", "failed", "sent"} {
		must(t, m.store.Hear(ctx, social.Heard{
			Place: m.talk.ID(), Post: root, Remote: strconv.Itoa(9000 + n), Author: "Fan", AuthorID: "4321",
			Text: "kumquat " + state, Search: "kumquat " + state, At: monday,
		}))
		var id int64
		must(t, m.db.GetContext(ctx, &id, `SELECT max(id) FROM comments`))
		m.ids["comment "+state] = id
		switch state {
		case "new":
		case "done":
			m.exec(t, `UPDATE comments SET state = 'done' WHERE id = $1`, id)
		default:
			var reply int64
			must(t, m.db.GetContext(ctx, &reply, `
				INSERT INTO replies (brand_id, comment_id, person_id, text, state, due_at, at)
				VALUES ($1, $2, $3, '{"plain": "kumquat reply"}', $4, $5, $5) RETURNING id`,
				m.brand.ID, id, m.people["responder"].ID, state, monday))
			m.ids["reply "+state] = reply
		}
	}
	kept, err := m.store.SaveReply(ctx, m.people["owner"].ID, social.SavedReply{Brand: m.brand.ID, Lang: "en", Text: "kumquat thanks"})
	must(t, err)
	m.ids["saved"] = kept.ID
	for range 2 {
		m.brand, err = m.store.UpdateBrand(ctx, m.people["owner"].ID, m.brand.ID, func(b *social.Brand, by social.Member) error {
			return social.AddRule(social.InboxRule{Sees: social.SeesWords, Words: []string{"kumquatish"}, Does: social.RuleSpam})(b, by)
		})
		must(t, err)
	}
	must(t, m.store.OpenDoor(ctx, m.people["owner"].ID, social.Door{Account: m.ids["hand"], Key: "x", Sealed: "x"}))
	door, err := m.store.Door(ctx, m.people["owner"].ID, m.ids["hand"])
	must(t, err)
	m.ids["door"] = door.Made.Unix()
	m.exec(t, `UPDATE comments SET ruled = '{"Rule": {"id": 1, "does": "spam"}}' WHERE id = $1`, m.ids["comment new"])
}

// ruleDeeds are the presses in the middle of the making of a rule.
func ruleDeeds(m *matrix) map[string]deed {
	half := map[string]string{"brand": strconv.FormatInt(m.brand.ID, 10), "sees": "link"}
	return map[string]deed{
		"action irule_does": {data: bot.Data("irule_does", m.brand.ID, 0, "spam"), step: "irule_deed", dialog: half},
		"action irule_to": {
			data: bot.Data("irule_to", m.brand.ID, 0, "assign", b36(m.people["responder"].ID)), step: "irule_deed", dialog: half,
		},
	}
}

// numbersDeed keeps a week's numbers that were typed just before.
func numbersDeed(m *matrix) deed {
	const told = `[{"Metric":"reach","Value":5}]`
	day := m.brand.Before(m.brand.Week(m.clock.Now()), 1).Day()
	mark := strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(day+told))), 36)
	return deed{data: bot.Data("nums_keep", m.ids["hand"], 0, mark), step: "numbers", dialog: map[string]string{
		"account": strconv.FormatInt(m.ids["hand"], 10), "told": told, "day": day,
	}}
}

// commentTaps are the buttons of comments.
func commentTaps(m *matrix) map[string]string {
	about := func(action, state string, arg ...string) string {
		return bot.Data(action, m.ids["comment "+state], 0, arg...)
	}
	brand := func(action string, arg ...string) string { return bot.Data(action, m.brand.ID, 0, arg...) }
	hand := strconv.FormatInt(m.ids["hand"], 10)
	reply := func(action, state string) string { return about(action, state, b36(m.ids["reply "+state])) }
	return map[string]string{
		"com": about("com", "new"), "see": about("see", "new", "o"), "com_take": about("com_take", "new"), "com_over": about("com_over", "new"), "com_drop": reply("com_drop", "kept"),
		"com_done": about("com_done", "new"), "com_open": about("com_open", "done"), "com_later": about("com_later", "new"),
		"com_later_at": about("com_later_at", "new", "1"), "com_hide": about("com_hide", "new"), "com_hide_yes": about("com_hide_yes", "new"),
		"com_who": about("com_who", "new"), "com_to": about("com_to", "new", b36(m.people["manager"].ID)),
		"com_mark": about("com_mark", "new"), "com_mood": about("com_mood", "new", "negative"), "com_spam": about("com_spam", "new"), "com_question": about("com_question", "new"),
		"com_guide": about("com_guide", "new"), "guide": brand("guide"), "guide_ask": brand("guide_ask", "voice"), "guide_clear": brand("guide_clear", "voice"),
		"com_yes": reply("com_yes", "asked"), "com_no": reply("com_no", "asked"), "com_again": reply("com_again", "failed"),
		"com_there": reply("com_there", "unknown"), "com_absent": reply("com_absent", "unknown"),
		"inbox": bot.Data("inbox", 0, 0, "a"), "find": bot.Data("find", 0, 0),
		"sav": about("sav", "new", b36(m.ids["saved"])), "sav_send": about("sav_send", "new", b36(m.ids["saved"])),
		"sav_keep": reply("sav_keep", "sent"), "saved": brand("saved"), "saved_add": brand("saved_add"),
		"saved_drop": brand("saved_drop", b36(m.ids["saved"])), "answers": brand("answers"), "promise": brand("promise", "60"),
		"work": brand("work"), "work_set": brand("work_set", "540", "1080"), "day_off": brand("day_off", "5", "1"),
		"com_unrule": about("com_unrule", "new"), "irules": brand("irules"), "irule": brand("irule", "1"), "irule_up": brand("irule_up", "2"),
		"irule_pause": brand("irule_pause", "1", "1"), "irule_drop": brand("irule_drop", "1"), "irule_net": brand("irule_net", "1", "telegram"),
		"irule_add": brand("irule_add"), "irule_sees": brand("irule_sees", "words"),
		"figures": brand("figures"), "figures_in": brand("figures_in"),
		"nums": bot.Data("nums", m.ids["hand"], 0),
		"door": brand("door", hand), "door_sure": brand("door_sure", hand, "end"), "door_end": brand("door_end", hand),
		"door_open": brand("door_open", hand, b36(m.ids["door"])), "door_forget": bot.Data("door_forget", 0, 0),
		"digest": brand("digest"), "digest_hush": brand("digest_hush", "2026-11-16", "1"),
		"my_morning": bot.Data("my_morning", 0, 0), "my_morning_set": bot.Data("my_morning_set", 0, 0, "480"),
		"loud": brand("loud", "1"), "ask_first": brand("ask_first", "1"), "alone": brand("alone", b36(m.people["responder"].ID), "0"),
	}
}

// answer lets the persona answer the card of a comment, whether it is his or not.
func (m *matrix) answer(t *testing.T, who string) {
	t.Helper()
	phone := m.phones[who]
	if who == "anonymous" {
		phone = phone.In(m.group).Anonymous()
	}
	var card *emulator.Message
	for _, msg := range m.telegram.Messages(phone.Chat()) {
		if msg.From != nil && msg.From.IsBot {
			card = msg
		}
	}
	if card == nil {
		t.Fatalf("%s has heard nothing from the bot", who)
	}
	m.exec(t, `DELETE FROM comment_cards`)
	m.exec(t, `INSERT INTO comment_cards (brand_id, chat, message, person_id, comment_id) VALUES ($1, $2, $3, $4, $5)`,
		m.brand.ID, phone.Chat(), card.ID, m.people[who].ID, m.ids["comment new"])
	phone.Reply(card, "plain words")
}

// react lets the persona like one of the brand's posts, as any follower may.
func (m *matrix) react(t *testing.T, who string) {
	t.Helper()
	must(t, m.phones[who].In(m.channel).React(m.liked, "🔥"))
}

// comment lets the persona write under the channel's post.
func (m *matrix) comment(_ *testing.T, who string) {
	phone := m.phones[who].In(m.talk)
	if who == "anonymous" {
		phone = m.phones[who].In(m.group).Anonymous()
		phone.Say("plain words")
		return
	}
	phone.Comment(m.thread, "plain words")
}
