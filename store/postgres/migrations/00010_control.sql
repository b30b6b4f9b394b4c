-- Consultations, transfers, conferences and calls that were parked. Calls folded
-- before had none.

-- +goose Up
ALTER TABLE records.calls ADD COLUMN consult_us bigint NOT NULL DEFAULT 0;     -- the customer heard music while an agent spoke with a third party
ALTER TABLE records.calls ADD COLUMN conference_us bigint NOT NULL DEFAULT 0;  -- three were heard
ALTER TABLE records.calls ADD COLUMN parked_us bigint NOT NULL DEFAULT 0;
ALTER TABLE records.calls ADD COLUMN outside_us bigint NOT NULL DEFAULT 0;     -- with an outside party, no agent
ALTER TABLE records.calls ADD COLUMN asks jsonb NOT NULL DEFAULT '[]';         -- consultations, transfers, stands in the park

ALTER TABLE records.segments ADD COLUMN via text NOT NULL DEFAULT '';          -- consult, blind, retrieved, returned; '' = from its first queue
ALTER TABLE records.segments ADD COLUMN from_segment bigint NOT NULL DEFAULT 0;
ALTER TABLE records.segments ADD COLUMN taken_at bigint NOT NULL DEFAULT 0;    -- a transfer brought the customer
ALTER TABLE records.segments ADD COLUMN consult_us bigint NOT NULL DEFAULT 0;
ALTER TABLE records.segments ADD COLUMN conference_us bigint NOT NULL DEFAULT 0;
ALTER TABLE records.segments ADD COLUMN beside jsonb NOT NULL DEFAULT '[]';    -- time in which another agent had the customer
