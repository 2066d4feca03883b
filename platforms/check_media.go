package platforms

import (
	"slices"
	"strings"

	"peyk/social"
)

// megabyte is the unit of the sizes that people read.
const megabyte = 1 << 20

// KindOn tells as what a platform would take the file: a picture or video that
// was sent as a file is a picture or video everywhere but on Telegram.
func KindOn(p social.Platform, m social.Media) social.MediaKind {
	switch {
	case p == social.Telegram || m.Kind != social.Document:
		return m.Kind
	case m.MIME == "image/gif":
		return social.Animation
	case strings.HasPrefix(m.MIME, "image/"):
		return social.Photo
	case strings.HasPrefix(m.MIME, "video/"):
		return social.Video
	}
	return m.Kind
}

func (c *checker) media(media []social.Media) {
	if len(media) < c.rules.Media.Min {
		c.say(IssueNeedsMedia, c.rules.Media.binds(c.account))
	}
	kinds := make([]social.MediaKind, len(media))
	for i, m := range media {
		kinds[i] = KindOn(c.account.Platform, m)
		if !slices.ContainsFunc(c.rules.Albums, func(r Row) bool { return r.takes(kinds[i]) }) {
			c.say(IssueWrongMedia, true, "kind", kinds[i], "n", i+1, "name", m.Name)
			return
		}
	}
	c.album(kinds)
	for i, m := range media {
		for _, row := range c.rules.Files {
			if row.takes(kinds[i]) {
				c.file(row, i+1, m)
			}
		}
	}
}

// album checks that the kinds may stand together and are not too many.
func (c *checker) album(kinds []social.MediaKind) {
	if len(kinds) == 0 {
		return
	}
	var widest Row
	for _, row := range c.rules.Albums {
		together := !slices.ContainsFunc(kinds, func(k social.MediaKind) bool { return !row.takes(k) })
		if together && row.Max > widest.Max {
			widest = row
		}
	}
	switch {
	case widest.Max == 0:
		c.say(IssueMixedAlbum, true)
	case len(kinds) > widest.Max:
		c.say(IssueTooManyMedia, widest.binds(c.account), "count", len(kinds), "limit", widest.Max)
	}
}

// file checks one file against a row; what is not known of the file (0, "") is
// not judged.
func (c *checker) file(row Row, n int, m social.Media) {
	say := func(code string, params ...any) {
		c.say(code, row.binds(c.account), append([]any{"n", n, "name", m.Name}, params...)...)
	}
	if row.Bytes > 0 && m.Size > row.Bytes {
		say(IssueFileTooBig, "size", int((m.Size+megabyte-1)/megabyte), "limit", int((row.Bytes+megabyte/2)/megabyte))
	}
	if len(row.Formats) > 0 && m.MIME != "" && !slices.Contains(row.Formats, m.MIME) {
		say(IssueFormat, "format", formatName(m.MIME))
	}
	if m.Width > 0 && m.Height > 0 && !row.shape(m.Width, m.Height) {
		say(IssueRatio, "width", m.Width, "height", m.Height)
	}
	switch {
	case m.Duration == 0:
	case m.Duration < row.MinTime:
		say(IssueTooShort, "seconds", m.Duration, "limit", row.MinTime)
	case row.MaxTime > 0 && m.Duration > row.MaxTime:
		say(IssueTooLongVideo, "seconds", m.Duration, "limit", row.MaxTime)
	}
}

// slack forgives the rounding of pixels in a ratio: 1080×1350 is 4:5, and so is
// 1080×1351.
const slack = 0.01

// shape tells whether the row takes a picture of this width and height.
func (r Row) shape(width, height int) bool {
	ratio := float64(width) / float64(height)
	switch {
	case r.Pixels > 0 && width+height > r.Pixels,
		r.Area > 0 && int64(width)*int64(height) > r.Area,
		r.RatioMin > 0 && ratio < r.RatioMin*(1-slack),
		r.RatioMax > 0 && ratio > r.RatioMax*(1+slack):
		return false
	}
	return true
}

// formatName is what people call a MIME type: image/png is PNG.
func formatName(mime string) string {
	_, name, _ := strings.Cut(mime, "/")
	return strings.ToUpper(name)
}
