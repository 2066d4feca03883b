package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// The rights of a channel's administrator that publishing needs or likes (Bot
// API 10.3, ChatMemberAdministrator).
const (
	RightPost   = "can_post_messages"
	RightEdit   = "can_edit_messages"
	RightDelete = "can_delete_messages"
)

// A Standing is what the bot may do in a channel.
type Standing struct {
	Lost    bool     // it is not in it: never was, left, or was removed
	Missing []string // rights without which nothing can be published
	Advised []string // rights without which a post cannot be corrected or taken back
}

// Rights reads a ChatMember of the bot itself: the result of getChatMember, or
// new_chat_member of a my_chat_member update.
func Rights(member json.RawMessage) (Standing, error) {
	m, err := readMember(member)
	if err != nil {
		return Standing{}, err
	}
	switch m.Status {
	case "creator":
		return Standing{}, nil
	case "administrator":
		return Standing{
			Missing: lacks(RightPost, m.Post),
			Advised: slices.Concat(lacks(RightEdit, m.Edit), lacks(RightDelete, m.Delete)),
		}, nil
	case "left", "kicked":
		return Standing{Lost: true}, nil
	case "member", "restricted":
		return Standing{Missing: []string{RightPost}, Advised: []string{RightEdit, RightDelete}}, nil
	}
	return Standing{}, fmt.Errorf("reading a chat member: unknown status %q", m.Status)
}

// A member is what we read of a ChatMember.
type member struct {
	Status string `json:"status"`
	Post   bool   `json:"can_post_messages"`
	Edit   bool   `json:"can_edit_messages"`
	Delete bool   `json:"can_delete_messages"`
}

func readMember(raw json.RawMessage) (member, error) {
	var m member
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("reading a chat member: %w", err)
	}
	return m, nil
}

func lacks(right string, given bool) []string {
	if given {
		return nil
	}
	return []string{right}
}

// A Channel is what Telegram tells about a chat in which the bot is.
type Channel struct {
	ID       int64
	Type     string // channel, supergroup, group, private
	Title    string
	Username string // without @; empty: the channel is private
	Standing Standing
}

// Inspect asks Telegram about a chat, by its number or @name, and what the bot
// may do there. A chat that the bot cannot see gives *platforms.AccountLost;
// other errors are those of Commit.
func Inspect(ctx context.Context, client Client, chat string) (Channel, error) {
	var found struct {
		ID       int64  `json:"id"`
		Type     string `json:"type"`
		Title    string `json:"title"`
		Username string `json:"username"`
	}
	if err := ask(ctx, client, "getChat", map[string]any{"chat_id": chatID(chat)}, &found); err != nil {
		return Channel{}, err
	}
	var me struct {
		ID int64 `json:"id"`
	}
	if err := ask(ctx, client, "getMe", map[string]any{}, &me); err != nil {
		return Channel{}, err
	}
	var member json.RawMessage
	if err := ask(ctx, client, "getChatMember", map[string]any{"chat_id": found.ID, "user_id": me.ID}, &member); err != nil {
		return Channel{}, err
	}
	standing, err := Rights(member)
	return Channel{ID: found.ID, Type: found.Type, Title: found.Title, Username: found.Username, Standing: standing}, err
}

// ask calls a method that only reads and decodes its result.
func ask(ctx context.Context, client Client, method string, params map[string]any, into any) error {
	result, err := client.Call(ctx, method, params, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", method, sorted(err))
	}
	if err := json.Unmarshal(result, into); err != nil {
		return fmt.Errorf("reading the answer to %s: %w", method, err)
	}
	return nil
}
