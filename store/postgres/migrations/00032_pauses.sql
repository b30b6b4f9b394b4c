-- A state that somebody asked for: since when, who but the agent, and of a pause
-- how long it may be and whether it is paid.

-- +goose Up
ALTER TABLE records.agent_intervals
    ADD COLUMN limit_us     bigint NOT NULL DEFAULT 0,      -- 0 = as long as it takes
    ADD COLUMN unpaid       boolean NOT NULL DEFAULT false,
    ADD COLUMN requested_at bigint NOT NULL DEFAULT 0,      -- where it had to wait for the end of a call
    ADD COLUMN "by"         text NOT NULL DEFAULT '';       -- the supervisor who asked for it
