-- +goose Up

-- Where the comments on an account are written, and what the bot lacks there.
ALTER TABLE accounts
	ADD COLUMN discussion bigint NOT NULL DEFAULT 0,
	ADD COLUMN discussion_missing text[] NOT NULL DEFAULT '{}';
CREATE INDEX accounts_discussion ON accounts (discussion) WHERE discussion <> 0 AND removed_at IS NULL;

-- Whether somebody's answers go out without a manager's word; null: as the brand says.
ALTER TABLE members ADD COLUMN alone boolean;

-- Posts on networks, with the comments under them.
CREATE TABLE threads (
	brand_id   bigint NOT NULL,
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	account_id bigint NOT NULL,
	root       text NOT NULL, -- where its comments begin
	remote     text NOT NULL DEFAULT '',
	link       text NOT NULL DEFAULT '',
	words      text NOT NULL DEFAULT '',
	PRIMARY KEY (brand_id, id),
	UNIQUE (account_id, root),
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id)
);

-- Bursts of comments, each of which people see as one card. told: how many there
-- were when that card was drawn last.
CREATE TABLE folds (
	brand_id  bigint NOT NULL,
	id        bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	thread_id bigint NOT NULL,
	count     int NOT NULL DEFAULT 1,
	told      int NOT NULL DEFAULT 1,
	told_at   timestamptz NOT NULL,
	last_at   timestamptz NOT NULL,
	PRIMARY KEY (brand_id, id),
	FOREIGN KEY (brand_id, thread_id) REFERENCES threads (brand_id, id)
) WITH (fillfactor = 70);
CREATE INDEX folds_thread ON folds (thread_id, last_at DESC);
CREATE INDEX folds_grown ON folds (told_at) WHERE told < count;

CREATE TABLE comments (
	brand_id    bigint NOT NULL,
	id          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	account_id  bigint NOT NULL,
	thread_id   bigint NOT NULL,
	fold_id     bigint,
	remote      text NOT NULL,
	parent      text NOT NULL DEFAULT '',
	author      text NOT NULL DEFAULT '',
	author_id   text NOT NULL DEFAULT '',
	text        text NOT NULL DEFAULT '',
	search      text NOT NULL DEFAULT '',
	media       text NOT NULL DEFAULT '',
	link        text NOT NULL DEFAULT '',
	mark        text NOT NULL DEFAULT '', -- what was made out of its words
	at          timestamptz NOT NULL,
	edited_at   timestamptz,
	received_at timestamptz NOT NULL,
	state       text NOT NULL DEFAULT 'new',
	holder_id   bigint REFERENCES people,
	assigned    boolean NOT NULL DEFAULT false,
	claimed_at  timestamptz,
	until       timestamptz,
	settled_at  timestamptz,
	answer_by   timestamptz,
	reminded    int NOT NULL DEFAULT 0,
	revision    int NOT NULL DEFAULT 1,
	PRIMARY KEY (brand_id, id),
	UNIQUE (account_id, remote),
	FOREIGN KEY (brand_id, account_id) REFERENCES accounts (brand_id, id),
	FOREIGN KEY (brand_id, thread_id) REFERENCES threads (brand_id, id),
	FOREIGN KEY (brand_id, fold_id) REFERENCES folds (brand_id, id)
) WITH (fillfactor = 80);
CREATE INDEX comments_thread ON comments (thread_id, received_at DESC);
CREATE INDEX comments_fold ON comments (fold_id) WHERE fold_id IS NOT NULL;
CREATE INDEX comments_open ON comments (brand_id, at) WHERE state IN ('new', 'claimed', 'answering', 'later');
CREATE INDEX comments_due ON comments (answer_by) WHERE reminded < 2 AND state IN ('new', 'claimed', 'answering');
CREATE INDEX comments_back ON comments (until) WHERE state = 'later';

-- Answers. Like attempts at posts: sent_at is committed before the call.
CREATE TABLE replies (
	brand_id    bigint NOT NULL,
	id          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	comment_id  bigint NOT NULL,
	person_id   bigint NOT NULL REFERENCES people,
	judge_id    bigint REFERENCES people,
	text        jsonb NOT NULL,
	picture     jsonb,
	state       text NOT NULL,
	code        text NOT NULL DEFAULT '',
	detail      text NOT NULL DEFAULT '',
	remote      text NOT NULL DEFAULT '',
	link        text NOT NULL DEFAULT '',
	tries       int NOT NULL DEFAULT 0,
	due_at      timestamptz NOT NULL,
	sent_at     timestamptz,
	lease_until timestamptz,
	at          timestamptz NOT NULL,
	PRIMARY KEY (brand_id, id),
	FOREIGN KEY (brand_id, comment_id) REFERENCES comments (brand_id, id)
);
CREATE INDEX replies_comment ON replies (comment_id, id);
CREATE INDEX replies_open ON replies (due_at) WHERE state IN ('waiting', 'sending');

-- The messages that show a comment, or a burst of them, to somebody.
CREATE TABLE comment_cards (
	brand_id   bigint NOT NULL,
	chat       bigint NOT NULL,
	message    bigint NOT NULL,
	person_id  bigint NOT NULL REFERENCES people,
	comment_id bigint,
	fold_id    bigint,
	shown      text NOT NULL DEFAULT '',
	drawn      int NOT NULL DEFAULT 0,
	PRIMARY KEY (chat, message),
	FOREIGN KEY (brand_id, comment_id) REFERENCES comments (brand_id, id),
	FOREIGN KEY (brand_id, fold_id) REFERENCES folds (brand_id, id),
	CHECK ((comment_id IS NULL) <> (fold_id IS NULL))
);
CREATE INDEX comment_cards_comment ON comment_cards (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX comment_cards_fold ON comment_cards (fold_id) WHERE fold_id IS NOT NULL;

-- Answers that are kept for use again.
CREATE TABLE saved_replies (
	brand_id   bigint NOT NULL REFERENCES brands (id),
	id         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
	lang       text NOT NULL CHECK (lang IN ('fa', 'en')),
	text       text NOT NULL,
	uses       int NOT NULL DEFAULT 0,
	made_by    bigint NOT NULL REFERENCES people,
	created_at timestamptz NOT NULL,
	removed_at timestamptz,
	PRIMARY KEY (brand_id, id)
);
CREATE UNIQUE INDEX saved_replies_text ON saved_replies (brand_id, lang, md5(text)) WHERE removed_at IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON threads, folds, comments, replies, comment_cards, saved_replies TO peyk_clock;
GRANT SELECT, INSERT, UPDATE ON threads, folds, comments, replies, saved_replies TO peyk_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON comment_cards TO peyk_bot;

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['threads', 'folds', 'comments', 'replies', 'comment_cards', 'saved_replies'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY clock ON %I TO peyk_clock USING (true) WITH CHECK (true)', t);
		EXECUTE format('CREATE POLICY brand ON %I TO peyk_bot USING (brand_id = ANY ((SELECT mine(''brands''))::bigint[]))', t);
	END LOOP;
END $$;
-- +goose StatementEnd
