package redis

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi"
)

func sortRows(rows []kpi.Interval) {
	slices.SortFunc(rows, func(a, b kpi.Interval) int { return a.Key.Compare(b.Key) })
}

// sortNow puts the wall into kpi's order: oldest arrival first; by agent.
func sortNow(n *kpi.Now) {
	slices.SortFunc(n.Calls, func(a, b kpi.CallNow) int {
		return cmp.Or(cmp.Compare(a.ArrivedAt, b.ArrivedAt), cmp.Compare(a.Call, b.Call))
	})
	slices.SortFunc(n.Agents, func(a, b kpi.AgentNow) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Session, b.Session))
	})
}
