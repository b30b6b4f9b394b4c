-- The front of a call: where routes lead, when places are open, menus, the
-- policies at a queue's door, prompts. A destination is text: kind:id, such as
-- queue:support, menu:main, announcement:closed, or hangup; '' = none. What
-- belongs together is one row, so that it changes at once and its history shows
-- it whole.

-- +goose Up
ALTER TABLE routes ADD COLUMN destination text;
UPDATE routes SET destination = 'queue:' || queue_id;
ALTER TABLE routes ALTER COLUMN destination SET NOT NULL, DROP COLUMN queue_id;

CREATE TABLE hours (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    zone            text NOT NULL,                 -- IANA name
    weekly          jsonb NOT NULL DEFAULT '{}',   -- {"mon": ["08:00-12:00", …], …}; a day that is not there is closed
    dates           jsonb NOT NULL DEFAULT '[]',   -- [{"date": "2027-02-06", "name": …, "open": […]}]: in place of the weekday
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE menus (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    language        text NOT NULL DEFAULT '',      -- of its prompts; '' = the call's
    prompt          text NOT NULL,
    timeout_us      bigint NOT NULL DEFAULT 5000000 CHECK (timeout_us > 0),
    retries         integer NOT NULL DEFAULT 2 CHECK (retries >= 0),
    invalid         text NOT NULL DEFAULT '',      -- prompts after a wrong key and after none; '' = none
    silent          text NOT NULL DEFAULT '',
    failed          text NOT NULL DEFAULT '',      -- destination when the retries are used up
    operator        text NOT NULL DEFAULT '',      -- destination of the action "operator"
    options         jsonb NOT NULL DEFAULT '{}',   -- {"1": "queue:sales", "9": "back", "*": "repeat", "0": "operator"}
    PRIMARY KEY (organisation_id, id)
);

-- A queue's policy for who may wait and what they hear. A queue without a row
-- is always open to everybody.
CREATE TABLE doors (
    organisation_id   text NOT NULL,
    id                text NOT NULL,               -- the queue's
    hours             text NOT NULL DEFAULT '',    -- '' = always open
    closed            text NOT NULL DEFAULT '',    -- destinations
    max_size          integer NOT NULL DEFAULT 0 CHECK (max_size >= 0), -- 0 = any number
    "full"            text NOT NULL DEFAULT '',
    join_staff        text NOT NULL DEFAULT '' CHECK (join_staff IN ('', 'logged_in', 'reachable')),
    stay_staff        text NOT NULL DEFAULT '' CHECK (stay_staff IN ('', 'logged_in', 'reachable')),
    empty             text NOT NULL DEFAULT '',
    overflow          text NOT NULL DEFAULT '',    -- after queues.max_wait_us
    keys              jsonb NOT NULL DEFAULT '{}', -- {"1": "menu:main"}
    welcome           text NOT NULL DEFAULT '',    -- prompts; '' = the usual one, '-' = none
    music             text NOT NULL DEFAULT '',    -- '' = the usual one
    announce_every_us bigint NOT NULL DEFAULT 0 CHECK (announce_every_us >= 0), -- 0 = never
    announce_position boolean NOT NULL DEFAULT false,
    announce_wait     boolean NOT NULL DEFAULT false,
    comfort           text NOT NULL DEFAULT '',    -- prompt
    callback_key      text NOT NULL DEFAULT '' CHECK (callback_key IN ('', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#')),
    callback_trunk    text NOT NULL DEFAULT '',
    callback_tries    integer NOT NULL DEFAULT 3 CHECK (callback_tries > 0),
    callback_gap_us   bigint NOT NULL DEFAULT 600000000 CHECK (callback_gap_us >= 0),
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, id) REFERENCES queues ON DELETE CASCADE
);

-- Prompts that were uploaded: each version stays. The sound itself has no
-- history of its own, it is named by its hash and never changes.
CREATE TABLE prompts (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,                 -- language/name
    language        text NOT NULL,
    name            text NOT NULL,
    version         integer NOT NULL CHECK (version > 0), -- the one that is played
    sound           text NOT NULL,                 -- SHA-256, hexadecimal
    length_us       bigint NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE prompt_sounds (
    organisation_id text NOT NULL REFERENCES organisations,
    sound           text NOT NULL,
    wav             bytea NOT NULL,                -- 8 kHz, 16 bit, mono
    PRIMARY KEY (organisation_id, sound)
);

-- Customers who asked to be called back and have not been reached yet. Made
-- from stamps by the ledger follower; the number is the party's.
CREATE TABLE callbacks (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,                 -- the call in which it was asked for
    node            text NOT NULL,
    queue           text NOT NULL,
    party           text NOT NULL,
    trunk           text NOT NULL,
    since_at        bigint NOT NULL,               -- the place in the line, µs since 1970
    wait_us         bigint NOT NULL,               -- waited when it was asked for
    asked_at        bigint NOT NULL,
    max_tries       integer NOT NULL,
    gap_us          bigint NOT NULL,
    state           text NOT NULL CHECK (state IN ('waiting', 'dialing', 'done', 'failed', 'withdrawn')),
    tries           integer NOT NULL DEFAULT 0,
    next_at         bigint NOT NULL,               -- not before
    last_call       text NOT NULL DEFAULT '',
    result          text NOT NULL DEFAULT '',      -- of the last try
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX ON callbacks (organisation_id, last_call) WHERE state = 'dialing';
CREATE INDEX ON callbacks (organisation_id) WHERE state = 'waiting';

-- +goose StatementBegin
CREATE FUNCTION tell_callback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('callstamp_config', NEW.organisation_id || ' callbacks');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tell_callback AFTER INSERT OR UPDATE ON callbacks FOR EACH ROW EXECUTE FUNCTION tell_callback();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['hours', 'menus', 'doors', 'prompts'] LOOP
        EXECUTE format('CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION keep_history()', t);
    END LOOP;
END $$;
-- +goose StatementEnd

ALTER TABLE records.calls
    ADD COLUMN menu_us bigint NOT NULL DEFAULT 0,
    ADD COLUMN refused text NOT NULL DEFAULT '';   -- by the last queue that did not let it in

ALTER TABLE records.entries
    ADD COLUMN position bigint NOT NULL DEFAULT 0, -- as first announced; 0 = never
    ADD COLUMN est_us   bigint NOT NULL DEFAULT 0, -- the wait from then on, as first announced
    ADD COLUMN est_at   bigint NOT NULL DEFAULT 0; -- when it was announced
