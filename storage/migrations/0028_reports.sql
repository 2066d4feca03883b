-- +goose Up

-- When the managers of a brand are told that a month is over; long ago: nobody has
-- looked yet.
ALTER TABLE brands ADD COLUMN report_at timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX brands_report ON brands (report_at);
