-- Who spoke in an agent's part, as media.voice says it.

-- +goose Up
ALTER TABLE records.segments
    ADD COLUMN voice_at          bigint  NOT NULL DEFAULT 0, -- of the account; 0 = none
    ADD COLUMN voice_us          bigint  NOT NULL DEFAULT 0, -- both could hear each other
    ADD COLUMN voice_agent_us    bigint  NOT NULL DEFAULT 0, -- one alone spoke
    ADD COLUMN voice_customer_us bigint  NOT NULL DEFAULT 0,
    ADD COLUMN voice_both_us     bigint  NOT NULL DEFAULT 0,
    ADD COLUMN dead_us           bigint  NOT NULL DEFAULT 0, -- nobody, for 3 s and more
    ADD COLUMN dead_airs         integer NOT NULL DEFAULT 0,
    ADD COLUMN "overlaps"        integer NOT NULL DEFAULT 0,
    ADD COLUMN first_audio_us    bigint  NOT NULL DEFAULT 0, -- picked up → the agent's first voice; 0 = none
    ADD COLUMN mic_silences      integer NOT NULL DEFAULT 0;
