package main

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// seedRouting adds skills, routing and reasons. A skill is there because
// somebody has it or asks for it.
func seedRouting(s *postgres.Seed, c configs.Seed) {
	s.AuxReasons, s.AgentSkills = auxReasons(), map[stamp.AgentID][]stamp.Skill{}
	skill := func(name string) stamp.SkillID {
		k := postgres.Skill{ID: stamp.SkillID(slug(name)), Name: name}
		if !slices.ContainsFunc(s.Skills, func(other postgres.Skill) bool { return other.ID == k.ID }) {
			s.Skills = append(s.Skills, k)
		}
		return k.ID
	}
	for _, u := range c.Users {
		id := stamp.AgentID(slug(u.Login))
		for _, k := range u.Skills {
			s.AgentSkills[id] = append(s.AgentSkills[id], stamp.Skill{Skill: skill(k.Skill), Level: k.Level})
		}
	}
	for _, q := range c.Queues {
		r := postgres.DefaultRouting(stamp.QueueID(slug(q.Name)))
		r.Strategy, r.HeadStartUS = cmp.Or(q.Strategy, r.Strategy), q.HeadStart.Microseconds()
		r.LastAgentUS, r.Ring = q.LastAgent.Microseconds(), q.Ring
		s.Routing = append(s.Routing, r)
		if q.Record != "off" && q.Record != "" {
			s.Recording = append(s.Recording, postgres.RecordingPolicy{
				ID: "queue:" + string(r.Queue), Mode: q.Record, Share: q.RecordShare, Disclosure: q.RecordPrompt, KeepDays: q.RecordDays,
			})
		}
		for _, n := range q.Skills {
			need := postgres.QueueNeed{Queue: r.Queue, Skill: skill(n.Skill)}
			for _, step := range n.Steps {
				need.AfterUS = append(need.AfterUS, step.After.Microseconds())
				need.Level = append(need.Level, int32(step.Level)) //nolint:gosec // Validate: 0 to 10
			}
			s.Needs = append(s.Needs, need)
		}
	}
}

// auxReasons are the ones that every organisation begins with.
func auxReasons() []postgres.AuxReason {
	row := func(code string, position int, minutes int64, paid bool, en, vi, zh string) postgres.AuxReason {
		return postgres.AuxReason{
			Code: code, Position: position, NameEN: en, NameVI: vi, NameZH: zh, LimitUS: minutes * 60e6, Paid: paid, Active: true,
		}
	}
	return []postgres.AuxReason{
		row("break", 1, 15, true, "Break", "Nghỉ giải lao", "休息"),
		row("lunch", 2, 60, false, "Lunch", "Nghỉ trưa", "午餐"),
		row("meeting", 3, 0, true, "Meeting", "Họp", "會議"),
		row("training", 4, 0, true, "Training", "Đào tạo", "培訓"),
	}
}
