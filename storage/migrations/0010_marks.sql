-- +goose Up

-- What the words of a comment say. judged is what the judge has read; mood, spam
-- and question are what counts, a person's corrections included. mood '': nobody
-- has read the comment yet.
ALTER TABLE comments
	DROP COLUMN mark,
	ADD COLUMN judged jsonb,
	ADD COLUMN mood text NOT NULL DEFAULT '',
	ADD COLUMN spam boolean NOT NULL DEFAULT false,
	ADD COLUMN question boolean NOT NULL DEFAULT false;
CREATE INDEX comments_negative ON comments (brand_id, id)
	WHERE mood = 'negative' AND state IN ('new', 'claimed', 'answering', 'later');

-- What people have said of comments in place of the judge. gist: the letters of the
-- words that they have read.
CREATE TABLE corrections (
	brand_id   bigint NOT NULL,
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	comment_id bigint NOT NULL,
	person_id  bigint NOT NULL REFERENCES people,
	text       text NOT NULL, -- as they have read it
	gist       text NOT NULL,
	judged     jsonb NOT NULL, -- what the judge had made of it
	mood       text NOT NULL DEFAULT '',
	spam       boolean,
	at         timestamptz NOT NULL,
	PRIMARY KEY (brand_id, id),
	FOREIGN KEY (brand_id, comment_id) REFERENCES comments (brand_id, id)
);
CREATE INDEX corrections_comment ON corrections (comment_id, id);

-- How often a kept reply answered comments of each mood: {"negative": 3}.
ALTER TABLE saved_replies ADD COLUMN fits jsonb NOT NULL DEFAULT '{}';

GRANT SELECT, INSERT, UPDATE, DELETE ON corrections TO peyk_clock;
GRANT SELECT, INSERT ON corrections TO peyk_bot;
ALTER TABLE corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON corrections TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON corrections TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
