package storage

import (
	"context"
	"encoding/json"
	"fmt"
)

// takeoutUpdates returns what the person did in Telegram, as far as it is still kept
// as it came: in his own chat, and in groups whose comments we hear.
func (tx *Tx) takeoutUpdates(ctx context.Context, person int64) (rows []json.RawMessage, short bool, err error) {
	var telegram int64
	if err := tx.GetContext(ctx, &telegram, `SELECT telegram_id FROM people WHERE id = $1`, person); err != nil {
		return nil, false, err
	}
	var bodies [][]byte
	err = tx.SelectContext(ctx, &bodies, fmt.Sprintf(`
		SELECT coalesce(without, body) FROM inbox WHERE %s
		ORDER BY received_at DESC, update_id DESC LIMIT %d`, namesTelegram, takeoutRows+1), telegram)
	if err != nil {
		return nil, false, err
	}
	own := []json.RawMessage{}
	for _, body := range bodies {
		if update, ok := ownUpdate(body, telegram); ok {
			own = append(own, update)
		}
	}
	rows, short = newest(own)
	return rows, short, nil
}

// namesTelegram finds the updates of the private chat with the Telegram user $1, and
// others that name him. Telegram writes JSON without spaces.
const namesTelegram = `
	(key = $1 OR position(convert_to('"id":' || $1::bigint::text || ',', 'UTF8') IN body) > 0
		OR position(convert_to('"id":' || $1::bigint::text || '}', 'UTF8') IN body) > 0)`

// An ownPart is what somebody did, in an update: its fields, those of others apart.
type ownPart map[string]json.RawMessage

// othersFields are what is of other people in a message.
var othersFields = []string{
	"reply_to_message", "external_reply", "quote", "pinned_message", "forward_origin", "forward_from",
	"forward_from_chat", "forward_sender_name", "old_chat_member", "new_chat_members", "left_chat_member",
}

// ownUpdate leaves of an update what the Telegram user did; false: he did nothing in
// it, or it cannot be read.
func ownUpdate(body []byte, telegram int64) (json.RawMessage, bool) {
	var update ownPart
	if err := json.Unmarshal(body, &update); err != nil {
		return nil, false
	}
	own := ownPart{}
	for name, raw := range update {
		if name == "update_id" {
			own[name] = raw
			continue
		}
		var part ownPart
		if err := json.Unmarshal(raw, &part); err != nil || !part.by(telegram) {
			continue
		}
		for _, field := range othersFields {
			delete(part, field)
		}
		if name == "callback_query" {
			delete(part, "message") // the bot's words
		}
		if clean, err := json.Marshal(part); err == nil {
			own[name] = clean
		}
	}
	if len(own) < 2 {
		return nil, false
	}
	clean, err := json.Marshal(own)
	return clean, err == nil
}

func (p ownPart) by(telegram int64) bool {
	var from struct{ ID int64 }
	return json.Unmarshal(p["from"], &from) == nil && from.ID == telegram && telegram != 0
}
