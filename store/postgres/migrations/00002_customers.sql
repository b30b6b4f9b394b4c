-- Personal data, each in one row that stamps name by an opaque id and that can
-- be emptied, and the leads and attempts of campaigns. Parties and notes refer
-- to nothing: they come out of the journal, which nothing may stop.

-- +goose Up
CREATE TABLE parties (
    organisation_id text NOT NULL,
    id              text NOT NULL,
    number          text NOT NULL DEFAULT '',      -- E.164 where it could be read as such
    name            text NOT NULL DEFAULT '',
    consent         text NOT NULL DEFAULT 'unknown' CHECK (consent IN ('unknown', 'given', 'withdrawn')),
    erased_at       timestamptz,
    PRIMARY KEY (organisation_id, id)
);
CREATE INDEX ON parties (organisation_id, number) WHERE number <> '';

CREATE TABLE notes (
    organisation_id text NOT NULL,
    id              text NOT NULL,
    call_id         text NOT NULL DEFAULT '',
    author          text NOT NULL DEFAULT '',
    body            text NOT NULL DEFAULT '',
    erased_at       timestamptz,
    PRIMARY KEY (organisation_id, id)
);

-- Numbers that must not be dialed by anyone of the organisation.
CREATE TABLE do_not_call (
    organisation_id text NOT NULL REFERENCES organisations,
    number          text NOT NULL,
    reason          text NOT NULL DEFAULT '',
    added_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, number)
);

CREATE TABLE leads (
    organisation_id text NOT NULL,
    id              text NOT NULL,
    campaign_id     text NOT NULL,
    party_id        text NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'claimed', 'done')),
    result          text NOT NULL DEFAULT '',      -- of the last attempt, or why it was skipped
    priority        integer NOT NULL DEFAULT 0,    -- higher first
    attempts        integer NOT NULL DEFAULT 0,
    next_at         timestamptz NOT NULL DEFAULT '-infinity',
    zone            text NOT NULL DEFAULT '',      -- the called party's; '' = the campaign's
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, campaign_id, party_id),
    FOREIGN KEY (organisation_id, campaign_id) REFERENCES campaigns,
    FOREIGN KEY (organisation_id, party_id) REFERENCES parties
);
CREATE INDEX ON leads (organisation_id, campaign_id, priority DESC, next_at, id) WHERE state = 'open';

-- One row per claim, committed before its INVITE. The unique key is what makes
-- a second dialing of one attempt impossible.
CREATE TABLE attempts (
    organisation_id text NOT NULL,
    id              text NOT NULL,
    campaign_id     text NOT NULL,
    lead_id         text NOT NULL,
    attempt_no      integer NOT NULL,
    party_id        text NOT NULL,
    node            text NOT NULL,
    epoch           bigint NOT NULL,
    claimed_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    result          text,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, lead_id, attempt_no),
    FOREIGN KEY (organisation_id, lead_id) REFERENCES leads
);
CREATE INDEX ON attempts (organisation_id, party_id, claimed_at);
CREATE INDEX ON attempts (organisation_id, node) WHERE finished_at IS NULL;
