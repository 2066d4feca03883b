-- +goose Up

-- People are known to the bot across agencies; what they may see is below.
CREATE TABLE people (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	telegram_id bigint NOT NULL UNIQUE,
	name        text NOT NULL,
	username    text NOT NULL DEFAULT '',
	lang        text NOT NULL CHECK (lang IN ('fa', 'en')),
	lang_chosen boolean NOT NULL DEFAULT false,
	zone        text NOT NULL DEFAULT '',
	calendar    text NOT NULL DEFAULT '',
	reachable   boolean NOT NULL DEFAULT true,
	created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agencies (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name       text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE brands (
	agency_id  bigint NOT NULL REFERENCES agencies,
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	name       text NOT NULL,
	zone       text NOT NULL,
	calendar   text NOT NULL,
	rules      jsonb NOT NULL,
	slots      jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (agency_id, id)
);

-- brand_id is null for a place in the whole agency: its owners.
CREATE TABLE members (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	agency_id bigint NOT NULL REFERENCES agencies,
	brand_id  bigint,
	person_id bigint NOT NULL REFERENCES people,
	role      text NOT NULL CHECK (role IN ('owner', 'manager', 'editor', 'responder', 'approver', 'viewer')),
	joined_at timestamptz NOT NULL DEFAULT now(),
	left_at   timestamptz,
	FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id),
	CHECK ((brand_id IS NULL) = (role = 'owner'))
);
CREATE UNIQUE INDEX members_place ON members (agency_id, coalesce(brand_id, 0), person_id) WHERE left_at IS NULL;
CREATE INDEX members_person ON members (person_id);
CREATE INDEX members_brand ON members (brand_id) WHERE left_at IS NULL;

-- Only the hash of a token is kept.
CREATE TABLE invitations (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	agency_id  bigint REFERENCES agencies,
	brand_id   bigint,
	role       text NOT NULL,
	hash       bytea NOT NULL UNIQUE,
	made_by    bigint REFERENCES people,
	person_id  bigint REFERENCES people,
	state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'bound', 'confirmed', 'refused')),
	expires_at timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	FOREIGN KEY (agency_id, brand_id) REFERENCES brands (agency_id, id)
);

CREATE INDEX invitations_person ON invitations (person_id) WHERE person_id IS NOT NULL;

-- Wrong links somebody has tried; holds nothing of any brand.
CREATE TABLE guesses (
	person_id bigint NOT NULL REFERENCES people,
	at        timestamptz NOT NULL
);
CREATE INDEX guesses_person ON guesses (person_id, at);

-- Channels in which the bot is or was; an account may be made of one.
CREATE TABLE channels (
	chat      bigint PRIMARY KEY,
	title     text NOT NULL,
	username  text NOT NULL DEFAULT '',
	added_by  bigint REFERENCES people,
	missing   text[] NOT NULL DEFAULT '{}',
	present   boolean NOT NULL,
	at        timestamptz NOT NULL
);

CREATE TABLE accounts (
	brand_id   bigint NOT NULL REFERENCES brands (id),
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	platform   text NOT NULL,
	remote_id  text NOT NULL DEFAULT '',
	handle     text NOT NULL,
	by_hand    boolean NOT NULL,
	missing    text[] NOT NULL DEFAULT '{}',
	lost       boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now(),
	removed_at timestamptz,
	PRIMARY KEY (brand_id, id)
);
CREATE UNIQUE INDEX accounts_remote ON accounts (platform, remote_id) WHERE remote_id <> '' AND removed_at IS NULL;

CREATE TABLE posts (
	brand_id   bigint NOT NULL REFERENCES brands (id),
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	author_id  bigint NOT NULL REFERENCES people,
	state      text NOT NULL,
	content    jsonb NOT NULL,
	slot       timestamptz,
	version    int NOT NULL DEFAULT 0,
	hash       text NOT NULL DEFAULT '',
	stage      int NOT NULL DEFAULT 0,
	reviewed   boolean NOT NULL DEFAULT false,
	note       text NOT NULL DEFAULT '',
	created_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL,
	PRIMARY KEY (brand_id, id)
) WITH (fillfactor = 80);
-- What is due is found through small indexes of what waits, not through history.
CREATE INDEX posts_due ON posts (slot) WHERE state = 'approved';
CREATE INDEX posts_expiring ON posts (slot) WHERE state IN ('review', 'held');
CREATE INDEX posts_running ON posts (changed_at) WHERE state = 'publishing';
CREATE INDEX posts_week ON posts (brand_id, slot);
CREATE INDEX posts_author ON posts (author_id, changed_at DESC);

CREATE TABLE versions (
	brand_id  bigint NOT NULL,
	post_id   bigint NOT NULL,
	n         int NOT NULL,
	content   jsonb NOT NULL,
	hash      text NOT NULL,
	author_id bigint NOT NULL REFERENCES people,
	at        timestamptz NOT NULL,
	PRIMARY KEY (brand_id, post_id, n),
	FOREIGN KEY (brand_id, post_id) REFERENCES posts (brand_id, id)
);

CREATE TABLE approvals (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	brand_id     bigint NOT NULL,
	post_id      bigint NOT NULL,
	version      int NOT NULL,
	hash         text NOT NULL,
	stage        int NOT NULL,
	person_id    bigint REFERENCES people,
	decision     text NOT NULL,
	at           timestamptz NOT NULL,
	withdrawn_at timestamptz,
	FOREIGN KEY (brand_id, post_id, version) REFERENCES versions (brand_id, post_id, n)
);
CREATE UNIQUE INDEX approvals_once ON approvals (post_id, version, stage, coalesce(person_id, 0)) WHERE withdrawn_at IS NULL;

CREATE TABLE deliveries (
	brand_id    bigint NOT NULL,
	id          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	post_id     bigint NOT NULL,
	account_id  bigint NOT NULL,
	version     int NOT NULL,
	state       text NOT NULL,
	due_at      timestamptz NOT NULL,
	tries       int NOT NULL DEFAULT 0,
	code        text NOT NULL DEFAULT '',
	detail      text NOT NULL DEFAULT '',
	remote      text NOT NULL DEFAULT '',
	link        text NOT NULL DEFAULT '',
	changed_at  timestamptz NOT NULL,
	lease_until timestamptz,
	queued      boolean NOT NULL DEFAULT false,
	PRIMARY KEY (brand_id, id),
	UNIQUE (post_id, account_id),
	FOREIGN KEY (brand_id, post_id, version) REFERENCES versions (brand_id, post_id, n),
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id)
) WITH (fillfactor = 80);
CREATE INDEX deliveries_open ON deliveries (due_at) WHERE state IN ('waiting', 'attempting');

-- The ledger: a row is committed before the irreversible call is made.
CREATE TABLE attempts (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	brand_id    bigint NOT NULL,
	delivery_id bigint NOT NULL,
	n           int NOT NULL,
	hash        text NOT NULL,
	started_at  timestamptz NOT NULL,
	sent_at     timestamptz,
	ended_at    timestamptz,
	outcome     text NOT NULL DEFAULT '',
	code        text NOT NULL DEFAULT '',
	detail      text NOT NULL DEFAULT '',
	UNIQUE (delivery_id, n),
	FOREIGN KEY (brand_id, delivery_id) REFERENCES deliveries (brand_id, id)
);

CREATE TABLE events (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	agency_id bigint NOT NULL REFERENCES agencies,
	brand_id  bigint REFERENCES brands (id),
	post_id   bigint,
	kind      text NOT NULL,
	actor_id  bigint REFERENCES people,
	version   int NOT NULL DEFAULT 0,
	facts     jsonb NOT NULL DEFAULT '{}',
	at        timestamptz NOT NULL,
	told_at   timestamptz,
	FOREIGN KEY (brand_id, post_id) REFERENCES posts (brand_id, id)
);
CREATE INDEX events_post ON events (post_id, id) WHERE post_id IS NOT NULL;
CREATE INDEX events_untold ON events (id) WHERE told_at IS NULL;

-- The one living message that shows a post to one reader, for authors and the
-- team under version 0, for approvers one a version.
CREATE TABLE cards (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	brand_id  bigint NOT NULL,
	post_id   bigint NOT NULL,
	person_id bigint NOT NULL REFERENCES people,
	version   int NOT NULL,
	chat      bigint NOT NULL,
	message   bigint NOT NULL DEFAULT 0,
	media     bigint[] NOT NULL DEFAULT '{}',
	shown     text NOT NULL DEFAULT '',
	UNIQUE (post_id, person_id, version),
	FOREIGN KEY (brand_id, post_id) REFERENCES posts (brand_id, id)
);

-- One row for each event and person told, so that nobody is told twice.
CREATE TABLE notices (
	event_id  bigint NOT NULL REFERENCES events,
	person_id bigint NOT NULL REFERENCES people,
	brand_id  bigint REFERENCES brands (id),
	agency_id bigint NOT NULL REFERENCES agencies,
	state     text NOT NULL,
	tries     int NOT NULL DEFAULT 1,
	at        timestamptz NOT NULL,
	PRIMARY KEY (event_id, person_id)
);

-- The wall between brands. Whom a transaction works for is settled when it begins,
-- by be(): it looks up once what that person, or the program in one brand, may see,
-- and the policies compare with that. Nothing settled means nothing seen.
-- +goose StatementBegin
CREATE FUNCTION be(person bigint, brand bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
	seen bigint[];
	known bigint[];
	owned bigint[];
BEGIN
	IF brand <> 0 THEN
		SELECT array_agg(b.id), array_agg(b.agency_id) INTO seen, known FROM brands b WHERE b.id = brand;
	ELSE
		SELECT array_agg(m.brand_id) FILTER (WHERE m.brand_id IS NOT NULL), array_agg(m.agency_id),
			array_agg(m.agency_id) FILTER (WHERE m.brand_id IS NULL)
		INTO seen, known, owned FROM members m WHERE m.person_id = person AND m.left_at IS NULL;
		IF owned IS NOT NULL THEN
			SELECT array_agg(b.id) || seen INTO seen FROM brands b WHERE b.agency_id = ANY (owned);
		END IF;
	END IF;
	PERFORM set_config('app.person', CASE WHEN person = 0 THEN '' ELSE person::text END, true),
		set_config('app.brands', coalesce(seen, '{}')::text, true),
		set_config('app.agencies', coalesce(known, '{}')::text, true),
		set_config('app.owned', coalesce(owned, '{}')::text, true);
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION me() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.person', true), '')::bigint $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION mine(what text) RETURNS bigint[] LANGUAGE sql STABLE AS
$$ SELECT coalesce(nullif(current_setting('app.' || what, true), '')::bigint[], '{}') $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION my_brands() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$ SELECT unnest(mine('brands')) $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION my_agencies() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$ SELECT unnest(mine('agencies')) $$;
-- +goose StatementEnd
-- Somebody speaks to the bot: known, or made known.
-- +goose StatementBegin
CREATE FUNCTION enter(telegram bigint, called text, handle text, guessed text) RETURNS SETOF people
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
BEGIN
	RETURN QUERY SELECT * FROM people p
		WHERE p.telegram_id = telegram AND p.name = called AND p.username = handle AND p.reachable;
	IF NOT FOUND THEN
		RETURN QUERY INSERT INTO people (telegram_id, name, username, lang) VALUES (telegram, called, handle, guessed)
			ON CONFLICT (telegram_id) DO UPDATE SET name = excluded.name, username = excluded.username, reachable = true
			RETURNING *;
	END IF;
END $$;
-- +goose StatementEnd
-- The two functions that look beyond the wall belong to the clock's role, whose
-- policies let it see every row.
GRANT CREATE ON SCHEMA public TO peyk_clock;
ALTER FUNCTION be(bigint, bigint) OWNER TO peyk_clock;
ALTER FUNCTION enter(bigint, text, text, text) OWNER TO peyk_clock;
REVOKE CREATE ON SCHEMA public FROM peyk_clock;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO peyk_clock;
GRANT SELECT, INSERT, UPDATE ON people, agencies, brands, members, invitations, channels, accounts,
	posts, approvals, deliveries, attempts, cards, notices TO peyk_bot;
GRANT SELECT, INSERT ON versions, guesses TO peyk_bot;
GRANT SELECT, INSERT, UPDATE (told_at) ON events TO peyk_bot;

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['people', 'agencies', 'brands', 'members', 'invitations', 'guesses', 'channels', 'accounts',
		'posts', 'versions', 'approvals', 'deliveries', 'attempts', 'events', 'cards', 'notices'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY clock ON %I TO peyk_clock USING (true) WITH CHECK (true)', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['accounts', 'posts', 'versions', 'approvals', 'deliveries', 'attempts', 'cards'] LOOP
		EXECUTE format('CREATE POLICY brand ON %I TO peyk_bot USING (brand_id = ANY ((SELECT mine(''brands''))::bigint[]))', t);
	END LOOP;
	FOREACH t IN ARRAY ARRAY['invitations', 'events', 'notices'] LOOP
		EXECUTE format('CREATE POLICY brand ON %I TO peyk_bot USING (brand_id = ANY ((SELECT mine(''brands''))::bigint[])
			OR (brand_id IS NULL AND agency_id = ANY ((SELECT mine(''owned''))::bigint[])))', t);
	END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY own ON agencies TO peyk_bot USING (id = ANY ((SELECT mine('agencies'))::bigint[]));
CREATE POLICY own ON brands TO peyk_bot USING (id = ANY ((SELECT mine('brands'))::bigint[])
	OR agency_id = ANY ((SELECT mine('owned'))::bigint[]));
CREATE POLICY own ON members TO peyk_bot USING (person_id = (SELECT me()) OR brand_id = ANY ((SELECT mine('brands'))::bigint[])
	OR (brand_id IS NULL AND agency_id = ANY ((SELECT mine('agencies'))::bigint[])))
	WITH CHECK (brand_id = ANY ((SELECT mine('brands'))::bigint[]) OR agency_id = ANY ((SELECT mine('owned'))::bigint[]));
-- Whoever shares a brand with me, or did, or has opened an invitation to it.
CREATE POLICY own ON people TO peyk_bot USING (id = (SELECT me())
	OR EXISTS (SELECT FROM members m WHERE m.person_id = people.id AND (m.brand_id = ANY ((SELECT mine('brands'))::bigint[])
		OR (m.brand_id IS NULL AND m.agency_id = ANY ((SELECT mine('agencies'))::bigint[]))))
	OR EXISTS (SELECT FROM invitations i WHERE i.person_id = people.id));
CREATE POLICY own ON guesses TO peyk_bot USING (person_id = (SELECT me()));
CREATE POLICY own ON channels TO peyk_bot USING (added_by = (SELECT me()));
