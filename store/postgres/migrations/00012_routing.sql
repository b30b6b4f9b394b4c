-- Which call goes first, who is rung for it, and what an agent's states are
-- called. What a queue lacks a row for here has the defaults of the row.

-- +goose Up

-- keep_history for tables whose rows have no id or code of their own: the names
-- of their key columns are the trigger's arguments.
-- +goose StatementBegin
CREATE FUNCTION keep_history_by() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb;
    after  jsonb;
    shown  jsonb;
    object text;
BEGIN
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    IF before = after THEN RETURN NULL; END IF;
    shown := coalesce(after, before);
    SELECT string_agg(shown->>key, '/' ORDER BY place) INTO object FROM unnest(TG_ARGV) WITH ORDINALITY AS keys (key, place);
    INSERT INTO config_history (organisation_id, actor, kind, object, old, new)
    VALUES (shown->>'organisation_id', coalesce(nullif(current_setting('callstamp.actor', true), ''), 'sql'), TG_TABLE_NAME, object, before, after);
    PERFORM pg_notify('callstamp_config', (shown->>'organisation_id') || ' ' || TG_TABLE_NAME);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TABLE skills (
    organisation_id text NOT NULL REFERENCES organisations,
    id              text NOT NULL,
    name            text NOT NULL,
    PRIMARY KEY (organisation_id, id)
);

CREATE TABLE agent_skills (
    organisation_id text NOT NULL,
    agent_id        text NOT NULL,
    skill_id        text NOT NULL,
    level           integer NOT NULL CHECK (level BETWEEN 1 AND 10),
    PRIMARY KEY (organisation_id, agent_id, skill_id),
    FOREIGN KEY (organisation_id, agent_id) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, skill_id) REFERENCES skills ON DELETE CASCADE
);

CREATE TABLE queue_routing (
    organisation_id     text NOT NULL,
    queue_id            text NOT NULL,
    strategy            text NOT NULL DEFAULT 'longest_idle' CHECK (strategy IN ('longest_idle', 'round_robin', 'fewest_calls',
                        'least_talk', 'random', 'weighted', 'top_down', 'ring_all')),
    head_start_us       bigint NOT NULL DEFAULT 0 CHECK (head_start_us >= 0),         -- its calls count as having come so much earlier
    vip_us              bigint NOT NULL DEFAULT 600000000 CHECK (vip_us >= 0),        -- … and a VIP's by as much more
    ring                integer NOT NULL DEFAULT 0 CHECK (ring >= 0),                 -- of ring_all: agents at once; 0 = all who are free
    last_agent_us       bigint NOT NULL DEFAULT 0 CHECK (last_agent_us >= 0),         -- a call is kept so long for who spoke with the customer last; 0 = not
    blend_max_wait_us   bigint NOT NULL DEFAULT 0 CHECK (blend_max_wait_us >= 0),     -- calls out only while nobody waits longer; 0 = no limit
    blend_min_level     integer NOT NULL DEFAULT 0 CHECK (blend_min_level BETWEEN 0 AND 100), -- … and so many % were answered in time
    blend_min_free      integer NOT NULL DEFAULT 0 CHECK (blend_min_free >= 0),       -- … and so many agents stay free
    wrap_missed_us      bigint NOT NULL DEFAULT 0 CHECK (wrap_missed_us >= 0),        -- wrap-up after a part in which nobody was heard; 0 = none
    wrap_transferred_us bigint NOT NULL DEFAULT -1 CHECK (wrap_transferred_us >= -1), -- … after a transfer; -1 = as after a talk
    wrap_most_us        bigint NOT NULL DEFAULT 0 CHECK (wrap_most_us >= 0),          -- the longest, extensions and a missing disposition included; 0 = without limit
    wrap_code           text NOT NULL DEFAULT '',                                     -- the disposition that is set then, if none was
    wrap_ready          boolean NOT NULL DEFAULT true,                                -- ready after a wrap-up that ended by itself; false = paused
    PRIMARY KEY (organisation_id, queue_id),
    FOREIGN KEY (organisation_id, queue_id) REFERENCES queues ON DELETE CASCADE
);

-- A skill that the queue's calls ask for. Of a call that has waited after_us[i],
-- level[i] is asked for; 0 is none.
CREATE TABLE queue_needs (
    organisation_id text NOT NULL,
    queue_id        text NOT NULL,
    skill_id        text NOT NULL,
    after_us        bigint[] NOT NULL,
    level           integer[] NOT NULL,
    PRIMARY KEY (organisation_id, queue_id, skill_id),
    FOREIGN KEY (organisation_id, queue_id) REFERENCES queues ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, skill_id) REFERENCES skills ON DELETE CASCADE,
    CHECK (cardinality(after_us) BETWEEN 1 AND 8 AND cardinality(after_us) = cardinality(level) AND after_us[1] = 0),
    CHECK (0 <= ALL (level) AND 10 >= ALL (level))
);

ALTER TABLE queue_agents
    ADD COLUMN position integer NOT NULL DEFAULT 0,                            -- of top_down: lower ones ring first
    ADD COLUMN weight   integer NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000); -- of weighted

ALTER TABLE routes
    ADD COLUMN head_start_us bigint NOT NULL DEFAULT 0 CHECK (head_start_us >= 0), -- calls by it count as having come so much earlier
    ADD COLUMN vip           boolean NOT NULL DEFAULT false;                      -- … and as a VIP's

-- Customers who are treated in a way of their own. Their numbers are personal
-- data and stay out of the history, as those of do_not_call.
CREATE TABLE callers (
    organisation_id text NOT NULL REFERENCES organisations,
    number          text NOT NULL,                 -- E.164
    vip             boolean NOT NULL DEFAULT false,
    agent_id        text,                          -- whose customer they are: preferred over who spoke with them last
    PRIMARY KEY (organisation_id, number),
    FOREIGN KEY (organisation_id, agent_id) REFERENCES users ON DELETE SET NULL (agent_id)
);

CREATE TABLE aux_reasons (
    organisation_id text NOT NULL REFERENCES organisations,
    code            text NOT NULL,
    position        integer NOT NULL DEFAULT 0,    -- order on the desk
    name_vi         text NOT NULL,
    name_zh_hant    text NOT NULL,
    name_en         text NOT NULL,
    limit_us        bigint NOT NULL DEFAULT 0 CHECK (limit_us >= 0), -- longer counts as exceeded; 0 = no limit
    paid            boolean NOT NULL DEFAULT true,
    active          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (organisation_id, code)
);

-- +goose StatementBegin
CREATE FUNCTION tell_config() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('callstamp_config', coalesce(NEW.organisation_id, OLD.organisation_id) || ' ' || TG_TABLE_NAME);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON skills FOR EACH ROW EXECUTE FUNCTION keep_history_by('id');
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON agent_skills FOR EACH ROW EXECUTE FUNCTION keep_history_by('agent_id', 'skill_id');
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON queue_routing FOR EACH ROW EXECUTE FUNCTION keep_history_by('queue_id');
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON queue_needs FOR EACH ROW EXECUTE FUNCTION keep_history_by('queue_id', 'skill_id');
CREATE TRIGGER keep_history AFTER INSERT OR UPDATE OR DELETE ON aux_reasons FOR EACH ROW EXECUTE FUNCTION keep_history_by('code');
CREATE TRIGGER tell_config AFTER INSERT OR UPDATE OR DELETE ON callers FOR EACH ROW EXECUTE FUNCTION tell_config();

INSERT INTO aux_reasons (organisation_id, code, position, name_vi, name_zh_hant, name_en, limit_us, paid)
SELECT organisation_id, code, position, vi, zh, en, minutes * 60000000::bigint, paid FROM organisations,
    (VALUES ('break', 1, 'Nghỉ giải lao', '休息', 'Break', 15, true), ('lunch', 2, 'Nghỉ trưa', '午餐', 'Lunch', 60, false),
            ('meeting', 3, 'Họp', '會議', 'Meeting', 0, true), ('training', 4, 'Đào tạo', '培訓', 'Training', 0, true))
    AS first (code, position, vi, zh, en, minutes, paid);
