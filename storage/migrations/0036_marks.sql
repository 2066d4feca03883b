-- +goose Up

-- Whether it asks something, as a person says; null: as the judge does.
ALTER TABLE corrections ADD COLUMN question boolean;

-- Comments that came before there was a judge: mood is ''.
CREATE INDEX comments_unread ON comments (id) WHERE mood = '';
