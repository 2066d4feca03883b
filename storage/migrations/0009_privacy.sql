-- +goose Up

-- When somebody may ask for his data again.
ALTER TABLE people ADD COLUMN takeout_after timestamptz NOT NULL DEFAULT '-infinity';
