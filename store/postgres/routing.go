package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// QueueRouting is which of a queue's calls goes first, who is rung for it and
// what follows. Durations are µs.
type QueueRouting struct {
	Queue       stamp.QueueID `db:"queue_id"`
	Strategy    string        `db:"strategy"`      // acd.Strategy
	HeadStartUS int64         `db:"head_start_us"` // its calls count as having come so much earlier
	VIPUS       int64         `db:"vip_us"`        // … a VIP's by as much more
	Ring        int           `db:"ring"`          // of ring_all: agents at once; 0 = all who are free
	LastAgentUS int64         `db:"last_agent_us"` // a call is kept so long for who spoke with the customer last; 0 = not

	BlendMaxWaitUS int64 `db:"blend_max_wait_us"` // calls out only while nobody waits longer; 0 = no limit
	BlendMinLevel  int   `db:"blend_min_level"`   // … and so many % of the last calls were answered in time
	BlendMinFree   int   `db:"blend_min_free"`    // … and so many agents stay free

	WrapMissedUS      int64  `db:"wrap_missed_us"`      // wrap-up after a part in which nobody was heard; 0 = none
	WrapTransferredUS int64  `db:"wrap_transferred_us"` // … after a transfer; -1 = as after a talk
	WrapMostUS        int64  `db:"wrap_most_us"`        // the longest, whatever is missing; 0 = without limit
	WrapCode          string `db:"wrap_code"`           // the disposition that is set then, if none was
	WrapReady         bool   `db:"wrap_ready"`          // ready after a wrap-up that ended by itself; false = paused
}

// DefaultRouting is that of a queue for which nobody said anything.
func DefaultRouting(q stamp.QueueID) QueueRouting {
	return QueueRouting{Queue: q, Strategy: "longest_idle", VIPUS: 600e6, WrapTransferredUS: -1, WrapReady: true}
}

const routingColumns = `queue_id, strategy, head_start_us, vip_us, ring, last_agent_us, blend_max_wait_us, blend_min_level,
	blend_min_free, wrap_missed_us, wrap_transferred_us, wrap_most_us, wrap_code, wrap_ready`

// PutQueueRouting creates or changes a queue's routing.
func (s *Store) PutQueueRouting(ctx context.Context, actor Actor, r QueueRouting) error {
	return s.put(ctx, actor, "put queue routing", `
		INSERT INTO queue_routing (organisation_id, `+routingColumns+`)
		VALUES (@org, @queue_id, @strategy, @head_start_us, @vip_us, @ring, @last_agent_us, @blend_max_wait_us, @blend_min_level,
		    @blend_min_free, @wrap_missed_us, @wrap_transferred_us, @wrap_most_us, @wrap_code, @wrap_ready)
		ON CONFLICT (organisation_id, queue_id) DO UPDATE SET strategy = excluded.strategy, head_start_us = excluded.head_start_us,
		    vip_us = excluded.vip_us, ring = excluded.ring, last_agent_us = excluded.last_agent_us,
		    blend_max_wait_us = excluded.blend_max_wait_us, blend_min_level = excluded.blend_min_level,
		    blend_min_free = excluded.blend_min_free, wrap_missed_us = excluded.wrap_missed_us,
		    wrap_transferred_us = excluded.wrap_transferred_us, wrap_most_us = excluded.wrap_most_us,
		    wrap_code = excluded.wrap_code, wrap_ready = excluded.wrap_ready`, r)
}

// QueueRoutings lists the routing of those queues for which somebody said
// something.
func (s *Store) QueueRoutings(ctx context.Context) ([]QueueRouting, error) {
	return list[QueueRouting](ctx, s, "list queue routing", `
		SELECT `+routingColumns+` FROM queue_routing WHERE organisation_id = $1 ORDER BY queue_id`, s.org)
}

// QueueNeed is a skill that a queue's calls ask for: Level[i] of a call that has
// waited AfterUS[i], which begins at 0.
type QueueNeed struct {
	Queue   stamp.QueueID `db:"queue_id"`
	Skill   stamp.SkillID `db:"skill_id"`
	AfterUS []int64       `db:"after_us"`
	Level   []int32       `db:"level"`
}

// SetQueueNeeds makes needs the queue's, no others.
func (s *Store) SetQueueNeeds(ctx context.Context, actor Actor, queue stamp.QueueID, needs []QueueNeed) error {
	return s.change(ctx, actor, "set queue needs", func(tx pgx.Tx) error {
		var skills []stamp.SkillID
		for _, n := range needs {
			skills = append(skills, n.Skill)
		}
		_, err := tx.Exec(ctx, `DELETE FROM queue_needs WHERE organisation_id = $1 AND queue_id = $2 AND NOT skill_id = ANY (coalesce($3::text[], '{}'))`,
			s.org, queue, skills)
		for _, n := range needs {
			if err == nil {
				_, err = tx.Exec(ctx, `
					INSERT INTO queue_needs (organisation_id, queue_id, skill_id, after_us, level) VALUES ($1, $2, $3, $4, $5)
					ON CONFLICT (organisation_id, queue_id, skill_id) DO UPDATE SET after_us = excluded.after_us, level = excluded.level`,
					s.org, queue, n.Skill, n.AfterUS, n.Level)
			}
		}
		return err
	})
}

// QueueNeeds lists what all queues ask for.
func (s *Store) QueueNeeds(ctx context.Context) ([]QueueNeed, error) {
	return list[QueueNeed](ctx, s, "list queue needs", `
		SELECT queue_id, skill_id, after_us, level FROM queue_needs WHERE organisation_id = $1 ORDER BY queue_id, skill_id`, s.org)
}

// QueueMember is an agent's place in a queue.
type QueueMember struct {
	Queue    stamp.QueueID `db:"queue_id"`
	Agent    stamp.AgentID `db:"agent_id"`
	Position int           `db:"position"` // of top_down: lower ones ring first
	Weight   int           `db:"weight"`   // of weighted, 1 to 1000
}

// SetQueueMembers makes members those of a queue, no others.
func (s *Store) SetQueueMembers(ctx context.Context, actor Actor, queue stamp.QueueID, members []QueueMember) error {
	return s.change(ctx, actor, "set queue members", func(tx pgx.Tx) error {
		var agents []stamp.AgentID
		for _, m := range members {
			agents = append(agents, m.Agent)
		}
		_, err := tx.Exec(ctx, `DELETE FROM queue_agents WHERE organisation_id = $1 AND queue_id = $2 AND NOT agent_id = ANY (coalesce($3::text[], '{}'))`,
			s.org, queue, agents)
		for _, m := range members {
			if err == nil {
				_, err = tx.Exec(ctx, `
					INSERT INTO queue_agents (organisation_id, queue_id, agent_id, position, weight) VALUES ($1, $2, $3, $4, $5)
					ON CONFLICT (organisation_id, queue_id, agent_id) DO UPDATE SET position = excluded.position, weight = excluded.weight`,
					s.org, queue, m.Agent, m.Position, m.Weight)
			}
		}
		return err
	})
}

// QueueMembers lists who serves which queue.
func (s *Store) QueueMembers(ctx context.Context) ([]QueueMember, error) {
	return list[QueueMember](ctx, s, "list queue members", `
		SELECT queue_id, agent_id, position, weight FROM queue_agents WHERE organisation_id = $1 ORDER BY queue_id, position, agent_id`, s.org)
}
