-- How soon an offered call was answered or given up, for the forms of the service
-- level, and when the agent picked up. Calls folded before have neither until
-- "callstamp rebuild".

-- +goose Up
ALTER TABLE records.calls ADD COLUMN service text NOT NULL DEFAULT '';     -- answered_within, answered_late, gone_within, gone_late
ALTER TABLE records.calls ADD COLUMN fate_at bigint NOT NULL DEFAULT 0;    -- when; 0 = neither
ALTER TABLE records.calls ADD COLUMN pickup_us bigint NOT NULL DEFAULT 0;  -- first entry → picked up
