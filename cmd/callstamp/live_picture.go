package main

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// view is what one picture is drawn from.
type view struct {
	liveDeps
	at       int64 // µs since 1970
	now      kpi.Now
	counters []kpi.Interval // today's
	beside   *beside
}

// blank is the picture before there is one.
func blank() wire.Live {
	return wire.Live{
		Agents: []wire.LiveAgent{}, Waiting: []wire.LiveCall{}, Calls: []wire.LiveCall{},
		Queues: []wire.LiveQueue{}, Lines: []wire.LiveLine{}, Figures: []wire.Figure{}, Degraded: []wire.Degraded{},
	}
}

func (v view) picture() wire.Live {
	p := blank()
	p.At, p.Seq, p.Balanced = v.at, v.now.Seq, v.beside.balanced
	phases := map[stamp.ID]string{}
	for _, c := range v.now.Calls {
		phases[c.Call] = c.Phase
		if c.WaitingSince != 0 {
			p.Waiting = append(p.Waiting, v.waiting(c))
		} else {
			p.Calls = append(p.Calls, v.call(c))
		}
	}
	slices.SortStableFunc(p.Waiting, func(a, b wire.LiveCall) int { return cmp.Compare(a.Since, b.Since) })
	for _, a := range v.now.Agents {
		p.Agents = append(p.Agents, wire.LiveAgent{
			ID: string(a.Agent), Name: v.names.Agent(a.Agent), State: a.State, Since: a.Since, Aux: a.Aux, Limit: a.LimitUS,
			Call: string(a.Call), Phase: phases[a.Call],
		})
	}
	ready := v.ready()
	for _, q := range v.teams.Queues() {
		p.Queues = append(p.Queues, v.queue(q, ready[q.ID]))
	}
	p.Lines = v.lines()
	p.Figures = v.figures(kpi.Dim{Kind: kpi.DimOrg, ID: string(v.org)})
	return p
}

func (v view) call(c kpi.CallNow) wire.LiveCall {
	return wire.LiveCall{
		ID: string(c.Call), Queue: string(c.Queue), Campaign: string(c.Campaign), Phase: c.Phase, Since: c.Since,
		Created: c.ArrivedAt, Agent: string(c.Agent), Party: v.beside.numbers[c.Call],
	}
}

// waiting is a call that stands in a queue; it does so since its first entry,
// whoever was rung meanwhile.
func (v view) waiting(c kpi.CallNow) wire.LiveCall {
	w := v.call(c)
	w.Since = c.WaitingSince
	return w
}

// ready counts the ready agents by queue.
func (v view) ready() map[string]int {
	n := map[string]int{}
	for _, a := range v.now.Agents {
		if a.State != stamp.StateReady {
			continue
		}
		for _, q := range v.teams.QueuesOf(a.Agent) {
			n[q.ID]++
		}
	}
	return n
}

func (v view) queue(q wire.Named, ready int) wire.LiveQueue {
	dim := kpi.Dim{Kind: kpi.DimQueue, ID: q.ID}
	lq := wire.LiveQueue{ID: q.ID, Name: q.Name, Ready: ready, Figures: v.figures(dim)}
	for _, c := range v.now.Calls {
		if c.WaitingSince != 0 && string(c.Queue) == q.ID {
			lq.Waiting++
		}
	}
	if c, ok := kpi.LongestWaiting(v.now.Calls, v.org, stamp.QueueID(q.ID)); ok {
		lq.Longest = c.WaitingSince
	}
	return lq
}

// figures are today's KPIs of one group; a KPI of the moment comes from the
// calls that wait.
func (v view) figures(d kpi.Dim) []wire.Figure {
	counted := kpi.Gather(v.counters, d, kpi.Event)
	list := []wire.Figure{}
	for _, def := range kpi.Catalogue() {
		switch {
		case !slices.Contains(def.Dims, d.Kind):
		case def.Value.IsZero():
			list = append(list, figure(kpi.WaitNow(v.now.Calls, d, v.at)))
		default:
			list = append(list, figure(kpi.Evaluate(def, counted)))
		}
	}
	return list
}

// lines counts the dialed calls by campaign: of the campaigns that run, and of
// those that were stopped while calls go on.
func (v view) lines() []wire.LiveLine {
	lines := []wire.LiveLine{}
	for _, c := range v.teams.Running() {
		lines = append(lines, wire.LiveLine{Campaign: c, State: "running", Because: v.beside.because[stamp.CampaignID(c.ID)]})
	}
	for _, c := range v.now.Calls {
		if c.Direction != stamp.Out || c.Campaign == "" {
			continue
		}
		i := slices.IndexFunc(lines, func(l wire.LiveLine) bool { return l.Campaign.ID == string(c.Campaign) })
		if i < 0 {
			i = len(lines)
			name := v.names.Campaign(c.Campaign)
			lines = append(lines, wire.LiveLine{Campaign: wire.Named{ID: string(c.Campaign), Name: name}, State: "stopped"})
		}
		switch c.Phase {
		case stamp.PhaseDialing:
			lines[i].Dialing++
		case stamp.PhaseConnecting, stamp.PhaseTalking, stamp.PhaseHeld, stamp.PhaseAlone, stamp.PhaseConsulting, stamp.PhaseConferencing:
			lines[i].Talking++
		}
	}
	slices.SortFunc(lines, func(a, b wire.LiveLine) int {
		return cmp.Or(cmp.Compare(a.Campaign.Name, b.Campaign.Name), cmp.Compare(a.Campaign.ID, b.Campaign.ID))
	})
	return lines
}
