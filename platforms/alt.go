package platforms

import "peyk/social"

// Alt measures what is said of a file, for those who do not see it, as the account's
// network counts it, and tells the limit; 0: it takes no descriptions of such files.
func Alt(a social.Account, m social.Media) (n, limit int) {
	row := RulesOf(a).Alt
	if a.ByHand || !row.takes(KindOn(a.Platform, m)) {
		return 0, 0
	}
	return row.count(m.Alt), row.Max
}

// alt checks the descriptions of the files, and counts those that have none.
func (c *checker) alt(media []social.Media) {
	missing := 0
	for i, m := range media {
		n, limit := Alt(c.account, m)
		switch {
		case limit == 0:
		case n == 0:
			missing++
		case n > limit:
			c.say(IssueAltTooLong, c.rules.Alt.binds(c.account), "n", i+1, "name", m.Name, "over", n-limit, "limit", limit)
		}
	}
	if missing > 0 {
		c.say(IssueNoAlt, false, "count", missing)
	}
}
