-- +goose Up

-- What the server of an account allows, on networks of many servers, and when it is
-- asked again; NULL: it is not.
ALTER TABLE accounts
	ADD COLUMN limits jsonb NOT NULL DEFAULT '{}',
	ADD COLUMN limits_at timestamptz;
CREATE INDEX accounts_limits ON accounts (limits_at) WHERE removed_at IS NULL AND NOT lost;
