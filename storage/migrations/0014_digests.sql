-- +goose Up

-- When the digest of a brand's last week is due; long ago: nobody has looked yet.
ALTER TABLE brands ADD COLUMN digest_at timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX brands_digest ON brands (digest_at);

-- Who was given the digest of which week, claimed before it is sent. week is the day
-- on which the week begins, by the brand's clock.
CREATE TABLE digests (
	brand_id  bigint NOT NULL REFERENCES brands (id),
	person_id bigint NOT NULL REFERENCES people ON DELETE CASCADE,
	week      date NOT NULL,
	state     text NOT NULL, -- open, sending, sent, failed
	at        timestamptz NOT NULL,
	PRIMARY KEY (brand_id, person_id, week)
);

-- Who wants no digest of a brand.
CREATE TABLE digest_hushes (
	brand_id  bigint NOT NULL REFERENCES brands (id),
	person_id bigint NOT NULL REFERENCES people ON DELETE CASCADE,
	PRIMARY KEY (brand_id, person_id)
);

-- The comments of a week, whatever became of them.
CREATE INDEX comments_week ON comments (brand_id, at);

GRANT SELECT, INSERT, UPDATE, DELETE ON digests, digest_hushes TO peyk_clock;
GRANT SELECT ON digests TO peyk_bot;
GRANT SELECT, INSERT, DELETE ON digest_hushes TO peyk_bot;
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['digests', 'digest_hushes'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY clock ON %I TO peyk_clock USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY own ON %I TO peyk_bot USING (person_id = (SELECT me())
			AND brand_id = ANY ((SELECT mine(''brands''))::bigint[]))', t);
	END LOOP;
END $$;
-- +goose StatementEnd
