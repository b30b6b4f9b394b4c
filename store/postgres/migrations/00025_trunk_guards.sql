-- How much of an extension a trunk wants, and who it is over TLS.

-- +goose Up
ALTER TABLE trunks
    ADD COLUMN reliable   text NOT NULL DEFAULT 'off' CHECK (reliable IN ('off', 'optional', 'required')), -- 100rel and PRACK (RFC 3262)
    ADD COLUMN srtp       text NOT NULL DEFAULT 'off' CHECK (srtp IN ('off', 'optional', 'required')),     -- RTP/SAVP, keys in SDP (RFC 4568)
    ADD COLUMN tls_ca     text NOT NULL DEFAULT '',        -- PEM: who signs the trunk's certificate; '' = whom the system trusts
    ADD COLUMN tls_client boolean NOT NULL DEFAULT false;  -- callers over TLS must show a certificate of tls_ca
