package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"peyk/social"
)

// Telegram's longest text and caption, in code points after parsing, and the
// most files of an album (tdlib/telegram-bot-api 10.0 and Bot API 10.3, 2026).
const (
	MaxText    = 4096
	MaxCaption = 1024
	MaxAlbum   = 10
)

// A Message is what a chat is to show.
//
// With media: a text of up to MaxCaption code points is the caption, and the
// keyboard hangs under it. Albums take no keyboard, so when there are several
// files and a keyboard, or the text is too long for a caption, the media come
// first and the text follows as a reply to them.
//
// Nothing is cut: a text longer than MaxText goes out as several messages, parted
// at line ends, the keyboard under the last.
type Message struct {
	HTML      string // Telegram HTML, escaped
	Keyboard  [][]Button
	Media     []social.Media // named by FileID, else by Hash, which Open opens
	ReplyTo   int64          // a message id of the chat; sent without when it is gone
	Silent    bool
	NoPreview bool
	// ForceReply opens the reply field with this placeholder (1–64 characters).
	// Beside a keyboard it only opens the field.
	ForceReply string
	// Open opens a file that has no FileID yet; nil: the sender's own Open.
	Open func(ctx context.Context, hash string) (io.ReadCloser, error) `json:"-"`
}

// A Button does one thing: the first of Disabled, Data, URL and Copy that is set.
type Button struct {
	Text     string
	Data     string // callback data, see the function Data
	URL      string
	Copy     string // text to copy, 1–256 characters
	Style    string // success, danger, primary; empty: plain
	Disabled bool   // is shown and cannot be tapped
}

// Sent tells where a message stands. After an error it holds what had already
// been sent.
type Sent struct {
	MessageID int64    // the message with the keyboard, the text's end or the caption
	Media     []int64  // the other messages with media
	Parts     []int64  // the messages with the text's earlier parts
	FileIDs   []string // Telegram's ids of the media, in their order
}

// All returns the ids of all messages, from top to bottom.
func (s Sent) All() []int64 {
	all := slices.Concat(s.Media, s.Parts)
	if s.MessageID != 0 {
		all = append(all, s.MessageID)
	}
	slices.Sort(all) // as Telegram counts them
	return all
}

// The JSON of a button and its keyboard. The library's own types lack style,
// copy_text and disabled, and write an empty keyboard as null, which is refused.
type (
	wireButton struct {
		Text     string    `json:"text"`
		Data     string    `json:"callback_data,omitempty"`
		URL      string    `json:"url,omitempty"`
		Copy     *wireCopy `json:"copy_text,omitempty"`
		Style    string    `json:"style,omitempty"`
		Disabled *struct{} `json:"disabled,omitempty"`
	}
	wireCopy struct {
		Text string `json:"text"`
	}
	wireKeyboard struct {
		Rows  [][]wireButton `json:"inline_keyboard"`
		Reply bool           `json:"force_reply,omitempty"`
	}
	wireForce struct {
		Force       bool   `json:"force_reply"`
		Placeholder string `json:"input_field_placeholder,omitempty"`
	}
)

func (b Button) wire() wireButton {
	w := wireButton{Text: b.Text, Style: b.Style}
	switch {
	case b.Disabled:
		w.Disabled = &struct{}{}
	case b.Data != "":
		w.Data = b.Data
	case b.URL != "":
		w.URL = b.URL
	default:
		w.Copy = &wireCopy{b.Copy}
	}
	return w
}

// keyboard is the inline keyboard, never null.
func (m Message) keyboard() wireKeyboard {
	k := wireKeyboard{Rows: make([][]wireButton, 0, len(m.Keyboard)), Reply: m.ForceReply != ""}
	for _, row := range m.Keyboard {
		wired := make([]wireButton, 0, len(row))
		for _, b := range row {
			wired = append(wired, b.wire())
		}
		if len(wired) > 0 {
			k.Rows = append(k.Rows, wired)
		}
	}
	return k
}

// markup is the reply_markup of a message to be sent; nil: none.
func (m Message) markup() any {
	switch {
	case len(m.Keyboard) > 0:
		return m.keyboard()
	case m.ForceReply != "":
		return wireForce{true, m.ForceReply}
	}
	return nil
}

// valid finds faults of the program before Telegram does.
func (m Message) valid() error {
	if m.HTML == "" && len(m.Media) == 0 {
		return errors.New("a message with neither text nor media")
	}
	if m.HTML == "" && len(m.Media) > 1 && m.markup() != nil {
		return errors.New("a keyboard below several files needs a text")
	}
	for _, row := range m.Keyboard {
		for _, b := range row {
			if b.Text == "" {
				return errors.New("a button without a text")
			}
			if b.Data == "" || b.Disabled {
				continue
			}
			if err := checkData(b.Data); err != nil {
				return fmt.Errorf("the button %q: %w", b.Text, err)
			}
		}
	}
	return nil
}
