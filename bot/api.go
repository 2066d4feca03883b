package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// ErrTooBig is a file that is larger than the caller allows or Telegram gives out.
var ErrTooBig = errors.New("the file is too big")

// ask calls a method and reads its result.
func (c *Client) ask(ctx context.Context, method string, params map[string]any, into any) error {
	raw, err := c.Call(ctx, method, params)
	if err != nil {
		return err
	}
	if err := lenient(raw, into); err != nil {
		return fmt.Errorf("reading the result of %s: %w", method, err)
	}
	return nil
}

// Me returns the bot's own account.
func (c *Client) Me(ctx context.Context) (User, error) {
	var me User
	err := c.ask(ctx, "getMe", nil, &me)
	return me.clean(), err
}

// Chat looks a chat up, by its id or by "@name".
func (c *Client) Chat(ctx context.Context, chat any) (Chat, error) {
	var found Chat
	err := c.ask(ctx, "getChat", map[string]any{"chat_id": chat}, &found)
	return found.clean(), err
}

// Member looks up somebody's standing in a chat.
func (c *Client) Member(ctx context.Context, chat, user int64) (ChatMember, error) {
	raw, err := c.Call(ctx, "getChatMember", map[string]any{"chat_id": chat, "user_id": user})
	if err != nil {
		return ChatMember{}, err
	}
	return readMember(raw), nil
}

// Leave makes the bot leave a group or channel.
func (c *Client) Leave(ctx context.Context, chat int64) error {
	_, err := c.Call(ctx, "leaveChat", map[string]any{"chat_id": chat})
	return err
}

// A Command is one line of the command menu.
type Command struct {
	Name string `json:"command"`
	Text string `json:"description"`
}

// SetCommands sets the command menu of a scope ("default", "all_private_chats",
// "all_group_chats", "all_chat_administrators") for readers of a language (two
// letters; empty: all others).
func (c *Client) SetCommands(ctx context.Context, scope, language string, list []Command) error {
	params := map[string]any{"commands": list, "scope": map[string]string{"type": scope}}
	if language != "" {
		params["language_code"] = language
	}
	_, err := c.Call(ctx, "setMyCommands", params)
	return err
}

// SetChatCommands sets the command menu of one chat, whatever the language of its
// reader's app; an empty one makes it that of all private chats again.
func (c *Client) SetChatCommands(ctx context.Context, chat int64, list []Command) error {
	params := map[string]any{"scope": map[string]any{"type": "chat", "chat_id": chat}}
	method := "deleteMyCommands"
	if len(list) > 0 {
		method, params["commands"] = "setMyCommands", list
	}
	_, err := c.Call(ctx, method, params)
	return err
}

// Describe says what the bot is for in its profile and in an empty chat, to
// readers of a language (as for SetCommands), unless the operator has said it:
// his words stay.
func (c *Client) Describe(ctx context.Context, language, short, long string) error {
	texts := []struct{ method, field, text string }{
		{"MyShortDescription", "short_description", short}, {"MyDescription", "description", long},
	}
	for _, t := range texts {
		params := map[string]any{}
		if language != "" {
			params["language_code"] = language
		}
		var now map[string]string
		if err := c.ask(ctx, "get"+t.method, params, &now); err != nil {
			return err
		}
		if now[t.field] != "" {
			continue
		}
		params[t.field] = t.text
		if _, err := c.Call(ctx, "set"+t.method, params); err != nil {
			return err
		}
	}
	return nil
}

// Download fetches a file that somebody sent, of at most limit bytes. Telegram
// gives out files of up to social.MaxDownload (Bot API 10.3, getFile); beyond
// either the error is ErrTooBig. The address holds the token: it is used once,
// here, and kept nowhere.
func (c *Client) Download(ctx context.Context, fileID string, limit int64) ([]byte, error) {
	var file struct {
		Path string `json:"file_path"`
		Size int64  `json:"file_size"`
	}
	if err := c.ask(ctx, "getFile", map[string]any{"file_id": fileID}, &file); err != nil {
		if says(err, 400, "file is too big") {
			return nil, fmt.Errorf("%w: %w", ErrTooBig, err)
		}
		return nil, err
	}
	if file.Size > limit {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooBig, file.Size)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	data, err := c.fetch(ctx, file.Path, limit)
	if err != nil && !errors.Is(err, ErrTooBig) {
		e := &Error{Method: "download", Description: c.scrub(bareError(err)), cause: known(err)}
		var bad *badAnswer
		if errors.As(err, &bad) {
			e.Code = bad.status // 404: the file is gone
		}
		return nil, e
	}
	return data, err
}

// fetch reads a file of the server, at most limit bytes. Its errors may hold the
// token.
func (c *Client) fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	address := c.api + "/file/bot" + c.token + "/" + (&url.URL{Path: path}).EscapedPath()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &badAnswer{resp.StatusCode}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, ErrTooBig
	}
	return data, nil
}
