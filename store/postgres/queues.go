package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Queue is where calls wait, with the policy for its calls. Durations are µs.
type Queue struct {
	ID             stamp.QueueID   `db:"id"`
	Name           string          `db:"name"`
	Language       string          `db:"language"` // of prompts and survey
	Answer         string          `db:"answer"`   // on_entry, on_agent: when the inbound leg gets its 200
	OfferTimeoutUS int64           `db:"offer_timeout_us"`
	WrapUpUS       int64           `db:"wrap_up_us"`    // 0 = none, or without limit where a disposition is required
	WrapRequired   bool            `db:"wrap_required"` // a disposition is mandatory
	ServiceLevelUS int64           `db:"service_level_us"`
	ShortAbandonUS int64           `db:"short_abandon_us"`
	MaxWaitUS      int64           `db:"max_wait_us"` // 0 = without limit
	Survey         bool            `db:"survey"`
	Active         bool            `db:"active"`
	Agents         []stamp.AgentID `db:"agents"` // kept by SetQueueAgents
}

// PutQueue creates or changes a queue; its Agents stay as they are.
func (s *Store) PutQueue(ctx context.Context, actor Actor, q Queue) error {
	return s.put(ctx, actor, "put queue", `
		INSERT INTO queues (organisation_id, id, name, language, answer, offer_timeout_us, wrap_up_us, wrap_required,
		    service_level_us, short_abandon_us, max_wait_us, survey, active)
		VALUES (@org, @id, @name, @language, @answer, @offer_timeout_us, @wrap_up_us, @wrap_required,
		    @service_level_us, @short_abandon_us, @max_wait_us, @survey, @active)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name, language = excluded.language,
		    answer = excluded.answer, offer_timeout_us = excluded.offer_timeout_us, wrap_up_us = excluded.wrap_up_us,
		    wrap_required = excluded.wrap_required, service_level_us = excluded.service_level_us,
		    short_abandon_us = excluded.short_abandon_us, max_wait_us = excluded.max_wait_us,
		    survey = excluded.survey, active = excluded.active`, q)
}

// Queues lists all queues with their agents.
func (s *Store) Queues(ctx context.Context) ([]Queue, error) {
	return list[Queue](ctx, s, "list queues", `
		SELECT id, name, language, answer, offer_timeout_us, wrap_up_us, wrap_required, service_level_us,
		    short_abandon_us, max_wait_us, survey, active,
		    ARRAY(SELECT agent_id FROM queue_agents a WHERE a.organisation_id = q.organisation_id AND a.queue_id = q.id
		          ORDER BY agent_id) AS agents
		FROM queues q WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// SetQueueAgents makes agents the members of a queue, no others.
func (s *Store) SetQueueAgents(ctx context.Context, actor Actor, queue stamp.QueueID, agents []stamp.AgentID) error {
	return s.change(ctx, actor, "set queue agents", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			DELETE FROM queue_agents WHERE organisation_id = $1 AND queue_id = $2 AND NOT agent_id = ANY ($3)`,
			s.org, queue, agents)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO queue_agents (organisation_id, queue_id, agent_id)
			SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`, s.org, queue, agents)
		return err
	})
}

// Disposition is one thing an agent can say of a segment.
type Disposition struct {
	Code     string   `db:"code"`
	Position int      `db:"position"` // order on the desk, 1–9 are keys
	NameVI   string   `db:"name_vi"`
	NameZH   string   `db:"name_zh_hant"`
	NameEN   string   `db:"name_en"`
	Flags    []string `db:"flags"` // human, right_party, sale, resolved, complaint, dnc, callback …
	Active   bool     `db:"active"`
}

// PutDisposition creates or changes a disposition.
func (s *Store) PutDisposition(ctx context.Context, actor Actor, d Disposition) error {
	if d.Flags == nil {
		d.Flags = []string{}
	}
	return s.put(ctx, actor, "put disposition", `
		INSERT INTO dispositions (organisation_id, code, position, name_vi, name_zh_hant, name_en, flags, active)
		VALUES (@org, @code, @position, @name_vi, @name_zh_hant, @name_en, @flags, @active)
		ON CONFLICT (organisation_id, code) DO UPDATE SET position = excluded.position, name_vi = excluded.name_vi,
		    name_zh_hant = excluded.name_zh_hant, name_en = excluded.name_en, flags = excluded.flags,
		    active = excluded.active`, d)
}

// Dispositions lists all dispositions in the order of the desk.
func (s *Store) Dispositions(ctx context.Context) ([]Disposition, error) {
	return list[Disposition](ctx, s, "list dispositions", `
		SELECT code, position, name_vi, name_zh_hant, name_en, flags, active
		FROM dispositions WHERE organisation_id = $1 ORDER BY position, code`, s.org)
}
