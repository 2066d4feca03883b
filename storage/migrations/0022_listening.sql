-- +goose Up

-- Where the reading of an account's comments stands and when it goes on; NULL: they
-- are not asked for. When the threads of its posts are read as a whole again.
ALTER TABLE accounts
	ADD COLUMN listen_at timestamptz,
	ADD COLUMN listen_cursor text NOT NULL DEFAULT '',
	ADD COLUMN listen_tries int NOT NULL DEFAULT 0,
	ADD COLUMN sweep_at timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX accounts_listen ON accounts (listen_at) WHERE removed_at IS NULL AND NOT lost;
