-- By which trunks a number is called, which number of ours is shown, how much
-- may be dialed, and what a trunk needs besides its address.

-- +goose Up
ALTER TABLE trunks
    ADD COLUMN backups     text[] NOT NULL DEFAULT '{}',   -- host or host:port, tried in this order where host does not answer
    ADD COLUMN domain      text NOT NULL DEFAULT '',       -- of From, To and REGISTER; '' = host
    ADD COLUMN nat         boolean NOT NULL DEFAULT false, -- in-dialog requests go where the dialog came from
    ADD COLUMN codecs      text[] NOT NULL DEFAULT '{}' CHECK (codecs <@ '{pcma,pcmu}'), -- in the order of the offer; {} = pcma, pcmu
    ADD COLUMN per_second  integer NOT NULL DEFAULT 0 CHECK (per_second >= 0),  -- calls begun; 0 = without limit
    ADD COLUMN caller_set  text,                           -- whose numbers are shown where a route names no other; null = caller_id
    ADD COLUMN sorts       text[] NOT NULL DEFAULT '{}' CHECK (sorts <@ '{premium,shared_cost,satellite,personal,uan,service}'), -- costly numbers called all the same
    ADD COLUMN per_minute  integer NOT NULL DEFAULT 0 CHECK (per_minute >= 0),  -- calls begun in any 60 s; 0 = without limit
    ADD COLUMN per_day     integer NOT NULL DEFAULT 0 CHECK (per_day >= 0);     -- and since midnight

ALTER TABLE campaigns
    ADD COLUMN calls_per_minute integer NOT NULL DEFAULT 0 CHECK (calls_per_minute >= 0), -- lines opened in any 60 s; 0 = without limit
    ADD COLUMN calls_per_day    integer NOT NULL DEFAULT 0 CHECK (calls_per_day >= 0);

-- Who may dial by hand, and how much: nobody by default.
ALTER TABLE users
    ADD COLUMN may_dial    boolean NOT NULL DEFAULT false,
    ADD COLUMN per_minute  integer NOT NULL DEFAULT 20 CHECK (per_minute >= 0),
    ADD COLUMN per_day     integer NOT NULL DEFAULT 500 CHECK (per_day >= 0);

-- Numbers of ours, one of which is shown in its turn or by its likeness to the
-- number that is called.
CREATE TABLE caller_sets (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    mode            text NOT NULL DEFAULT 'rotate' CHECK (mode IN ('rotate', 'prefix')),
    numbers         text[] NOT NULL CHECK (cardinality(numbers) > 0), -- E.164
    PRIMARY KEY (organisation_id, id)
);
ALTER TABLE trunks ADD FOREIGN KEY (organisation_id, caller_set) REFERENCES caller_sets;

-- Of the active routes whose prefix begins the number those of the longest one
-- count, by position; among equals chance chooses by weight. Without any route
-- a number goes out by whichever trunk lists its prefix, by the trunks' names.
CREATE TABLE outbound_routes (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    prefix          text NOT NULL DEFAULT '',      -- of E.164 numbers: +84; '' = all
    position        integer NOT NULL DEFAULT 1,
    weight          integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000),
    trunk_id        text NOT NULL,
    caller_set      text,                          -- null = the trunk's
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, trunk_id) REFERENCES trunks,
    FOREIGN KEY (organisation_id, caller_set) REFERENCES caller_sets
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['caller_sets', 'outbound_routes'] LOOP
        EXECUTE format('CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION keep_history()', t);
    END LOOP;
END $$;
-- +goose StatementEnd
