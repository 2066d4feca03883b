-- +goose Up

-- What is to be handled next, in the order in which it is claimed: a claim reads a
-- few entries of it, however much waits. Only who asks for a body may use it: where
-- nothing is known of the table yet, PostgreSQL would look up keys in it too.
CREATE INDEX inbox_next ON inbox (bot, (position('"callback_query"'::bytea IN body) = 0), update_id)
	WHERE done_at IS NULL AND parked_at IS NULL AND body IS NOT NULL;

-- Whoever speaks to the bot, if he is known. It looks beyond the wall, at one
-- person only, and changes nothing.
-- +goose StatementBegin
CREATE FUNCTION known(telegram bigint) RETURNS SETOF people
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
	RETURN QUERY SELECT * FROM people p WHERE p.telegram_id = telegram;
END $$;
-- +goose StatementEnd
-- A post is locked, if whoever asks may see it.
-- +goose StatementBegin
CREATE FUNCTION hold(post bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM posts WHERE id = post FOR UPDATE;
END $$;
-- +goose StatementEnd
GRANT CREATE ON SCHEMA public TO peyk_clock;
ALTER FUNCTION known(bigint) OWNER TO peyk_clock;
REVOKE CREATE ON SCHEMA public FROM peyk_clock;
