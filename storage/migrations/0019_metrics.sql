-- +goose Up

-- Figures of accounts, and of posts on them (post_id). at is the moment of which one
-- tells, found_at when it came to us: of two about one moment the later counts.
CREATE TABLE snapshots (
	brand_id   bigint NOT NULL,
	account_id bigint NOT NULL,
	post_id    bigint,
	metric     text NOT NULL,
	at         timestamptz NOT NULL,
	value      bigint NOT NULL CHECK (value >= 0),
	found_at   timestamptz NOT NULL,
	source     text NOT NULL,
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id),
	FOREIGN KEY (brand_id, post_id) REFERENCES posts (brand_id, id)
);
CREATE UNIQUE INDEX snapshots_once ON snapshots (account_id, post_id, metric, at) INCLUDE (value) NULLS NOT DISTINCT;

-- When the figures of an account are asked for next, how often that has failed since
-- it last did not, and why; long ago: nobody has asked yet.
ALTER TABLE accounts
	ADD COLUMN count_at timestamptz NOT NULL DEFAULT '-infinity',
	ADD COLUMN count_tries int NOT NULL DEFAULT 0,
	ADD COLUMN count_code text NOT NULL DEFAULT '';
CREATE INDEX accounts_count ON accounts (count_at) WHERE removed_at IS NULL AND NOT by_hand;

-- Since when a post is live on an account, and the same for its own figures. What was
-- live before this table was is not looked at: nobody has heard its reactions.
ALTER TABLE deliveries
	ADD COLUMN live_at timestamptz,
	ADD COLUMN look_at timestamptz,
	ADD COLUMN look_tries int NOT NULL DEFAULT 0;
CREATE INDEX deliveries_look ON deliveries (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX deliveries_live ON deliveries (account_id, live_at) INCLUDE (post_id) WHERE live_at IS NOT NULL;
-- An album has several ids; its reactions are those of the first.
CREATE INDEX deliveries_remote ON deliveries (account_id, split_part(remote, ',', 1)) WHERE live_at IS NOT NULL;
CREATE INDEX threads_remote ON threads (account_id, remote);

GRANT SELECT, INSERT, UPDATE, DELETE ON snapshots TO peyk_clock;
GRANT SELECT, INSERT, UPDATE ON snapshots TO peyk_bot;
ALTER TABLE snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE snapshots FORCE ROW LEVEL SECURITY;
CREATE POLICY clock ON snapshots TO peyk_clock USING (true) WITH CHECK (true);
CREATE POLICY brand ON snapshots TO peyk_bot USING (brand_id = ANY ((SELECT mine('brands'))::bigint[]));
