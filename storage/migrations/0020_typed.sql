-- +goose Up

-- A week's figures that people type take the place of those they typed before.
GRANT DELETE ON snapshots TO peyk_bot;
