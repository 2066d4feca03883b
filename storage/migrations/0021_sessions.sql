-- +goose Up

-- With what the program is signed in to the account of a network, sealed. Only the
-- clock reads it; whoever connects an account writes it.
CREATE TABLE sessions (
	account_id bigint PRIMARY KEY,
	brand_id   bigint NOT NULL,
	sealed     text NOT NULL,
	at         timestamptz NOT NULL,
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id)
);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON sessions TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON sessions TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
GRANT INSERT, DELETE, SELECT (account_id, brand_id) ON sessions TO peyk_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO peyk_clock;
