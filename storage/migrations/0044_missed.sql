-- +goose Up

-- When the network was asked last whether a comment that waits is still there, and
-- since when it does not show it; a second look, some time later, makes it 'gone'.
ALTER TABLE comments ADD COLUMN looked_at timestamptz, ADD COLUMN missed_at timestamptz;
CREATE INDEX comments_missed ON comments (account_id) WHERE missed_at IS NOT NULL;
