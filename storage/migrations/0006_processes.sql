-- +goose Up

-- The processes that serve, by their own word: they share Telegram's limits.
CREATE TABLE processes (
	id      text PRIMARY KEY,
	seen_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON processes TO peyk_clock;
