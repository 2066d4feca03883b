-- +goose Up

-- What people of a brand want to do about its figures (social.ActionPlan). cause is why,
-- with the figure as it was; due_at is in the morning of the day on which they are asked
-- whether it helped. Without begun_at it is a draft that one person chooses from, or was.
CREATE TABLE plans (
	brand_id   bigint NOT NULL REFERENCES brands (id),
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	state      text NOT NULL, -- draft, open, asked, helped, vain, dropped
	cause      jsonb NOT NULL,
	actions    jsonb NOT NULL,
	owner_id   bigint NOT NULL REFERENCES people,
	made_by    bigint NOT NULL REFERENCES people,
	due_at     timestamptz NOT NULL,
	created_at timestamptz NOT NULL,
	begun_at   timestamptz,
	ended_at   timestamptz,
	PRIMARY KEY (brand_id, id)
);
CREATE INDEX plans_due ON plans (due_at) WHERE state = 'open';
-- A fall has one plan under way at most.
CREATE UNIQUE INDEX plans_fall ON plans (brand_id, (cause ->> 'week'))
	WHERE state IN ('open', 'asked') AND (cause ->> 'fall') = 'true';

GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO peyk_clock;
GRANT SELECT, INSERT, UPDATE ON plans TO peyk_bot;
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON plans TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON plans TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
