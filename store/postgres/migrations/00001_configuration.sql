-- Everything that people configure, with its history. Identifiers are text:
-- UUIDv7 where we make them, words where people do ("support").

-- +goose Up
CREATE TABLE organisations (
    organisation_id text PRIMARY KEY,
    name            text NOT NULL,
    zone            text NOT NULL DEFAULT 'UTC',   -- IANA name; periods are cut in it
    language        text NOT NULL DEFAULT 'en',
    currency        text NOT NULL DEFAULT 'USD'    -- ISO 4217
);

CREATE TABLE users (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    login           text NOT NULL,
    name            text NOT NULL,
    role            text NOT NULL CHECK (role IN ('agent', 'supervisor', 'manager', 'admin')),
    password_hash   text NOT NULL,                 -- argon2id in PHC form, made by the edge
    language        text NOT NULL DEFAULT 'en',
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, id)
);
CREATE UNIQUE INDEX ON users (organisation_id, lower(login));

-- One row per signed-in browser. token is what the edge hands in, a hash.
CREATE TABLE sessions (
    token           text PRIMARY KEY,
    organisation_id text NOT NULL REFERENCES organisations,
    data            bytea NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX ON sessions (expires_at);

CREATE TABLE trunks (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    host            text NOT NULL,                 -- host or host:port of the peer
    transport       text NOT NULL DEFAULT 'udp' CHECK (transport IN ('udp', 'tcp', 'tls')),
    username        text NOT NULL DEFAULT '',
    secret          text NOT NULL DEFAULT '',      -- digest password; never in the history
    register        boolean NOT NULL DEFAULT false,
    addresses       text[] NOT NULL DEFAULT '{}',  -- CIDRs whose INVITEs are admitted without digest
    caller_id       text NOT NULL DEFAULT '',
    max_calls       integer NOT NULL DEFAULT 0 CHECK (max_calls >= 0), -- 0 = without limit
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE queues (
    organisation_id  text NOT NULL REFERENCES organisations,
    id               text NOT NULL,
    name             text NOT NULL,
    language         text NOT NULL DEFAULT 'en',
    answer           text NOT NULL DEFAULT 'on_entry' CHECK (answer IN ('on_entry', 'on_agent')),
    offer_timeout_us bigint NOT NULL DEFAULT  20000000 CHECK (offer_timeout_us > 0),
    wrap_up_us       bigint NOT NULL DEFAULT  30000000 CHECK (wrap_up_us >= 0),    -- 0 = without limit
    wrap_required    boolean NOT NULL DEFAULT true,
    service_level_us bigint NOT NULL DEFAULT  20000000 CHECK (service_level_us > 0),
    short_abandon_us bigint NOT NULL DEFAULT   5000000 CHECK (short_abandon_us >= 0),
    max_wait_us      bigint NOT NULL DEFAULT 600000000 CHECK (max_wait_us >= 0),   -- 0 = without limit
    survey           boolean NOT NULL DEFAULT true,
    active           boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE queue_agents (
    organisation_id text NOT NULL,
    queue_id        text NOT NULL,
    agent_id        text NOT NULL,
    PRIMARY KEY (organisation_id, queue_id, agent_id),
    FOREIGN KEY (organisation_id, queue_id) REFERENCES queues ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, agent_id) REFERENCES users ON DELETE CASCADE
);

-- The first route by position whose pattern matches the called number wins.
CREATE TABLE routes (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    position        integer NOT NULL,
    trunk_id        text,                          -- null = any
    pattern         text NOT NULL,                 -- digits, a trailing * matches the rest
    queue_id        text NOT NULL,
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, trunk_id) REFERENCES trunks,
    FOREIGN KEY (organisation_id, queue_id) REFERENCES queues
);

CREATE TABLE dispositions (
    organisation_id text NOT NULL REFERENCES organisations,
    code            text NOT NULL,
    position        integer NOT NULL DEFAULT 0,    -- the key it has on the desk
    name_vi         text NOT NULL,
    name_zh_hant    text NOT NULL,
    name_en         text NOT NULL,
    flags           text[] NOT NULL DEFAULT '{}',  -- human, right_party, sale, resolved, complaint, dnc, callback …
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, code)
);

CREATE TABLE campaigns (
    organisation_id  text NOT NULL REFERENCES organisations,
    id               text NOT NULL,
    name             text NOT NULL,
    mode             text NOT NULL DEFAULT 'progressive'
                     CHECK (mode IN ('manual', 'preview', 'progressive', 'ratio', 'predictive')),
    queue_id         text NOT NULL,                -- whose agents and wrap-up it uses
    trunk_id         text NOT NULL,
    caller_id        text NOT NULL DEFAULT '',
    ring_timeout_us  bigint NOT NULL DEFAULT 30000000 CHECK (ring_timeout_us > 0),
    zone             text NOT NULL DEFAULT 'UTC',  -- for leads without a zone of their own
    dial_from        time NOT NULL DEFAULT '08:00',
    dial_until       time NOT NULL DEFAULT '21:00', -- exclusive
    days             integer[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}', -- ISO: Monday = 1
    require_consent  boolean NOT NULL DEFAULT false,
    max_attempts     integer NOT NULL DEFAULT 3 CHECK (max_attempts > 0),
    max_per_day      integer NOT NULL DEFAULT 3 CHECK (max_per_day > 0), -- per number, rolling 24 h
    retry_after_us   bigint NOT NULL DEFAULT 3600000000 CHECK (retry_after_us >= 0),
    active           boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, queue_id) REFERENCES queues,
    FOREIGN KEY (organisation_id, trunk_id) REFERENCES trunks
);

-- Who changed what, when. Written by trigger, so that no way round it exists;
-- actor comes from the transaction's setting callstamp.actor.
CREATE TABLE config_history (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id text NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor           text NOT NULL,
    kind            text NOT NULL,                 -- the table
    object          text NOT NULL,                 -- the row's id in it
    old             jsonb,                         -- null = created
    new             jsonb                          -- null = deleted
);
CREATE INDEX ON config_history (organisation_id, kind, object, id);

-- +goose StatementBegin
CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after  jsonb;
    shown   jsonb;
    changed_secret boolean := false;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    IF before = after THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' THEN
        changed_secret := (before->>'password_hash') IS DISTINCT FROM (after->>'password_hash')
                       OR (before->>'secret') IS DISTINCT FROM (after->>'secret');
    END IF;
    before := before - 'password_hash' - 'secret';
    after := after - 'password_hash' - 'secret';
    IF changed_secret THEN after := after || '{"secret_changed": true}'; END IF;
    shown := coalesce(after, before);
    INSERT INTO config_history (organisation_id, actor, kind, object, old, new)
    VALUES (shown->>'organisation_id', coalesce(nullif(current_setting('callstamp.actor', true), ''), 'sql'), TG_TABLE_NAME,
            CASE TG_TABLE_NAME WHEN 'queue_agents' THEN (shown->>'queue_id') || '/' || (shown->>'agent_id')
                               WHEN 'organisations' THEN shown->>'organisation_id'
                               ELSE coalesce(shown->>'id', shown->>'code') END,
            before, after);
    PERFORM pg_notify('callstamp_config', (shown->>'organisation_id') || ' ' || TG_TABLE_NAME);
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['organisations', 'users', 'trunks', 'queues', 'queue_agents', 'routes', 'dispositions', 'campaigns'] LOOP
        EXECUTE format('CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION keep_history()', t);
    END LOOP;
END $$;
-- +goose StatementEnd
