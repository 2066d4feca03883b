package emulator

import (
	"cmp"
	stdjson "encoding/json"
	"regexp"
)

// profile is what the bot said about itself: commands by scope and language, texts by language.
type profile struct {
	commands map[string]json
	texts    map[string]string
	menu     json
}

// scope is a BotCommandScope.
type scope struct {
	Type   string `json:"type"`
	ChatID json   `json:"chat_id"`
	UserID int64  `json:"user_id"`
}

// BotCommand is a command in the menu.
type BotCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// commandKey says for whom a list of commands is.
func commandKey(c *call) (string, error) {
	s := scope{Type: "default"}
	if _, err := c.decode("scope", &s); err != nil {
		return "", badRequest("can't parse BotCommandScope")
	}
	switch s.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators", "chat_member":
	default:
		return "", badRequest("can't parse BotCommandScope: Unsupported type specified")
	}
	lang, err := language(c)
	return s.Type + " " + string(s.ChatID) + " " + itoa(s.UserID) + " " + lang, err
}

// language reads language_code: nothing, or two letters (ISO 639-1).
func language(c *call) (string, error) {
	lang := c.str("language_code")
	if lang == "" || len(lang) == 2 && lang[0] >= 'a' && lang[0] <= 'z' && lang[1] >= 'a' && lang[1] <= 'z' {
		return lang, nil
	}
	return "", badRequest("invalid language code specified")
}

func setMyCommands(e *Emulator, c *call) (any, error) {
	key, err := commandKey(c)
	if err != nil {
		return nil, err
	}
	var list []BotCommand
	if given, err := c.decode("commands", &list); err != nil || !given {
		return nil, badRequest("can't parse commands JSON object")
	}
	if len(list) > 100 {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	name := regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	for _, b := range list {
		if !name.MatchString(b.Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := len([]rune(b.Description)); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	e.profile.commands[key], err = stdjson.Marshal(list)
	return true, err
}

func getMyCommands(e *Emulator, c *call) (any, error) {
	key, err := commandKey(c)
	if err != nil {
		return nil, err
	}
	if list, ok := e.profile.commands[key]; ok {
		return list, nil
	}
	return json("[]"), nil
}

func deleteMyCommands(e *Emulator, c *call) (any, error) {
	key, err := commandKey(c)
	if err != nil {
		return nil, err
	}
	delete(e.profile.commands, key)
	return true, nil
}

// Commands is the menu that a person sees in the private chat, by Telegram's order of scopes: chat, all private chats, default,
// each in the person's language first.
func (e *Emulator) Commands(chat int64, lang string) []BotCommand {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range []string{"chat " + itoa(chat) + " 0 ", "all_private_chats  0 ", "default  0 "} {
		for _, l := range []string{lang, ""} {
			if raw, ok := e.profile.commands[s+l]; ok {
				var list []BotCommand
				_ = stdjson.Unmarshal(raw, &list) // setMyCommands wrote it
				return list
			}
		}
	}
	return nil
}

func setChatMenuButton(e *Emulator, c *call) (any, error) {
	button := json(c.str("menu_button"))
	if !c.has("menu_button") {
		button = json(`{"type":"default"}`)
	}
	var kind struct {
		Type string `json:"type"`
	}
	if err := stdjson.Unmarshal(button, &kind); err != nil || kind.Type != "commands" && kind.Type != "web_app" && kind.Type != "default" {
		return nil, badRequest("can't parse menu button: MenuButton has unsupported type")
	}
	if !c.has("chat_id") {
		e.profile.menu = button
		return true, nil
	}
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	ch.menu = button
	return true, nil
}

func getChatMenuButton(e *Emulator, c *call) (any, error) {
	if c.has("chat_id") {
		ch, err := e.chatOf(c, "chat_id")
		if err != nil {
			return nil, err
		}
		if ch.menu != nil {
			return ch.menu, nil
		}
	}
	if e.profile.menu != nil {
		return e.profile.menu, nil
	}
	return json(`{"type":"commands"}`), nil
}

// setText makes the method that sets one of the bot's texts in a language.
func setText(field string, limit int) method {
	return func(e *Emulator, c *call) (any, error) {
		lang, err := language(c)
		if err != nil {
			return nil, err
		}
		text := clean(c.str(field))
		if len([]rune(text)) > limit {
			return nil, badRequest("%s is too long", field)
		}
		if e.profile.texts == nil {
			e.profile.texts = map[string]string{}
		}
		e.profile.texts[field+" "+lang] = text
		return true, nil
	}
}

func getText(field string) method {
	return func(e *Emulator, c *call) (any, error) {
		lang, err := language(c)
		if err != nil {
			return nil, err
		}
		text := cmp.Or(e.profile.texts[field+" "+lang], e.profile.texts[field+" "])
		if field == "name" {
			text = e.profileName(lang)
		}
		return map[string]string{field: text}, nil
	}
}

// profileName is the bot's name for readers of a language; empty: for all others.
func (e *Emulator) profileName(lang string) string {
	return cmp.Or(e.profile.texts["name "+lang], e.opts.BotNames[lang], e.profile.texts["name "], e.bot.FirstName)
}

func getChat(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	out := map[string]any{"id": ch.ID, "type": ch.Type, "accent_color_id": 0, "max_reaction_count": 11,
		"accepted_gift_types": map[string]bool{"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false,
			"premium_subscription": false, "gifts_from_channels": false}}
	for k, v := range map[string]string{"title": ch.Title, "username": ch.Username, "first_name": ch.FirstName, "last_name": ch.LastName} {
		if v != "" {
			out[k] = v
		}
	}
	if ch.linked != 0 {
		out["linked_chat_id"] = ch.linked
	}
	if n := len(ch.pinned); n > 0 {
		if m, _ := ch.find(ch.pinned[n-1]); m != nil {
			out["pinned_message"] = m.asReply()
		}
	}
	return out, nil
}

// InviteLink is a link into a group or channel (ChatInviteLink).
type InviteLink struct {
	Link     string `json:"invite_link"`
	Creator  User   `json:"creator"`
	Requests bool   `json:"creates_join_request"`
	Primary  bool   `json:"is_primary"`
	Revoked  bool   `json:"is_revoked"`
	Name     string `json:"name,omitempty"`
	Expires  int64  `json:"expire_date,omitempty"`
	Limit    int64  `json:"member_limit,omitempty"`

	chat int64
}

func createChatInviteLink(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	if !ch.members[e.bot.ID].can("can_invite_users") {
		return nil, badRequest("not enough rights to manage chat invite link")
	}
	if len([]rune(c.str("name"))) > 32 {
		return nil, badRequest("invite link name is too long")
	}
	l := e.invitation(ch, e.bot)
	l.Name, l.Expires, l.Limit, l.Requests = c.str("name"), c.int("expire_date", 0), c.int("member_limit", 0), c.bool("creates_join_request")
	return l, nil
}

// invitation makes a link into a group or channel. The lock is held.
func (e *Emulator) invitation(ch *chat, by User) *InviteLink {
	l := &InviteLink{Link: "https://t.me/+" + hashOf([]byte(itoa(e.count("link"))))[:16], Creator: by, chat: ch.ID}
	e.links = append(e.links, l)
	return l
}

func setMessageReaction(e *Emulator, c *call) (any, error) {
	ch, err := e.chatOf(c, "chat_id")
	if err != nil {
		return nil, err
	}
	if err := e.readable(ch); err != nil {
		return nil, err
	}
	old, _ := ch.find(c.int("message_id", 0))
	if old == nil {
		return nil, badRequest("message to react not found")
	}
	var list []struct {
		Type  string `json:"type"`
		Emoji string `json:"emoji"`
	}
	if _, err := c.decode("reaction", &list); err != nil {
		return nil, badRequest("can't parse reaction types JSON object")
	}
	if len(list) > 1 {
		return nil, badRequest("REACTIONS_TOO_MANY")
	}
	now := *old
	now.Mood = ""
	if len(list) == 1 {
		if list[0].Type != "emoji" || list[0].Emoji == "" {
			return nil, badRequest("REACTION_INVALID")
		}
		now.Mood = list[0].Emoji
	}
	ch.replace(&now)
	return true, nil
}
