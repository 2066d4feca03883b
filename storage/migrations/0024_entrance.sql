-- +goose Up

-- What remains of an update that holds a secret. As soon as the update is handled,
-- done or put aside, it takes the place of what came, whoever says so.
ALTER TABLE inbox ADD COLUMN without bytea;

-- +goose StatementBegin
CREATE FUNCTION conceal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.body := NEW.without;
	RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER conceal BEFORE UPDATE ON inbox FOR EACH ROW
	WHEN (NEW.without IS NOT NULL AND (NEW.handled_at IS NOT NULL OR NEW.done_at IS NOT NULL OR NEW.parked_at IS NOT NULL))
	EXECUTE FUNCTION conceal();
