-- +goose Up

-- Updates as Telegram sent them, kept until they are handled.
CREATE TABLE inbox (
	bot         bigint NOT NULL,
	update_id   bigint NOT NULL,
	key         bigint NOT NULL,
	body        bytea NOT NULL,
	received_at timestamptz NOT NULL,
	tries       int NOT NULL DEFAULT 0,
	not_before  timestamptz,
	handled_at  timestamptz,
	done_at     timestamptz,
	parked_at   timestamptz,
	cause       text NOT NULL DEFAULT '',
	PRIMARY KEY (bot, update_id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX inbox_pending ON inbox (bot, key, update_id) WHERE done_at IS NULL AND parked_at IS NULL;


-- The question that a chat has been asked.
CREATE TABLE dialogs (
	chat       bigint PRIMARY KEY,
	person     bigint NOT NULL,
	step       text NOT NULL,
	data       jsonb NOT NULL DEFAULT '{}',
	message    bigint NOT NULL DEFAULT 0,
	expires_at timestamptz NOT NULL
);

-- What happens once a period.
CREATE TABLE ticks (
	job    text NOT NULL,
	period text NOT NULL,
	PRIMARY KEY (job, period)
);

-- What the installation has decided for itself, such as the webhook's secret.
CREATE TABLE settings (
	name  text PRIMARY KEY,
	value text NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON inbox, dialogs, ticks, settings TO peyk_bot, peyk_clock;

-- A job is put into the queue by the transaction that makes it necessary. The
-- columns are River's (v0.51), whose tables are made after these.
-- +goose StatementBegin
CREATE FUNCTION enqueue(kind text, args jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO river_job (kind, args, queue, max_attempts, state, scheduled_at)
	VALUES ('job', jsonb_build_object('kind', kind, 'args', args), kind, 20, 'available', now());
	PERFORM pg_notify(current_schema() || '.river_insert', json_build_object('queue', kind)::text);
END $$;
-- +goose StatementEnd
