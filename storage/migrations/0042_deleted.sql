-- +goose Up

-- Since when the network does not show a post of ours that was live there; a second
-- look, some time later, makes it 'deleted'.
ALTER TABLE deliveries ADD COLUMN missed_at timestamptz;
