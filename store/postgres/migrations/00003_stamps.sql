-- The stamps as the bytes that were hashed, and how far the followers are.

-- +goose Up
CREATE TABLE nodes (
    organisation_id text NOT NULL,
    id              text NOT NULL PRIMARY KEY,
    first_seen      timestamptz NOT NULL DEFAULT now()
);

-- Who may take calls. The highest epoch is the one in force: a node that holds
-- a lower one claims nothing.
CREATE TABLE epochs (
    epoch           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id text NOT NULL,
    node            text NOT NULL,
    taken_at        timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE stamps (
    month           date NOT NULL,                 -- of the subject's id; a node's stamps: of at
    node            text NOT NULL,
    seq             bigint NOT NULL,
    organisation_id text NOT NULL,
    subject         text NOT NULL,                 -- "call:0197…"
    n               bigint NOT NULL,
    call_id         text NOT NULL,                 -- '' = belongs to no call
    at              timestamptz NOT NULL,
    kind            text NOT NULL,
    bytes           bytea NOT NULL,
    hash            bytea NOT NULL,
    PRIMARY KEY (node, seq, month),                -- in this order it also reads a node's stamps in order
    UNIQUE (subject, n, month)
) PARTITION BY LIST (month);
CREATE INDEX ON stamps (call_id) WHERE call_id <> '';
ALTER TABLE stamps ALTER COLUMN bytes SET STORAGE MAIN;

-- Subjects whose last stamp is not in yet: what recovery folds at a start.
CREATE TABLE open_subjects (
    organisation_id text NOT NULL,
    subject         text NOT NULL,
    month           date NOT NULL,
    node            text NOT NULL,
    PRIMARY KEY (organisation_id, subject)
);

-- A follower's place in one node's journal, with what it is in the middle of.
CREATE TABLE follower_positions (
    organisation_id text NOT NULL,
    follower        text NOT NULL,
    node            text NOT NULL,
    seq             bigint NOT NULL,
    hash            bytea NOT NULL,                -- of the stamp at seq
    state_seq       bigint NOT NULL,               -- state is as of this stamp, at or before seq
    state           bytea,                         -- null = none yet
    PRIMARY KEY (organisation_id, follower, node)
);

-- The signalling state of legs in progress, to say BYE after a crash.
CREATE TABLE leg_dialogs (
    organisation_id text NOT NULL,
    id              text NOT NULL,
    call_id         text NOT NULL,
    node            text NOT NULL,
    data            bytea NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX ON leg_dialogs (organisation_id, call_id);

-- +goose StatementBegin
CREATE FUNCTION ensure_month(wanted_schema text, wanted date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE parent text;
BEGIN
    -- Two that need the same month at once: the second finds it made.
    PERFORM pg_advisory_xact_lock(hashtextextended('callstamp month', 0));
    FOR parent IN
        SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = wanted_schema ORDER BY 1
    LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %I.%I FOR VALUES IN (%L)',
                       wanted_schema, parent || to_char(wanted, '_YYYY_MM'), wanted_schema, parent, wanted);
    END LOOP;
END $$;
-- +goose StatementEnd
