package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Skill is something that agents are able to do: a language, a product.
type Skill struct {
	ID   stamp.SkillID `db:"id"`
	Name string        `db:"name"`
}

// PutSkill creates or renames a skill.
func (s *Store) PutSkill(ctx context.Context, actor Actor, k Skill) error {
	return s.put(ctx, actor, "put skill", `
		INSERT INTO skills (organisation_id, id, name) VALUES (@org, @id, @name)
		ON CONFLICT (organisation_id, id) DO UPDATE SET name = excluded.name`, k)
}

// DeleteSkill takes a skill from whoever has it and from the queues that ask for
// it; ErrNotFound where there is none.
func (s *Store) DeleteSkill(ctx context.Context, actor Actor, id stamp.SkillID) error {
	return s.change(ctx, actor, "delete skill", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `DELETE FROM skills WHERE organisation_id = $1 AND id = $2`, s.org, id)
		if err == nil && done.RowsAffected() == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// Skills lists all skills.
func (s *Store) Skills(ctx context.Context) ([]Skill, error) {
	return list[Skill](ctx, s, "list skills", `SELECT id, name FROM skills WHERE organisation_id = $1 ORDER BY name, id`, s.org)
}

// AgentSkill is how well an agent has a skill, from 1 to 10.
type AgentSkill struct {
	Agent stamp.AgentID `db:"agent_id"`
	Skill stamp.SkillID `db:"skill_id"`
	Level int           `db:"level"`
}

// SetAgentSkills makes skills the agent's, no others.
func (s *Store) SetAgentSkills(ctx context.Context, actor Actor, agent stamp.AgentID, skills []stamp.Skill) error {
	return s.change(ctx, actor, "set agent skills", func(tx pgx.Tx) error {
		var ids []stamp.SkillID
		for _, k := range skills {
			ids = append(ids, k.Skill)
		}
		_, err := tx.Exec(ctx, `DELETE FROM agent_skills WHERE organisation_id = $1 AND agent_id = $2 AND NOT skill_id = ANY (coalesce($3::text[], '{}'))`,
			s.org, agent, ids)
		for _, k := range skills {
			if err == nil {
				_, err = tx.Exec(ctx, `
					INSERT INTO agent_skills (organisation_id, agent_id, skill_id, level) VALUES ($1, $2, $3, $4)
					ON CONFLICT (organisation_id, agent_id, skill_id) DO UPDATE SET level = excluded.level`, s.org, agent, k.Skill, k.Level)
			}
		}
		return err
	})
}

// AgentSkills lists the skills of all agents.
func (s *Store) AgentSkills(ctx context.Context) ([]AgentSkill, error) {
	return list[AgentSkill](ctx, s, "list agent skills", `
		SELECT agent_id, skill_id, level FROM agent_skills WHERE organisation_id = $1 ORDER BY agent_id, skill_id`, s.org)
}

// AuxReason is why an agent may be paused.
type AuxReason struct {
	Code     string `db:"code"`
	Position int    `db:"position"` // order on the desk
	NameVI   string `db:"name_vi"`
	NameZH   string `db:"name_zh_hant"`
	NameEN   string `db:"name_en"`
	LimitUS  int64  `db:"limit_us"` // longer counts as exceeded; 0 = no limit
	Paid     bool   `db:"paid"`
	Active   bool   `db:"active"`
}

// PutAuxReason creates or changes a reason.
func (s *Store) PutAuxReason(ctx context.Context, actor Actor, a AuxReason) error {
	return s.put(ctx, actor, "put aux reason", `
		INSERT INTO aux_reasons (organisation_id, code, position, name_vi, name_zh_hant, name_en, limit_us, paid, active)
		VALUES (@org, @code, @position, @name_vi, @name_zh_hant, @name_en, @limit_us, @paid, @active)
		ON CONFLICT (organisation_id, code) DO UPDATE SET position = excluded.position, name_vi = excluded.name_vi,
		    name_zh_hant = excluded.name_zh_hant, name_en = excluded.name_en, limit_us = excluded.limit_us,
		    paid = excluded.paid, active = excluded.active`, a)
}

// AuxReasons lists all reasons in the order of the desk.
func (s *Store) AuxReasons(ctx context.Context) ([]AuxReason, error) {
	return list[AuxReason](ctx, s, "list aux reasons", `
		SELECT code, position, name_vi, name_zh_hant, name_en, limit_us, paid, active
		FROM aux_reasons WHERE organisation_id = $1 ORDER BY position, code`, s.org)
}

// Caller is a customer who is treated in a way of their own.
type Caller struct {
	Number string         `db:"number"` // E.164
	VIP    bool           `db:"vip"`
	Agent  *stamp.AgentID `db:"agent_id"` // whose customer they are; nil = nobody's
}

// PutCaller creates or changes what is said of a number.
func (s *Store) PutCaller(ctx context.Context, actor Actor, c Caller) error {
	return s.put(ctx, actor, "put caller", `
		INSERT INTO callers (organisation_id, number, vip, agent_id) VALUES (@org, @number, @vip, @agent_id)
		ON CONFLICT (organisation_id, number) DO UPDATE SET vip = excluded.vip, agent_id = excluded.agent_id`, c)
}

// DeleteCaller forgets a number; ErrNotFound where nothing is said of it.
func (s *Store) DeleteCaller(ctx context.Context, actor Actor, number string) error {
	return s.change(ctx, actor, "delete caller", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `DELETE FROM callers WHERE organisation_id = $1 AND number = $2`, s.org, number)
		if err == nil && done.RowsAffected() == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// Callers lists the numbers of which something is said.
func (s *Store) Callers(ctx context.Context) ([]Caller, error) {
	return list[Caller](ctx, s, "list callers", `
		SELECT number, vip, agent_id FROM callers WHERE organisation_id = $1 ORDER BY number`, s.org)
}
