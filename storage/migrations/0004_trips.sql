-- +goose Up

-- What is to be handled next, in the order in which it is claimed: a claim reads a
-- few entries of it, however much waits.
CREATE INDEX inbox_next ON inbox (bot, (position('"callback_query"'::bytea IN body) = 0), update_id)
	WHERE done_at IS NULL AND parked_at IS NULL;

-- Whoever speaks to the bot, if he is known. It looks beyond the wall, at one
-- person only, and changes nothing.
-- +goose StatementBegin
CREATE FUNCTION known(telegram bigint) RETURNS SETOF people
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT * FROM people WHERE telegram_id = telegram $$;
-- +goose StatementEnd
GRANT CREATE ON SCHEMA public TO peyk_clock;
ALTER FUNCTION known(bigint) OWNER TO peyk_clock;
REVOKE CREATE ON SCHEMA public FROM peyk_clock;
