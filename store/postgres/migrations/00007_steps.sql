-- A wall clock that is set back comes upon quarter hours that were closed
-- already, and closes them again.

-- +goose Up
-- Whose cut the live store's values are of: they are compared with ours of the
-- same one.
ALTER TABLE rolled ADD COLUMN seq bigint NOT NULL DEFAULT 0;
UPDATE rolled r SET seq = CASE basis WHEN 'event' THEN closed_seq ELSE settled_seq END
FROM records.buckets b WHERE (b.organisation_id, b.node, b.bucket) = (r.organisation_id, r.node, r.bucket);
ALTER TABLE rolled ALTER COLUMN seq DROP DEFAULT;

-- How far a node's clock was ever set back: records of its calls and sessions
-- are looked for that much around a bucket.
CREATE INDEX ON stamps (node) WHERE kind = 'clock.step';
