-- +goose Up

-- The addresses at which tools of the agency tell of comments on accounts that the
-- bot cannot listen to. The secret is sealed, and the clock alone reads it.
CREATE TABLE doors (
	account_id bigint PRIMARY KEY,
	brand_id   bigint NOT NULL,
	key        text NOT NULL UNIQUE,
	sealed     text NOT NULL,
	at         timestamptz NOT NULL,
	last_at    timestamptz,
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id)
);
ALTER TABLE doors ENABLE ROW LEVEL SECURITY;
ALTER TABLE doors FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON doors TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON doors TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
GRANT SELECT, INSERT, UPDATE, DELETE ON doors TO peyk_clock;
GRANT INSERT, DELETE, SELECT (account_id, brand_id, at, last_at), UPDATE (sealed, at) ON doors TO peyk_bot;

-- What has been told there and has no effect again, and comments that were deleted
-- before anybody told of them. Both are the clock's alone, and end with the address.
CREATE TABLE pushes (
	account_id bigint NOT NULL REFERENCES doors ON DELETE CASCADE,
	id         text NOT NULL,
	at         timestamptz NOT NULL,
	PRIMARY KEY (account_id, id)
);
CREATE INDEX pushes_at ON pushes (at);
CREATE TABLE burials (
	account_id bigint NOT NULL REFERENCES doors ON DELETE CASCADE,
	remote     text NOT NULL,
	at         timestamptz NOT NULL,
	PRIMARY KEY (account_id, remote)
);
CREATE INDEX burials_at ON burials (at);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['pushes', 'burials'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY clock ON %I TO peyk_clock USING (true) WITH CHECK (true)', t);
		EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO peyk_clock', t);
	END LOOP;
END $$;
-- +goose StatementEnd
