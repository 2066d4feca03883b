-- +goose Up

-- Digests of which it may be asked whether they came: those that were on their way when
-- their worker died. Their further states: unsure, asked.
CREATE INDEX digests_sending ON digests (at) WHERE state = 'sending';
