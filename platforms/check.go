package platforms

import (
	"slices"

	"peyk/social"
)

// The codes of issues: locale keys "issue.<code>". Every issue has the parameter
// "platform" (social.Platform); the others are named behind each. Sizes are in
// megabytes, rounded up for the file; n is the file's place from 1, name its own
// name, which may be empty.
const (
	IssueTooLong        = "too_long"         // over, length, limit
	IssueCaptionTooLong = "caption_too_long" // over, length, limit: fits as a text, not beside media
	IssueEmpty          = "empty"
	IssueNeedsMedia     = "needs_media"
	IssueTooManyMedia   = "too_many_media"    // count, limit
	IssueWrongMedia     = "wrong_media"       // kind (social.MediaKind), n, name
	IssueMixedAlbum     = "mixed_album"       // kinds that cannot stand together
	IssueManyHashtags   = "too_many_hashtags" // count, limit
	IssueManyMentions   = "too_many_mentions" // count, limit
	IssueFileTooBig     = "file_too_big"      // n, name, size, limit
	IssueRatio          = "ratio"             // n, name, width, height
	IssueFormat         = "format"            // n, name, format
	IssueTooShort       = "video_too_short"   // n, name, seconds, limit
	IssueTooLongVideo   = "video_too_long"    // n, name, seconds, limit
	IssueLinkDead       = "link_not_clickable"
	IssueMarksLost      = "formatting_lost" // bold and the like are not shown there
	IssueLinkLost       = "link_lost"       // an address hidden behind words is not shown there
	IssueFirstComment   = "no_first_comment"
	IssueAltTooLong     = "alt_too_long" // n, name, over, limit
	IssueNoAlt          = "no_alt"       // count: pictures of which nobody has said what is to be seen
	IssueAccountLost    = "account_lost"
	IssueRightsMissing  = "rights_missing" // rights ([]string, as the platform names them)
)

// Length measures the variant's text as the account's platform counts it, and tells
// the limit for it: a caption's where it has media, and a smaller one where the
// platform limits the bytes too and this text fills them sooner.
func Length(a social.Account, v social.Variant) (n, limit int) {
	row := RulesOf(a).limit(v)
	return row.count(v.Text.Plain), row.room(v.Text.Plain)
}

// Check lists what the platform would refuse about the variant and what people
// should know, those that block first. It does no I/O and changes nothing.
func Check(a social.Account, v social.Variant) []social.Issue {
	c := &checker{account: a, rules: RulesOf(a)}
	c.reach()
	c.text(v)
	c.tags(v.Text.Plain)
	c.media(v.Media)
	c.alt(v.Media)
	c.look(v)
	slices.SortStableFunc(c.issues, func(a, b social.Issue) int { return rank(a) - rank(b) })
	return c.issues
}

// Blocks tells whether any of the issues stops the post.
func Blocks(issues []social.Issue) bool {
	return slices.ContainsFunc(issues, func(i social.Issue) bool { return i.Blocks })
}

func rank(i social.Issue) int {
	if i.Blocks {
		return 0
	}
	return 1
}

type checker struct {
	account social.Account
	rules   RuleSet
	issues  []social.Issue
}

// say adds an issue; params are names and values in turn.
func (c *checker) say(code string, blocks bool, params ...any) {
	i := social.Issue{Code: code, Blocks: blocks, Account: c.account.ID, Params: map[string]any{"platform": c.account.Platform}}
	for k := 0; k+1 < len(params); k += 2 {
		i.Params[params[k].(string)] = params[k+1]
	}
	c.issues = append(c.issues, i)
}

// reach checks that the account can be published on at all.
func (c *checker) reach() {
	switch {
	case c.account.ByHand:
	case c.account.Lost:
		c.say(IssueAccountLost, true)
	case len(c.account.Missing) > 0:
		c.say(IssueRightsMissing, true, "rights", slices.Clone(c.account.Missing))
	}
}

func (c *checker) text(v social.Variant) {
	if v.Text.Empty() && len(v.Media) == 0 {
		c.say(IssueEmpty, true)
		return
	}
	row := c.rules.limit(v)
	length := row.count(v.Text.Plain)
	row.Max = row.room(v.Text.Plain)
	if length <= row.Max {
		return
	}
	code := IssueTooLong
	if alone := c.rules.Text; alone.count(v.Text.Plain) <= alone.room(v.Text.Plain) {
		code = IssueCaptionTooLong
	}
	c.say(code, row.binds(c.account), "over", length-row.Max, "length", length, "limit", row.Max)
}

func (c *checker) tags(text string) {
	c.atMost(c.rules.Hashtags, IssueManyHashtags, len(Hashtags(text)))
	c.atMost(c.rules.Mentions, IssueManyMentions, len(Mentions(text)))
}

func (c *checker) atMost(row Row, code string, count int) {
	if row.Max > 0 && count > row.Max {
		c.say(code, row.binds(c.account), "count", count, "limit", row.Max)
	}
}

// look checks what would go missing from the text without the platform refusing.
func (c *checker) look(v social.Variant) {
	if c.rules.Links.Dead && (len(Links(v.Text.Plain)) > 0 || has(v.Text, hidesLink)) {
		c.say(IssueLinkDead, false)
	}
	linked := []social.Platform{social.Telegram, social.Bluesky}
	if has(v.Text, hidesLink) && !slices.Contains(linked, c.account.Platform) {
		c.say(IssueLinkLost, false)
	}
	if has(v.Text, styles) && c.account.Platform != social.Telegram {
		c.say(IssueMarksLost, false)
	}
	if v.FirstComment != "" && !c.account.ByHand {
		c.say(IssueFirstComment, true)
	}
}

func has(t social.Text, is func(social.Mark) bool) bool { return slices.ContainsFunc(t.Marks, is) }

func hidesLink(m social.Mark) bool { return m.Type == "text_link" }

func styles(m social.Mark) bool {
	return slices.Contains([]string{"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre",
		"blockquote", "expandable_blockquote"}, m.Type)
}
