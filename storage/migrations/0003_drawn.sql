-- +goose Up

-- How often a post has changed: what is drawn of it bears this number, so that an
-- older drawing is told from a newer one.
ALTER TABLE posts ADD COLUMN revision int NOT NULL DEFAULT 1;

-- A card is claimed by the event because of which it is sent, before it is sent.
-- was: where it was and what it showed before it was last saved: {Message, Media, Chat, Drawn}.
ALTER TABLE cards
	ADD COLUMN drawn int NOT NULL DEFAULT 0,
	ADD COLUMN claim bigint NOT NULL DEFAULT 0,
	ADD COLUMN claimed_at timestamptz,
	ADD COLUMN was jsonb NOT NULL DEFAULT '{}';
