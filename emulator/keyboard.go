package emulator

import (
	stdjson "encoding/json"
	"net/url"
	"strings"
)

// Limits of keyboards (Bot API, InlineKeyboardButton and CopyTextButton; 100 buttons as measured by many).
const (
	maxCallbackData = 64 // bytes
	maxCopyText     = 256
	maxButtons      = 100
)

// Keyboard is an inline keyboard under a message.
type Keyboard struct {
	Rows       [][]Button `json:"inline_keyboard"`
	ForceReply bool       `json:"force_reply,omitempty"`
}

// Button is one button of an inline keyboard.
type Button struct {
	Text     string    `json:"text"`
	Icon     string    `json:"icon_custom_emoji_id,omitempty"`
	Style    string    `json:"style,omitempty"` // danger, primary, success
	URL      string    `json:"url,omitempty"`
	Data     string    `json:"callback_data,omitempty"`
	WebApp   json      `json:"web_app,omitempty"`
	Login    json      `json:"login_url,omitempty"`
	Switch   *string   `json:"switch_inline_query,omitempty"`
	SwitchIn *string   `json:"switch_inline_query_current_chat,omitempty"`
	Copy     *CopyText `json:"copy_text,omitempty"`
	Disabled *struct{} `json:"disabled,omitempty"`
}

// CopyText is what a button copies to the clipboard.
type CopyText struct {
	Text string `json:"text"`
}

// Buttons are all buttons of a keyboard, row by row; none for no keyboard.
func (k *Keyboard) Buttons() []Button {
	if k == nil {
		return nil
	}
	var out []Button
	for _, row := range k.Rows {
		out = append(out, row...)
	}
	return out
}

// markup reads reply_markup: an inline keyboard, or something for the input field.
func (c *call) markup() (*Keyboard, json, error) {
	raw := strings.TrimSpace(c.str("reply_markup"))
	if raw == "" || raw == "null" {
		return nil, nil, nil
	}
	if !stdjson.Valid([]byte(raw)) {
		return nil, nil, badRequest("can't parse reply keyboard markup JSON object")
	}
	fields, ok := fieldsOf(json(raw))
	if !ok {
		return nil, nil, badRequest("object expected as reply markup")
	}
	if rows := valueOf(fields, "inline_keyboard"); rows != nil {
		k, err := inlineKeyboard(rows)
		if k != nil {
			k.ForceReply = string(valueOf(fields, "force_reply")) == "true"
		}
		return k, nil, err
	}
	if rows := valueOf(fields, "keyboard"); rows != nil && !strings.HasPrefix(string(rows), "[") {
		return nil, nil, badRequest("field \"keyboard\" of the ReplyKeyboardMarkup must be an Array")
	}
	return nil, json(raw), nil
}

func inlineKeyboard(raw json) (*Keyboard, error) {
	rows, ok := itemsOf(raw)
	if !ok {
		return nil, badRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array")
	}
	k := &Keyboard{Rows: [][]Button{}}
	n := 0
	for _, r := range rows {
		row, err := buttonRow(r)
		if err != nil {
			return nil, err
		}
		if n += len(row); len(row) > 0 {
			k.Rows = append(k.Rows, row)
		}
	}
	switch {
	case n > maxButtons:
		return nil, badRequest("reply markup is too long")
	case n == 0:
		return nil, nil
	}
	return k, nil
}

func buttonRow(raw json) ([]Button, error) {
	cells, ok := itemsOf(raw)
	if !ok {
		return nil, badRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
	}
	var row []Button
	for _, cell := range cells {
		b, err := button(cell)
		if err != nil {
			return nil, err
		}
		row = append(row, b)
	}
	return row, nil
}

func button(raw json) (Button, error) {
	var b Button
	if err := stdjson.Unmarshal(raw, &b); err != nil {
		return b, badRequest("can't parse inline keyboard button: InlineKeyboardButton must be an Object with right fields")
	}
	b.Text = clean(b.Text)
	if strings.TrimSpace(b.Text) == "" {
		return b, badRequest("can't parse inline keyboard button: Button text must be non-empty")
	}
	switch b.Style {
	case "", "danger", "primary", "success":
	default:
		return b, badRequest("can't parse inline keyboard button: Invalid button style specified")
	}
	return b, b.checkAction(raw)
}

// checkAction wants exactly what the original takes: it looks for the first action and checks it.
func (b Button) checkAction(raw json) error {
	fields, _ := fieldsOf(raw) // button() has read it as an object already
	switch {
	case valueOf(fields, "url") != nil:
		if fault := linkFault(b.URL); fault != "" {
			return badRequest("inline keyboard button URL '%s' is invalid: %s", b.URL, fault)
		}
	case valueOf(fields, "callback_data") != nil:
		if n := len(b.Data); n < 1 || n > maxCallbackData {
			return badRequest("BUTTON_DATA_INVALID")
		}
	case b.Copy != nil:
		if n := len([]rune(b.Copy.Text)); n < 1 || n > maxCopyText {
			return badRequest("BUTTON_COPY_TEXT_INVALID")
		}
	case b.Disabled != nil, b.WebApp != nil, b.Login != nil, b.Switch != nil, b.SwitchIn != nil:
	default:
		return badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}

// linkFault is what is wrong with a link, in Telegram's words; empty when nothing is.
func linkFault(s string) string {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "Wrong HTTP URL"
	}
	switch strings.ToLower(u.Scheme) {
	case "tg":
		return ""
	case "http", "https":
		if strings.Contains(u.Hostname(), ".") {
			return ""
		}
		return "Wrong HTTP URL"
	}
	return "Unsupported URL protocol"
}
