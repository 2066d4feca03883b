-- +goose Up

-- For which digest the pictures of a brand were drawn ahead: the digest_at of then.
ALTER TABLE brands ADD COLUMN drawn_at timestamptz NOT NULL DEFAULT '-infinity';
