-- +goose Up

-- The wall of what came as it came, and of questions that are open. A transaction
-- that takes in works for one bot (app.intake); one that handles an update for that
-- update's key (app.bot, app.key); a question is its chat's (app.chat). Nothing
-- settled means nothing seen.
-- +goose StatementBegin
CREATE FUNCTION one(what text) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('app.' || what, true), '')::bigint $$;
-- +goose StatementEnd
-- be() for whoever acts by an update.
-- +goose StatementBegin
CREATE FUNCTION be(person bigint, brand bigint, bot bigint, key bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM be(person, brand), set_config('app.bot', bot::text, true), set_config('app.key', key::text, true);
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
	FOREACH t IN ARRAY ARRAY['inbox', 'dialogs'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
		EXECUTE format('CREATE POLICY clock ON %I TO peyk_clock USING (true) WITH CHECK (true)', t);
	END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY own ON inbox TO peyk_bot USING (bot = (SELECT one('intake'))
	OR (bot = (SELECT one('bot')) AND key = (SELECT one('key'))));
CREATE POLICY own ON dialogs TO peyk_bot USING (chat = (SELECT one('chat')));
