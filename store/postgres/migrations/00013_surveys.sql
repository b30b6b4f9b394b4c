-- Surveys of several questions: what people configure, and what the records
-- say of each survey and each question.

-- +goose Up

-- A survey is edited and checked whole, so it is one row: form holds its
-- opening, questions with scales, classes, bands and transitions, prompts and
-- languages, as the API shows them. Its history is that of the row.
CREATE TABLE surveys (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    form            jsonb NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

-- Who of a queue's or a campaign's customers is asked what. A campaign without
-- a rule follows its queue's; a queue without one asks everybody the survey
-- "csat" if its flag survey says so.
CREATE TABLE survey_rules (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,                 -- "queue/service", "campaign/spring"
    survey_id       text NOT NULL,
    active          boolean NOT NULL DEFAULT true,
    share           integer NOT NULL DEFAULT 100 CHECK (share BETWEEN 0 AND 100),           -- percent of the calls
    spacing_days    integer NOT NULL DEFAULT 0 CHECK (spacing_days BETWEEN 0 AND 3650),     -- between two surveys of one customer
    new_days        integer NOT NULL DEFAULT 0 CHECK (new_days BETWEEN 0 AND 3650),         -- a customer for less is not asked
    new_calls       integer NOT NULL DEFAULT 0 CHECK (new_calls BETWEEN 0 AND 1000),        -- … nor one with no more calls before
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys
);

-- Customers who do not want to be asked. Personal data, so without history.
CREATE TABLE survey_optouts (
    organisation_id text NOT NULL REFERENCES organisations,
    number          text NOT NULL,                 -- as parties has it
    reason          text NOT NULL DEFAULT '',
    added_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, number)
);

CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON surveys FOR EACH ROW EXECUTE FUNCTION keep_history();
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON survey_rules FOR EACH ROW EXECUTE FUNCTION keep_history();

-- +goose StatementBegin
CREATE FUNCTION tell_optout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('callstamp_config', coalesce(NEW.organisation_id, OLD.organisation_id) || ' survey_optouts');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tell_optout AFTER INSERT OR UPDATE OR DELETE ON survey_optouts FOR EACH ROW EXECUTE FUNCTION tell_optout();

CREATE TABLE records.survey_runs (
    month           date NOT NULL,
    organisation_id text NOT NULL,
    node            text NOT NULL,
    call            text NOT NULL,
    direction       text NOT NULL,
    campaign        text NOT NULL,
    arrived_at      bigint NOT NULL,
    since_us        bigint NOT NULL,
    first_seq       bigint NOT NULL,
    last_seq        bigint NOT NULL,
    closed          boolean NOT NULL,
    estimated       boolean NOT NULL,
    provisional     boolean NOT NULL DEFAULT false,
    segment         integer NOT NULL,
    survey          text NOT NULL,
    language        text NOT NULL,
    agent           text NOT NULL,
    queue           text NOT NULL,
    due_at          bigint NOT NULL,
    offered_at      bigint NOT NULL,
    suppressed      text NOT NULL,
    accepted_at     bigint NOT NULL,
    asked_at        bigint NOT NULL,
    responded_at    bigint NOT NULL,
    ended_at        bigint NOT NULL,
    "end"           text NOT NULL,
    silent          text NOT NULL,
    invalid         integer NOT NULL,
    no_input        integer NOT NULL,
    asked           integer NOT NULL,
    answered        integer NOT NULL,
    PRIMARY KEY (organisation_id, call, segment, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.survey_runs (organisation_id, due_at);
CREATE INDEX ON records.survey_runs (node) WHERE provisional;

-- What was asked before there were types is known by the question's name; the
-- rest of the new columns comes with "callstamp rebuild".
ALTER TABLE records.calls ADD COLUMN survey_count integer NOT NULL DEFAULT 0;
ALTER TABLE records.survey_answers
    ADD COLUMN type     text NOT NULL DEFAULT '',
    ADD COLUMN about    integer NOT NULL DEFAULT 0,
    ADD COLUMN class    text NOT NULL DEFAULT '',
    ADD COLUMN balance  integer NOT NULL DEFAULT 0,
    ADD COLUMN points   integer NOT NULL DEFAULT 0,
    ADD COLUMN ended_at bigint NOT NULL DEFAULT 0,
    ADD COLUMN silent   text NOT NULL DEFAULT '';
CREATE INDEX ON records.survey_answers (organisation_id, asked_at);
CREATE INDEX ON records.survey_answers (organisation_id, responded_at) WHERE responded_at > 0;

-- Makes the months of a table of records that came later than its neighbours.
SELECT ensure_month('records', to_date(right(c.relname, 7), 'YYYY_MM'))
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE s.nspname = 'records' AND c.relispartition AND c.relname LIKE 'calls\_%' AND c.relkind = 'r';

-- What the followers had in hand was of the old shape: they fold it anew.
UPDATE follower_positions SET state = NULL, state_seq = 0 WHERE follower = 'ledger';
