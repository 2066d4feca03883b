-- +goose Up

-- What a brand wants to reach (social.Goal). start is where it stood at the moment since;
-- null: not known. due_at is where its last day ends; reached is where it stood when it
-- was reached or missed.
CREATE TABLE goals (
	brand_id   bigint NOT NULL REFERENCES brands (id),
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	metric     text NOT NULL,
	target     double precision NOT NULL CHECK (target > 0),
	start      double precision,
	since      timestamptz NOT NULL,
	due_at     timestamptz NOT NULL,
	state      text NOT NULL, -- open, reached, missed, ended
	reached    double precision,
	made_by    bigint NOT NULL REFERENCES people,
	created_at timestamptz NOT NULL,
	ended_at   timestamptz,
	PRIMARY KEY (brand_id, id)
);
CREATE UNIQUE INDEX goals_open ON goals (brand_id, metric) WHERE state = 'open';

GRANT SELECT, INSERT, UPDATE, DELETE ON goals TO peyk_clock;
GRANT SELECT, INSERT, UPDATE ON goals TO peyk_bot;
ALTER TABLE goals ENABLE ROW LEVEL SECURITY;
ALTER TABLE goals FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON goals TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON goals TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
