-- Recording: which calls are recorded, what was recorded, and who heard it. The
-- sound itself stands in files of the node that recorded it, encrypted; a row
-- says what the file holds and whether it is still there.

-- +goose Up
CREATE TABLE recording_policies (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,                 -- queue:support, campaign:spring; no row: nothing is recorded
    mode            text NOT NULL CHECK (mode IN ('all', 'share', 'on_demand', 'off')),
    share           integer NOT NULL DEFAULT 100 CHECK (share BETWEEN 0 AND 100), -- of "share": per cent of the calls
    disclosure      text NOT NULL DEFAULT 'call-recorded', -- prompt before a recording; '' = none
    keep_days       integer NOT NULL DEFAULT 90 CHECK (keep_days > 0),
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE recordings (
    organisation_id text NOT NULL REFERENCES organisations,
    call            text NOT NULL,
    recording       integer NOT NULL,              -- from 1, within the call
    node            text NOT NULL,                 -- whose disk it stands on
    kind            text NOT NULL CHECK (kind IN ('call', 'voicemail', 'answer')),
    path            text NOT NULL,                 -- below its recordings folder
    began_at        bigint NOT NULL,               -- µs since 1970
    length_us       bigint NOT NULL,
    law             text NOT NULL,                 -- PCMA, PCMU
    channels        integer NOT NULL,              -- 2: left the customer, right the agents
    wav_bytes       bigint NOT NULL,
    file_bytes      bigint NOT NULL,
    gaps            jsonb NOT NULL DEFAULT '[]',   -- [{"from_us", "to_us", "why"}]: silenced on purpose
    wav_sha256      text NOT NULL,
    file_sha256     text NOT NULL,
    key_id          text NOT NULL,                 -- in node.data_dir/keys
    why             text NOT NULL,                 -- it ended
    truncated       boolean NOT NULL DEFAULT false, -- the process was cut off; whole up to there
    state           text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'deleted')),
    deleted_at      timestamptz,
    deleted_by      text NOT NULL DEFAULT '',      -- '' = its time was over
    PRIMARY KEY (organisation_id, call, recording)
);
CREATE INDEX ON recordings (organisation_id, node, began_at) WHERE state = 'stored';

-- Who was given what of a recording. Never changed, never deleted with it.
CREATE TABLE recording_access (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id text NOT NULL,
    call            text NOT NULL,
    recording       integer NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    user_id         text NOT NULL,
    what            text NOT NULL CHECK (what IN ('played', 'deleted')),
    from_byte       bigint NOT NULL DEFAULT 0,     -- of the WAV file
    to_byte         bigint NOT NULL DEFAULT 0      -- exclusive
);
CREATE INDEX ON recording_access (organisation_id, call, recording, id);

CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON recording_policies
    FOR EACH ROW EXECUTE FUNCTION keep_history();
