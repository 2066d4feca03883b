-- +goose Up

-- What has fallen (social.Drop), in the week in which it was found. A brand has one
-- open fall at most: while it is open nobody is told again.
CREATE TABLE drops (
	brand_id  bigint NOT NULL REFERENCES brands (id),
	week      date NOT NULL,
	fall      jsonb NOT NULL,
	opened_at timestamptz NOT NULL,
	closed_at timestamptz,
	PRIMARY KEY (brand_id, week)
);
CREATE UNIQUE INDEX drops_open ON drops (brand_id) WHERE closed_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON drops TO peyk_clock;
GRANT SELECT ON drops TO peyk_bot;
ALTER TABLE drops ENABLE ROW LEVEL SECURITY;
ALTER TABLE drops FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON drops TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON drops TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
