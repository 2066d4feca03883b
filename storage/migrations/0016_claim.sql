-- +goose Up

-- Whether an update of a key is under way, without looking at all that wait: a
-- discussion group may have thousands.
CREATE INDEX inbox_under_way ON inbox (bot, key)
	WHERE not_before IS NOT NULL AND done_at IS NULL AND parked_at IS NULL;
