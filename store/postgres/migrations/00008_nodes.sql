-- Two nodes: one takes the calls, the other waits and takes over.

-- +goose Up
ALTER TABLE nodes ADD COLUMN url text NOT NULL DEFAULT '';         -- where the node answers; '' = never said
ALTER TABLE attempts ADD COLUMN presumed boolean NOT NULL DEFAULT false; -- finished by another node: what its own says replaces it

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['calls', 'legs', 'entries', 'offers', 'segments', 'survey_answers', 'dial_attempts',
                             'agent_sessions', 'agent_intervals'] LOOP
        EXECUTE format('ALTER TABLE records.%I ADD COLUMN provisional boolean NOT NULL DEFAULT false', t);
        -- Nearly always empty: what is presumed of a node is found without reading months of records.
        EXECUTE format('CREATE INDEX ON records.%I (node) WHERE provisional', t);
    END LOOP;
END $$;
-- +goose StatementEnd

CREATE INDEX ON stamps (seq) WHERE kind = 'node.presumed_gone';

-- Nodes of which nothing is known after stamp seq, whose records are presumed
-- to end there.
CREATE TABLE records.presumed (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    seq             bigint NOT NULL,
    marked          bigint[] NOT NULL,             -- the closed buckets that this made stale
    PRIMARY KEY (organisation_id, node)
);
