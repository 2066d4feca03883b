-- +goose Up

-- When somebody may ask for his data again.
ALTER TABLE people ADD COLUMN takeout_after timestamptz NOT NULL DEFAULT '-infinity';

-- Whoever had his data deleted: a row that what he did can refer to, and no way to
-- reach him.
ALTER TABLE people ALTER COLUMN telegram_id DROP NOT NULL;

-- The update with which somebody asked for that is deleted as soon as it is done.
ALTER TABLE inbox ADD COLUMN forget boolean NOT NULL DEFAULT false;
