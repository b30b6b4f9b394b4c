-- What is folded from the stamps, column for field as in package kpi: instants
-- are µs since 1970 UTC (0 = not yet), durations µs. Nothing here is entered;
-- "callstamp rebuild" makes the whole schema anew and swaps it. Indexes have
-- no names of their own, so that the copies are named alike.

-- +goose Up
CREATE SCHEMA records;

CREATE TABLE records.calls (
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
    trunk           text NOT NULL,
    route           text NOT NULL,
    party           text NOT NULL,
    lead            text NOT NULL,
    attempt         text NOT NULL,
    answered_at     bigint NOT NULL,
    entered_at      bigint NOT NULL,
    connected_at    bigint NOT NULL,
    human_at        bigint NOT NULL,
    released_at     bigint NOT NULL,
    closed_at       bigint NOT NULL,
    queue           text NOT NULL,
    agent           text NOT NULL,
    exit            text NOT NULL,
    exited_at       bigint NOT NULL,
    outcome         text NOT NULL,
    ended_by        text NOT NULL,
    pre_phase       text NOT NULL,
    missed          boolean NOT NULL,
    within          boolean NOT NULL,
    leg_count       integer NOT NULL,
    entry_count     integer NOT NULL,
    offer_count     integer NOT NULL,
    segment_count   integer NOT NULL,
    answer_count    integer NOT NULL,
    target_us       bigint NOT NULL,
    wait_us         bigint NOT NULL,
    talk_us         bigint NOT NULL,
    hold_us         bigint NOT NULL,
    alone_us        bigint NOT NULL,
    survey_us       bigint NOT NULL,
    wrap_us         bigint NOT NULL,
    length_us       bigint NOT NULL,
    spans           jsonb NOT NULL,
    PRIMARY KEY (organisation_id, call, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.calls (organisation_id, arrived_at);
CREATE INDEX ON records.calls (organisation_id, party) WHERE party <> '';
CREATE INDEX ON records.calls (node) WHERE NOT closed;
CREATE INDEX ON records.calls (node, closed_at);

CREATE TABLE records.legs (
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
    leg             integer NOT NULL,
    role            text NOT NULL,
    trunk           text NOT NULL,
    agent           text NOT NULL,
    codec           text NOT NULL,
    invited_at      bigint NOT NULL,
    ringing_at      bigint NOT NULL,
    answered_at     bigint NOT NULL,
    first_rx_at     bigint NOT NULL,
    ended_at        bigint NOT NULL,
    by              text NOT NULL,
    code            integer NOT NULL,
    losses          integer NOT NULL,
    lost_us         bigint NOT NULL,
    rx              bigint NOT NULL,
    tx              bigint NOT NULL,
    lost            bigint NOT NULL,
    jitter_us       bigint NOT NULL,
    rtt_us          bigint NOT NULL,
    mos             double precision NOT NULL,
    PRIMARY KEY (organisation_id, call, leg, month)
) PARTITION BY LIST (month);

CREATE TABLE records.entries (
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
    entry           integer NOT NULL,
    queue           text NOT NULL,
    first           boolean NOT NULL,
    entered_at      bigint NOT NULL,
    exited_at       bigint NOT NULL,
    reason          text NOT NULL,
    stay_us         bigint NOT NULL,
    wait_us         bigint NOT NULL,
    PRIMARY KEY (organisation_id, call, entry, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.entries (organisation_id, entered_at);

CREATE TABLE records.offers (
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
    offer           text NOT NULL,
    entry           integer NOT NULL,
    queue           text NOT NULL,
    agent           text NOT NULL,
    session         text NOT NULL,
    created_at      bigint NOT NULL,
    ring_at         bigint NOT NULL,
    ended_at        bigint NOT NULL,
    "end"           text NOT NULL,
    ring_us         bigint NOT NULL,
    limit_us        bigint NOT NULL,
    PRIMARY KEY (organisation_id, call, offer, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.offers (organisation_id, agent, created_at);

CREATE TABLE records.segments (
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
    segment         integer NOT NULL,
    agent           text NOT NULL,
    session         text NOT NULL,
    leg             integer NOT NULL,
    offer           text NOT NULL,
    queue           text NOT NULL,
    opened_at       bigint NOT NULL,
    connected_at    bigint NOT NULL,
    ended_at        bigint NOT NULL,
    wrap_started_at bigint NOT NULL,
    wrap_ended_at   bigint NOT NULL,
    handled_at      bigint NOT NULL,
    by              text NOT NULL,
    pre_phase       text NOT NULL,
    wrap_by         text NOT NULL,
    disposition     text NOT NULL,
    note            text NOT NULL,
    connecting_us   bigint NOT NULL,
    talk_us         bigint NOT NULL,
    hold_us         bigint NOT NULL,
    gap_us          bigint NOT NULL,
    wrap_us         bigint NOT NULL,
    wrap            jsonb NOT NULL,
    PRIMARY KEY (organisation_id, call, segment, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.segments (organisation_id, agent, opened_at);

CREATE TABLE records.survey_answers (
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
    segment         integer NOT NULL,
    question        text NOT NULL,
    survey          text NOT NULL,
    language        text NOT NULL,
    agent           text NOT NULL,
    queue           text NOT NULL,
    lead            boolean NOT NULL,
    asked_at        bigint NOT NULL,
    attempts        integer NOT NULL,
    responded_at    bigint NOT NULL,
    first_answer    boolean NOT NULL,
    value           integer NOT NULL,
    scale           integer NOT NULL,
    satisfied       boolean NOT NULL,
    invalid         integer NOT NULL,
    no_input        integer NOT NULL,
    "end"           text NOT NULL,
    PRIMARY KEY (organisation_id, call, segment, question, month)
) PARTITION BY LIST (month);

CREATE TABLE records.dial_attempts (
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
    attempt         text NOT NULL,
    lead            text NOT NULL,
    agent           text NOT NULL,
    invited_at      bigint NOT NULL,
    human_at        bigint NOT NULL,
    connected_at    bigint NOT NULL,
    reserved        text NOT NULL,
    abandoned_at    bigint NOT NULL,
    announced       boolean NOT NULL,
    ended_at        bigint NOT NULL,
    result          text NOT NULL,
    code            integer NOT NULL,
    PRIMARY KEY (organisation_id, call, attempt, month)
) PARTITION BY LIST (month);

CREATE TABLE records.agent_sessions (
    month           date NOT NULL,
    organisation_id text NOT NULL,
    node            text NOT NULL,
    session         text NOT NULL,
    agent           text NOT NULL,
    queues          jsonb NOT NULL,
    login_at        bigint NOT NULL,
    logout_at       bigint NOT NULL,
    by              text NOT NULL,
    length_us       bigint NOT NULL,
    states          integer NOT NULL,
    first_seq       bigint NOT NULL,
    last_seq        bigint NOT NULL,
    closed          boolean NOT NULL,
    estimated       boolean NOT NULL,
    PRIMARY KEY (organisation_id, session, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.agent_sessions (node) WHERE NOT closed;
CREATE INDEX ON records.agent_sessions (node, logout_at);

CREATE TABLE records.agent_intervals (
    month           date NOT NULL,
    organisation_id text NOT NULL,
    node            text NOT NULL,
    session         text NOT NULL,
    n               integer NOT NULL,
    agent           text NOT NULL,
    state           text NOT NULL,
    aux             text NOT NULL,
    "from"          bigint NOT NULL,
    "to"            bigint NOT NULL,
    step            boolean NOT NULL,
    call            text NOT NULL,
    segment         integer NOT NULL,
    queue           text NOT NULL,
    cause           text NOT NULL,
    first_seq       bigint NOT NULL,
    last_seq        bigint NOT NULL,
    closed          boolean NOT NULL,
    estimated       boolean NOT NULL,
    PRIMARY KEY (organisation_id, session, n, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.agent_intervals (organisation_id, agent, "from");

-- One row per node and bucket that has met its cut.
CREATE TABLE records.buckets (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    bucket          bigint NOT NULL,
    closed_seq      bigint NOT NULL,               -- the cut
    settled_seq     bigint NOT NULL,               -- 0 = a call that arrived in it is still open
    stale           boolean NOT NULL,              -- records changed since the figures were computed
    PRIMARY KEY (organisation_id, node, bucket)
);

-- The figures of closed buckets. Zeroes are left out, so null means zero.
CREATE TABLE records.intervals (
    month           date NOT NULL,                 -- of the bucket
    organisation_id text NOT NULL,
    node            text NOT NULL,
    bucket          bigint NOT NULL,
    dim_kind        text NOT NULL,
    dim             text NOT NULL,
    basis           text NOT NULL,
    metric          text NOT NULL,
    folded          bigint,                        -- from the records as they are now: what reports read
    cut             bigint,                        -- from the records as they were at the cut (cohort: at the settling)
    rolled          bigint,                        -- from the live store's frozen counters of the same cut
    PRIMARY KEY (organisation_id, node, bucket, dim_kind, dim, basis, metric, month)
) PARTITION BY LIST (month);
CREATE INDEX ON records.intervals (organisation_id, bucket);
