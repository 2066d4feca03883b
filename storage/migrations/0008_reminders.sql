-- +goose Up

-- When the approvers were asked who are asked now, and when they are reminded next.
ALTER TABLE posts ADD COLUMN asked_at timestamptz, ADD COLUMN remind_at timestamptz;
CREATE INDEX posts_reminders ON posts (remind_at) WHERE state = 'review' AND remind_at IS NOT NULL;
