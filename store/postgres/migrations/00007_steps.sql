-- A wall clock that is set back comes upon quarter hours that were closed
-- already, and closes them again.

-- +goose Up
-- Whose cut the live store's values are of: they are compared with ours of the
-- same one.
ALTER TABLE rolled ADD COLUMN seq bigint NOT NULL DEFAULT 0;
UPDATE rolled r SET seq = CASE basis WHEN 'event' THEN closed_seq ELSE settled_seq END
FROM records.buckets b WHERE (b.organisation_id, b.node, b.bucket) = (r.organisation_id, r.node, r.bucket);
ALTER TABLE rolled ALTER COLUMN seq DROP DEFAULT;

-- Calls and sessions that lived when the clock was set back, from high to low:
-- they count in buckets outside of their begin and their end, too.
CREATE TABLE records.set_back (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    kind            text NOT NULL,                 -- call, agent
    id              text NOT NULL,
    low             bigint NOT NULL,               -- µs since 1970
    high            bigint NOT NULL,
    PRIMARY KEY (organisation_id, node, kind, id, low, high)
);
