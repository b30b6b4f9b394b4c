-- What a trunk needs besides its address. prefixes are the numbers that may be
-- called through it: none by default, since a stolen login or a mistyped list
-- would otherwise call premium numbers abroad at the owner's cost (toll fraud).

-- +goose Up
ALTER TABLE trunks
    ADD COLUMN prefixes    text[] NOT NULL DEFAULT '{}',   -- of E.164 numbers: +84; {} = no calls out
    ADD COLUMN realm       text NOT NULL DEFAULT '',       -- the only one answered; '' = whichever challenges
    ADD COLUMN session_us  bigint NOT NULL DEFAULT 1800000000 CHECK (session_us = 0 OR session_us >= 90000000), -- RFC 4028; 0 = no session timer
    ADD COLUMN options_us  bigint NOT NULL DEFAULT   30000000 CHECK (options_us >= 0),                          -- between two OPTIONS; 0 = none
    ADD COLUMN strip_plus  boolean NOT NULL DEFAULT false, -- the carrier wants numbers without their +
    ADD COLUMN signal_hold boolean NOT NULL DEFAULT true;  -- tell the carrier of a hold by re-INVITE
