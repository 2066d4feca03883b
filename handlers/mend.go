package handlers

import (
	"slices"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// maxMended is for how many accounts a card has buttons that mend their trouble.
const maxMended = 3

// wordy tells whether a shorter text would help.
func wordy(code string) bool { return code == "too_long" || code == "caption_too_long" }

// forAccount is a button about one account of a post.
func forAccount(say locales.Printer, key, action string, p social.Post, a social.Account) bot.Button {
	return bot.Button{
		Text: say.Label("button."+key, "account", brief(accountName(say, a))), Data: bot.Data(action, p.ID, p.Version, idOf(a.ID)),
	}
}

// draftMends are the buttons under a draft that mend what a network would refuse
// about its text; the rest is mended by the buttons that a draft has anyway.
func draftMends(say locales.Printer, p social.Post, issues []social.Issue) [][]bot.Button {
	var keys [][]bot.Button
	mended := map[int64]bool{}
	for _, i := range issues {
		a, ok := accountOf(p, i.Account)
		if !ok || !i.Blocks || !wordy(i.Code) || mended[a.ID] || len(mended) == maxMended {
			continue
		}
		mended[a.ID] = true
		keys = append(keys, []bot.Button{forAccount(say, "shorten", "srt", p, a)})
		if len(p.Content.Targets) > 1 {
			keys = append(keys, []bot.Button{forAccount(say, "text_for", "vtx", p, a)})
		}
	}
	return keys
}

// issueMends give one account a shorter text, one of its own, or leave it out.
func issueMends(say locales.Printer, p social.Post, a social.Account, issues []social.Issue) [][]bot.Button {
	var keys [][]bot.Button
	if slices.ContainsFunc(issues, func(i social.Issue) bool { return i.Account == a.ID && i.Blocks && wordy(i.Code) }) {
		keys = append(keys, []bot.Button{forAccount(say, "shorten", "srt", p, a)})
	}
	return append(keys,
		[]bot.Button{forAccount(say, "text_for", "vtx", p, a)},
		[]bot.Button{forAccount(say, "without", "acc", p, a)})
}

// refusedMends are the ways out of a refused delivery: once more where nothing was
// wrong with the content, by hand where a person may have more luck, and while the
// post can still be changed a shorter text where that was the trouble.
func refusedMends(say locales.Printer, p social.Post, d social.Delivery) [][]bot.Button {
	a, ok := accountOf(p, d.Account)
	if !ok || d.State != social.Rejected {
		return nil
	}
	var keys [][]bot.Button
	if d.Repeatable() {
		label := say.Label("button.retry", "account", brief(accountName(say, a)))
		keys = append(keys, []bot.Button{{Text: label, Data: bot.Data("rty", d.ID, 0)}})
	}
	if wordy(d.Code) && p.Open() {
		keys = append(keys, []bot.Button{forAccount(say, "shorten", "srt", p, a)})
	}
	if !d.Unfit() {
		label := say.Label("button.take_over", "account", brief(accountName(say, a)))
		keys = append(keys, []bot.Button{{Text: label, Data: bot.Data("bhd", d.ID, 0)}})
	}
	return keys
}

// failedKeys are the ways out of a post that did not go out everywhere.
func failedKeys(say locales.Printer, p social.Post, actions ...string) [][]bot.Button {
	var keys [][]bot.Button
	pictures := false
	for _, d := range p.Deliveries {
		keys = append(keys, refusedMends(say, p, d)...)
		pictures = pictures || d.State == social.Rejected && d.AboutMedia()
	}
	var more []string
	if p.Repeatable() {
		more = append(more, "slt")
	}
	if pictures {
		more = append(more, "med")
	}
	return append(keys, rows(say, press(say, p, append(more, actions...)...), 2)...)
}
