-- +goose Up

-- Whoever answers a card is looked up by its message.
CREATE INDEX cards_message ON cards (person_id, chat, message);
