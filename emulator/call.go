package emulator

import (
	"context"
	stdjson "encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// failure is a refusal in Telegram's words, as it goes over the wire.
type failure struct {
	Code        int
	Description string
	RetryAfter  int   // seconds, with code 429
	MigrateTo   int64 // the supergroup that replaced a group
}

// Error gives Telegram's description.
func (e *failure) Error() string { return e.Description }

func badRequest(format string, args ...any) *failure {
	return &failure{Code: 400, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) *failure {
	return &failure{Code: 403, Description: "Forbidden: " + fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) *failure {
	return &failure{Code: 409, Description: "Conflict: " + fmt.Sprintf(format, args...)}
}

// method carries out one call with the emulator's lock held; what it returns is marshalled before the lock is given back.
type method func(e *Emulator, c *call) (any, error)

// upload is a file that came in a multipart body.
type upload struct {
	field, name, mime string
	data              []byte
}

// call is one request of the bot. Every parameter is text, as for the original: JSON values keep their JSON form.
type call struct {
	ctx    context.Context
	name   string // as the bot wrote it
	params map[string]string
	files  map[string]upload
}

func (c *call) str(name string) string { return c.params[name] }

func (c *call) has(name string) bool { return c.params[name] != "" }

// int reads a whole number; like the original it takes what is not a number as the default.
func (c *call) int(name string, def int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(c.params[name]), 10, 64)
	if err != nil {
		return def
	}
	return n
}

func (c *call) bool(name string) bool {
	switch strings.ToLower(strings.TrimSpace(c.params[name])) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// decode reads a JSON parameter. Absent and null leave v as it is and give false.
func (c *call) decode(name string, v any) (bool, error) {
	s := strings.TrimSpace(c.params[name])
	if s == "" || s == "null" {
		return false, nil
	}
	if err := stdjson.Unmarshal([]byte(s), v); err != nil {
		return false, badRequest("can't parse %s JSON object", strings.ReplaceAll(name, "_", " "))
	}
	return true, nil
}

// check refuses what no parameter may hold.
func (c *call) check() error {
	for _, v := range c.params {
		if !utf8.ValidString(v) {
			return badRequest("strings must be encoded in UTF-8")
		}
	}
	return nil
}

// chatID is the chat of a call as a number; 0 when it names none. The lock is held.
func (e *Emulator) chatID(c *call) int64 {
	s := strings.TrimSpace(c.str("chat_id"))
	if ch := e.chatNamed(s); ch != nil {
		return ch.ID
	}
	id, _ := strconv.ParseInt(s, 10, 64) // no number: no chat
	return id
}

// chatNamed finds a channel or group by @username; nil when there is none.
func (e *Emulator) chatNamed(s string) *chat {
	name, ok := strings.CutPrefix(s, "@")
	if !ok {
		return nil
	}
	for _, ch := range e.chats {
		if ch.Type != Private && strings.EqualFold(ch.Username, name) {
			return ch
		}
	}
	return nil
}

// chatOf finds the chat that a parameter names by id or @username.
func (e *Emulator) chatOf(c *call, param string) (*chat, error) {
	s := strings.TrimSpace(c.str(param))
	if s == "" {
		return nil, badRequest("%s is empty", param)
	}
	if ch := e.chatNamed(s); ch != nil {
		return ch, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	ch := e.chats[id]
	if err != nil || ch == nil {
		return nil, badRequest("chat not found")
	}
	if ch.migratedTo != 0 {
		return nil, &failure{Code: 400, MigrateTo: ch.migratedTo,
			Description: "Bad Request: group chat was upgraded to a supergroup chat"}
	}
	return ch, nil
}
