package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"peyk/social"
)

// Conceal records that the updates which ctx belongs to hold a secret. What they
// say goes as soon as they are handled, done or put aside; until then a crash finds
// it there. It does not mark them as handled.
func (s *Store) Conceal(ctx context.Context) error {
	h, ok := social.IncomingFrom(ctx)
	if !ok || h.Marked {
		return nil
	}
	return s.open(ctx, s.bot, takingIn(h.Bot), func(tx *Tx) error {
		for _, in := range h.All() {
			_, err := tx.ExecContext(ctx, `
				UPDATE inbox SET without = $3 WHERE bot = $1 AND update_id = $2`, in.Bot, in.ID, unsaid(in.Body))
			if err != nil {
				return fmt.Errorf("concealing update %d: %w", in.ID, err)
			}
		}
		return nil
	})
}

// kept are the fields of a message that say who wrote where and when.
var kept = []string{"message_id", "date", "chat", "from", "media_group_id"}

// unsaid is an update without what its message says.
func unsaid(body []byte) []byte {
	var update map[string]json.RawMessage
	if json.Unmarshal(body, &update) != nil {
		return []byte("{}")
	}
	for name, raw := range update {
		if name == "update_id" {
			continue
		}
		var message map[string]json.RawMessage
		if json.Unmarshal(raw, &message) != nil {
			delete(update, name)
			continue
		}
		remains := map[string]json.RawMessage{}
		for _, field := range kept {
			if value, ok := message[field]; ok {
				remains[field] = value
			}
		}
		update[name], _ = json.Marshal(remains) // raw JSON always marshals
	}
	short, _ := json.Marshal(update) // as above
	return short
}
