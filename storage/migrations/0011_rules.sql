-- +goose Up

-- What a rule of the brand did with a comment.
ALTER TABLE comments ADD COLUMN ruled jsonb NOT NULL DEFAULT '{}';

-- When people hear how their brands' followers were answered, in minutes after
-- midnight; -1: never. mornings: of which days they were told, claimed before they
-- are.
ALTER TABLE people ADD COLUMN morning int NOT NULL DEFAULT 540;
CREATE TABLE mornings (
	person_id bigint NOT NULL REFERENCES people ON DELETE CASCADE,
	day       date NOT NULL,
	state     text NOT NULL, -- sending, sent, empty, failed
	at        timestamptz NOT NULL,
	PRIMARY KEY (person_id, day)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON mornings TO peyk_clock;
GRANT SELECT ON mornings TO peyk_bot;
ALTER TABLE mornings ENABLE ROW LEVEL SECURITY;
ALTER TABLE mornings FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON mornings TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY own ON mornings TO peyk_bot USING (person_id = (SELECT me()));
