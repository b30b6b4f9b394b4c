package acd

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Which queues a session serves and what its agent is able to do, while it lasts.

// assign stamps what is different.
func (d *decision) assign(in Assign) {
	m := d.m
	for _, q := range slices.Sorted(slices.Values(m.queues)) {
		if !slices.Contains(in.Queues, q) {
			d.stamp(stamp.System, "", stamp.AgentQueueLeft{Agent: m.seat.Agent, Queue: q})
			d.changed()
		}
	}
	for _, q := range slices.Sorted(slices.Values(in.Queues)) {
		if !slices.Contains(m.queues, q) {
			d.stamp(stamp.System, "", stamp.AgentQueueJoined{Agent: m.seat.Agent, Queue: q})
			d.changed()
		}
	}
	for _, s := range slices.Clone(m.skills) {
		if levelOf(in.Skills, s.Skill) == 0 {
			d.skill(s.Skill, 0)
		}
	}
	for _, s := range in.Skills {
		d.skill(s.Skill, s.Level)
	}
}

func (d *decision) skill(id stamp.SkillID, level int) {
	if from := levelOf(d.m.skills, id); from != level {
		d.stamp(stamp.System, "", stamp.AgentSkillChanged{Agent: d.m.seat.Agent, Skill: id, From: from, Level: level})
	}
}

// levelOf is 0 for a skill that is not there.
func levelOf(skills []stamp.Skill, id stamp.SkillID) int {
	for _, s := range skills {
		if s.Skill == id {
			return s.Level
		}
	}
	return 0
}

// with returns the skills with this one at its level, in order of their ids.
func with(skills []stamp.Skill, s stamp.Skill) []stamp.Skill {
	others := slices.DeleteFunc(slices.Clone(skills), func(x stamp.Skill) bool { return x.Skill == s.Skill })
	if s.Level > 0 {
		others = append(others, s)
	}
	slices.SortFunc(others, func(a, b stamp.Skill) int { return cmp.Compare(a.Skill, b.Skill) })
	return others
}
