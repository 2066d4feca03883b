package social

import (
	"strings"
	"unicode/utf8"
)

// maxGuide is the longest voice, and the longest standards, in code points.
const maxGuide = 1000

// ErrGuideLong refuses a guide that nobody would read while a follower waits.
const ErrGuideLong = Rule("guide_long")

// A Guide is a part of what the brand tells those who answer for it.
type Guide string

// The parts of the guide.
const (
	VoiceGuide     Guide = "voice"     // how the brand speaks
	StandardsGuide Guide = "standards" // what it promises in public
)

// Guides lists the parts in the order in which people read them.
func Guides() []Guide { return []Guide{VoiceGuide, StandardsGuide} }

// Guided tells whether the brand has told anything.
func (b Brand) Guided() bool { return b.Rules.Voice != "" || b.Rules.Standards != "" }

// Guide returns one part.
func (b Brand) Guide(part Guide) string {
	if part == VoiceGuide {
		return b.Rules.Voice
	}
	return b.Rules.Standards
}

// WriteGuide sets one part of the guide; an empty text clears it.
func WriteGuide(part Guide, text string) Setting {
	return setup(func(b *Brand) error {
		text := strings.TrimSpace(text)
		if utf8.RuneCountInString(text) > maxGuide {
			return ErrGuideLong
		}
		switch part {
		case VoiceGuide:
			b.Rules.Voice = text
		case StandardsGuide:
			b.Rules.Standards = text
		default:
			return ErrOutdated
		}
		return nil
	})
}
