-- +goose Up

-- What people were told lately of comments that have waited too long.
CREATE INDEX events_reminders ON events (agency_id, at) WHERE kind IN ('comment.overdue', 'comment.stale');
