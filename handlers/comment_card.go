package handlers

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

const (
	// maxCommentQuote is how much of a comment its card shows, in code points.
	maxCommentQuote = 1200
	// maxReplyQuote is how much of a reply it shows.
	maxReplyQuote = 300
	// maxCopy is the longest text that a button copies (Bot API 10.3).
	maxCopy = 256
)

// commentCard is a comment as those see it who answer for its brand.
func commentCard(say locales.Printer, c social.Comment, me social.Member) bot.Message {
	if !me.Role.May(social.Answer) {
		return bot.Message{HTML: say.Say("card.closed")}
	}
	lines := []string{
		say.Say("comment.head", "state", locales.HTML(say.Say("comment.state."+string(c.State))), "brand", c.Brand.Name),
		markLine(say, c),
		whereLine(say, accountName(say, c.Account), c.Thread),
		say.Say("comment.who", "author", authorName(say, c), "at", c.At),
	}
	if c.Thread.Deleted {
		lines = append(lines, say.Say("comment.post_deleted", "account", accountName(say, c.Account)))
	}
	lines = append(lines, whatSaid(say, c))
	if line := ruledLine(say, c); line != "" {
		lines = append(lines, line)
	}
	if line := holderLine(say, c, me); line != "" {
		lines = append(lines, line)
	}
	for _, r := range c.Replies {
		lines = append(lines, replyLines(say, c, r)...)
	}
	if c.Open() && !c.TakenFrom(me, say.Now()) && !pendingReply(c) {
		lines = append(lines, "", say.Say(howKey(c)))
	}
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: commentButtons(say, c, me), NoPreview: true}
}

// howKey says what happens to an answer: we bring it to the network, or whoever wrote
// it does.
func howKey(c social.Comment) string {
	if c.Account.ByHand {
		return "comment.how_by_hand"
	}
	return "comment.how"
}

// whereLine names the account and leads to the post, showing how it begins.
func whereLine(say locales.Printer, account string, t social.Thread) string {
	words := t.Words
	if words == "" {
		words = say.Plain("comment.the_post")
	}
	if t.Link == "" {
		return say.Say("comment.where_only", "account", account, "words", words)
	}
	return say.Say("comment.where", "account", account, "link", t.Link, "words", words)
}

// authorName is who wrote it, as the network names him.
func authorName(say locales.Printer, c social.Comment) string {
	if name := flat(c.Author); strings.ContainsFunc(name, visible) {
		return brief(name)
	}
	return say.Plain("comment.nameless")
}

// visible tells whether a rune leaves a mark; letters that are drawn as nothing are
// what people take for a name when they want none.
func visible(r rune) bool {
	switch r {
	case 0x115f, 0x1160, 0x3164, 0xffa0, 0x2800:
		return false
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
}

// whatSaid is the comment's words and what came beside them.
func whatSaid(say locales.Printer, c social.Comment) string {
	var parts []string
	if c.Media != "" {
		parts = append(parts, say.Say("comment.media."+mediaName(c.Media)))
	}
	if c.Text != "" {
		parts = append(parts, quoted(c.Text))
	}
	if !c.Edited.IsZero() {
		parts = append(parts, say.Say("comment.edited", "at", c.Edited))
	}
	return strings.Join(parts, "\n")
}

// mediaName is the kind of a file for which there is a word.
func mediaName(k social.MediaKind) string {
	switch k {
	case social.Photo, social.Video, social.Animation, social.Voice, social.Audio, social.Document, "sticker", "video_note":
		return string(k)
	}
	return "other"
}

// quoted is what a follower wrote: nothing in it steers or formats our lines.
func quoted(text string) string { return quotedTo(text, maxCommentQuote) }

func quotedTo(text string, n int) string {
	runes := []rune(locales.CleanIncoming(text))
	more := ""
	if len(runes) > n {
		runes, more = runes[:n], "…"
	}
	return "<blockquote expandable>" + locales.Escape(string(runes)) + more + "</blockquote>"
}

// holderLine says who has the comment.
func holderLine(say locales.Printer, c social.Comment, me social.Member) string {
	mine := c.Holder.ID == me.Person.ID
	switch c.State {
	case social.Later:
		return say.Say("comment.later", "who", c.Holder.Name, "at", c.Until)
	case social.Claimed:
		switch {
		case !c.Busy(say.Now()):
			return ""
		case mine:
			return say.Say("comment.yours")
		case c.Assigned:
			return say.Say("comment.has", "who", c.Holder.Name)
		}
		return say.Say("comment.taken_by", "who", c.Holder.Name, "since", say.Now().Sub(c.ClaimedAt))
	case social.Answering:
		if !mine {
			return say.Say("comment.taken_by", "who", c.Holder.Name, "since", say.Now().Sub(c.ClaimedAt))
		}
	case social.Answered:
		if !slices.ContainsFunc(c.Replies, func(r social.Reply) bool { return r.State == social.ReplySent }) {
			return say.Say("comment.answered_there", "at", c.Settled)
		}
	}
	return ""
}

// replyLines tell how far a reply is, with its words.
func replyLines(say locales.Printer, c social.Comment, r social.Reply) []string {
	key := "reply." + string(r.State)
	switch r.State {
	case social.ReplyKept, social.ReplyDropped:
		return nil
	case social.ReplySending:
		key = "reply.waiting"
	case social.ReplySent:
		if r.Remote == "" {
			key = "reply.confirmed"
		}
	case social.ReplyFailed:
		if c.State == social.Gone {
			return []string{say.Say("reply.unsent", "who", r.By.Name), "<code>" + shown(r.Text.Plain, maxReplyQuote) + "</code>"}
		}
	}
	lines := []string{say.Say(key, "who", r.By.Name, "judge", r.Judge.Name, "at", r.At)}
	if r.Code != "" && r.State == social.ReplyFailed {
		lines = append(lines, whyUnsent(say, c, r))
	}
	if r.Text.Plain != "" {
		lines = append(lines, quotedTo(r.Text.Plain, maxReplyQuote))
	}
	if r.Link != "" {
		lines = append(lines, say.Say("card.link", "link", r.Link))
	}
	return lines
}

// whyUnsent says why a reply did not go out, in the words of its network where there are
// such.
func whyUnsent(say locales.Printer, c social.Comment, r social.Reply) string {
	key := "unsent.refused"
	switch entered := c.Account.Platform.SignsIn(); {
	case entered && r.Code == social.CodeAccountLost:
		key = "unsent.signed_out"
	case entered && r.Code == social.CodeRightsMissing:
		key = "unsent.not_allowed"
	case slices.Contains([]string{social.CodeCommentGone, social.CodeAccountLost, social.CodeRightsMissing, social.CodeGaveUp, "bad_file"}, r.Code):
		key = "unsent." + r.Code
	}
	return say.Say(key, "account", accountName(say, c.Account))
}

// shown is people's text, cut, as HTML that steers nothing.
func shown(text string, n int) string {
	runes := []rune(locales.CleanIncoming(text))
	if len(runes) > n {
		return locales.Isolate(locales.Escape(string(runes[:n])) + "…")
	}
	return locales.Isolate(locales.Escape(string(runes)))
}

// pendingReply tells whether a reply is on its way or waits for a word.
func pendingReply(c social.Comment) bool {
	return slices.ContainsFunc(c.Replies, func(r social.Reply) bool {
		switch r.State {
		case social.ReplyAsked, social.ReplyWaiting, social.ReplySending, social.ReplyHanded, social.ReplyUnknown:
			return true
		}
		return false
	})
}

// commentButtons are those that the state and the reader's place allow.
func commentButtons(say locales.Printer, c social.Comment, me social.Member) [][]bot.Button {
	if c.State == social.Gone || c.State == social.Hidden {
		return copyButtons(say, c)
	}
	keys := append(replyButtons(say, c, me), savedButtons(say, c, me)...)
	press := func(actions ...string) {
		var buttons []bot.Button
		for _, a := range actions {
			buttons = append(buttons, button(say, a, bot.Data(a, c.ID, 0)))
		}
		keys = append(keys, rows(say, buttons, 2)...)
	}
	var actions []string
	switch {
	case c.TakenFrom(me, say.Now()) && c.State != social.Answered:
		actions = []string{"com_over"}
	case c.State == social.Unanswered, c.State == social.Claimed && c.Holder.ID != me.Person.ID:
		actions = []string{"com_take"}
	}
	switch {
	case c.State == social.Done, c.State == social.Later:
		actions = append(actions, "com_open")
	case c.Open():
		actions = append(actions, "com_who", "com_done", "com_later")
	}
	if c.MayHide(me) == nil {
		actions = append(actions, "com_hide")
	}
	actions = append(actions, "com_mark")
	if c.Undoable() {
		actions = append(actions, "com_unrule")
	}
	if c.Open() && c.Brand.Guided() {
		actions = append(actions, "com_guide")
	}
	if c.Mark().Spam {
		actions = endFirst(actions)
	}
	press(actions...)
	return keys
}

// endFirst puts first what is most likely to be done with an advertisement.
func endFirst(actions []string) []string {
	ends := func(action string) bool { return action == "com_hide" || action == "com_done" }
	others := slices.DeleteFunc(slices.Clone(actions), ends)
	return append(slices.DeleteFunc(actions, func(a string) bool { return !ends(a) }), others...)
}

// replyButtons are the words that replies wait for.
func replyButtons(say locales.Printer, c social.Comment, me social.Member) [][]bot.Button {
	var keys [][]bot.Button
	asked := 0
	for _, r := range c.Replies {
		if r.State == social.ReplyAsked {
			asked++
		}
	}
	for _, r := range c.Replies {
		about := func(action, style string) bot.Button {
			b := button(say, action, bot.Data(action, c.ID, 0, idOf(r.ID)))
			if asked > 1 && r.State == social.ReplyAsked {
				b.Text += ": " + opening(r.Text.Plain)
			}
			b.Style = style
			return b
		}
		switch {
		case r.State == social.ReplyAsked && me.Role.May(social.Vouch):
			keys = append(keys, rows(say, []bot.Button{about("com_yes", "success"), about("com_no", "")}, 2)...)
		case r.State == social.ReplyHanded:
			keys = append(keys, handedButtons(say, c, r)...)
		case r.State == social.ReplyUnknown:
			keys = append(keys, rows(say, []bot.Button{about("com_there", ""), about("com_absent", "")}, 2)...)
		case r.State == social.ReplySent && r.By.ID == me.Person.ID && !r.Text.Empty():
			keys = append(keys, []bot.Button{about("sav_keep", "")})
		case r.State == social.ReplyFailed && c.Open():
			if r.Code == social.CodeAccountLost && c.Account.Platform.SignsIn() && c.Account.Lost && me.Can(social.Setup) == nil {
				keys = append(keys, []bot.Button{reconnect(say, c.Brand, c.Account)})
			}
			keys = append(keys, []bot.Button{about("com_again", "")})
		}
	}
	return keys
}

// handedButtons are for whoever puts an answer on the network: its words, the way
// there, and his word that it is there or not.
func handedButtons(say locales.Printer, c social.Comment, r social.Reply) [][]bot.Button {
	keys := copyKey(say, r.Text.Plain)
	if link := cmp.Or(c.Link, c.Thread.Link); link != "" {
		keys = append(keys, []bot.Button{{Text: say.Label("button.to_network"), URL: link}})
	}
	there := button(say, "com_there", bot.Data("com_there", c.ID, 0, idOf(r.ID)))
	there.Style = "success"
	return append(keys, rows(say, []bot.Button{there, button(say, "com_unsent", bot.Data("com_absent", c.ID, 0, idOf(r.ID)))}, 2)...)
}

// maxOpening is how much of a reply tells it from another one on a button.
const maxOpening = 14

// opening is how a reply begins.
func opening(text string) string {
	if runes := []rune(flat(text)); len(runes) > maxOpening {
		return string(runes[:maxOpening]) + "…"
	}
	return flat(text)
}

// copyButtons let people take along what they wrote to a comment that is gone, or where
// nobody had written yet, the comment.
func copyButtons(say locales.Printer, c social.Comment) [][]bot.Button {
	for _, r := range slices.Backward(c.Replies) {
		if r.State == social.ReplyFailed {
			return copyKey(say, r.Text.Plain)
		}
	}
	return copyKeyOf(say.Label("button.copy_comment"), locales.CleanIncoming(c.Text))
}

func copyKey(say locales.Printer, text string) [][]bot.Button {
	return copyKeyOf(say.Label("button.copy_reply"), text)
}

func copyKeyOf(label, text string) [][]bot.Button {
	if n := len([]rune(text)); n == 0 || n > maxCopy {
		return nil
	}
	return [][]bot.Button{{{Text: label, Copy: text}}}
}

// unsentCard tells somebody that there is nothing to answer any more; what he
// wrote is there to be copied.
func unsentCard(say locales.Printer, c social.Comment, text string) bot.Message {
	key := "rule.comment_gone"
	if c.State == social.Hidden {
		key = "rule.comment_hidden"
	}
	html := say.Say(key)
	if text != "" {
		html += "\n<code>" + shown(text, maxOwnText) + "</code>"
	}
	return bot.Message{HTML: html, Keyboard: copyKey(say, text)}
}

// maxOwnText is as much of somebody's own text as a message of ours shows.
const maxOwnText = 3500

// keptCard says that a colleague has the comment, and asks whether the reply shall
// go out all the same (U13).
func keptCard(say locales.Printer, c social.Comment, r social.Reply) bot.Message {
	over := button(say, "com_over_send", bot.Data("com_over", c.ID, 0, idOf(r.ID)))
	over.Style = "primary"
	return bot.Message{
		HTML:     commentTaken(say, c) + "\n" + say.Say("comment.kept") + "\n" + quotedTo(r.Text.Plain, maxReplyQuote),
		Keyboard: rows(say, []bot.Button{over, button(say, "com_drop", bot.Data("com_drop", c.ID, 0, idOf(r.ID)))}, 2),
	}
}

// commentTaken names who has the comment, or has answered it.
func commentTaken(say locales.Printer, c social.Comment) string {
	if c.State == social.Answered {
		return say.Say("comment.answered_by", "who", c.Holder.Name, "at", c.Settled)
	}
	return say.Say("comment.taken_by", "who", c.Holder.Name, "since", say.Now().Sub(c.ClaimedAt))
}
