-- What the live store hands over at its cuts: what it counted, to be compared
-- with what was folded, and from what it is made anew after it was emptied.

-- +goose Up
CREATE TABLE rolled (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    bucket          bigint NOT NULL,
    basis           text NOT NULL,
    PRIMARY KEY (organisation_id, node, bucket, basis)
);

CREATE TABLE live_checkpoints (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    seq             bigint NOT NULL,
    state           bytea NOT NULL,
    PRIMARY KEY (organisation_id, node)
);

-- The counters as of the node's checkpoint, of the last two days.
CREATE TABLE live_counters (
    organisation_id text NOT NULL,
    node            text NOT NULL,
    bucket          bigint NOT NULL,
    org             text NOT NULL,                 -- of the counter itself
    dim_kind        text NOT NULL,
    dim             text NOT NULL,
    basis           text NOT NULL,
    metric          text NOT NULL,
    value           bigint NOT NULL,
    PRIMARY KEY (organisation_id, node, bucket, org, dim_kind, dim, basis, metric)
);
