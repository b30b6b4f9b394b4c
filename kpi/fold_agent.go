package kpi

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// foldAgent folds a stamp of an agent session into its chain of intervals.
func (f *Folder) foldAgent(s stamp.Stamp) (Changes, error) {
	a, open := f.state.Agents[s.Subject.ID]
	if !open {
		return f.login(s)
	}
	if err := inOrder(s, a.N); err != nil {
		return Changes{}, err
	}
	a.N = s.N
	a.LengthUS += s.Sub(a.LastAt)
	a.LastAt = s.Instant
	a.Rec.LastSeq = s.Seq
	r := Records{}
	switch fact := s.Fact.(type) {
	case stamp.AgentLogout:
		r.Agents = a.end(s)
		a.logout(s, fact, r.Agents)
		delete(f.state.Agents, s.Subject.ID)
	case stamp.AgentStateChanged:
		r.Agents = a.move(s, fact)
	default:
		if s.Phase != "" && s.Phase != a.Open.State {
			r.Agents = a.move(s, stamp.AgentStateChanged{To: s.Phase})
		}
	}
	if step, crossed := f.beforeStep(s); crossed && !a.Rec.Closed {
		r.Agents = upserted(r.Agents, a.split(step).Agents)
	}
	a.Rec.States = a.Open.N
	r.Sessions = []AgentSession{a.Rec}
	return Changes{Records: r}, nil
}

// login opens a session; its first state is the stamp's, else ready.
func (f *Folder) login(s stamp.Stamp) (Changes, error) {
	if err := inOrder(s, 0); err != nil {
		return Changes{}, err
	}
	fact, ok := s.Fact.(stamp.AgentLogin)
	if !ok {
		return Changes{}, fmt.Errorf("%s: begins with %s, not agent.login", s.Subject, s.Kind())
	}
	state := s.Phase
	if state == "" {
		state = stamp.StateReady
	}
	evidence := Evidence{FirstSeq: s.Seq, LastSeq: s.Seq}
	a := &openAgent{
		N: s.N, LastAt: s.Instant, OpenAt: s.Instant,
		Rec: AgentSession{
			Org: s.Org, Node: s.Node, Session: s.Subject.ID, Agent: fact.Agent, Queues: fact.Queues,
			LoginAt: s.At, States: 1, Evidence: evidence,
		},
		Open: AgentInterval{
			Org: s.Org, Node: s.Node, Session: s.Subject.ID, N: 1, Agent: fact.Agent, State: state,
			From: s.At, Evidence: evidence,
		},
	}
	f.state.Agents[s.Subject.ID] = a
	r := Records{Sessions: []AgentSession{a.Rec}, Agents: []AgentInterval{a.Open}}
	if step, crossed := f.beforeStep(s); crossed {
		cut := a.split(step)
		r.Sessions, r.Agents = cut.Sessions, upserted(r.Agents, cut.Agents)
	}
	return Changes{Records: r}, nil
}

// upserted returns rows with those of more written over rows of the same
// number.
func upserted(rows, more []AgentInterval) []AgentInterval {
	for _, m := range more {
		i := slices.IndexFunc(rows, func(r AgentInterval) bool { return r.N == m.N })
		if i < 0 {
			rows = append(rows, m)
		} else {
			rows[i] = m
		}
	}
	return rows
}

// move ends the open interval and begins the next. A state of no length leaves
// no row: the next one takes its number.
func (a *openAgent) move(s stamp.Stamp, fact stamp.AgentStateChanged) []AgentInterval {
	rows := a.end(s)
	next := AgentInterval{
		Org: a.Rec.Org, Node: a.Rec.Node, Session: a.Rec.Session, N: a.Open.N + 1, Agent: a.Rec.Agent,
		State: fact.To, Aux: fact.Aux, From: s.At, Call: s.Call, Segment: fact.Segment, Queue: fact.Queue,
		Cause: causeOf(s), Evidence: Evidence{FirstSeq: s.Seq, LastSeq: s.Seq},
		LimitUS: fact.LimitUS, Unpaid: fact.Unpaid, RequestedAt: fact.RequestedAt, By: fact.By,
	}
	if last := rows[len(rows)-1]; last.Length() == 0 {
		next.N = last.N
		rows = rows[:len(rows)-1]
	}
	a.Open, a.OpenAt, a.Before = next, s.Instant, nil
	return append(rows, next)
}

// end closes the open interval at s and returns the rows that this changes.
func (a *openAgent) end(s stamp.Stamp) []AgentInterval {
	length := s.Sub(a.OpenAt)
	a.Open.To = a.Open.From + length
	a.Open.LastSeq, a.Open.Closed = s.Seq, true
	if length < 0 && a.Before != nil {
		// It ended before the clock step that cut it: the later piece has no
		// length, the earlier one is shorter.
		a.Open.To = a.Open.From
		a.Before.To += length
		a.Before.LastSeq = s.Seq
		return []AgentInterval{*a.Before, a.Open}
	}
	return []AgentInterval{a.Open}
}

func (a *openAgent) logout(s stamp.Stamp, fact stamp.AgentLogout, rows []AgentInterval) {
	a.Rec.LogoutAt, a.Rec.By, a.Rec.LengthUS = s.At, fact.By, a.LengthUS
	a.Rec.Closed, a.Rec.Estimated = true, fact.Estimated
	rows[len(rows)-1].Estimated = fact.Estimated
}

// split cuts the open interval at a step of the clock.
func (a *openAgent) split(s stamp.Stamp) Records {
	if a.LastAt.Boot == s.Boot {
		a.LengthUS += s.Sub(a.LastAt)
		a.LastAt = s.Instant
	}
	if a.OpenAt.Boot != s.Boot {
		return Records{}
	}
	again := a.Open
	rows := a.end(s)
	again.From, again.To, again.Closed, again.Step = s.At, 0, false, true
	again.FirstSeq, again.LastSeq = s.Seq, s.Seq
	if cut := rows[len(rows)-1]; cut.Length() == 0 {
		rows = rows[:len(rows)-1]
	} else {
		again.N++
		a.Before = &cut
	}
	a.Open, a.OpenAt = again, s.Instant
	a.Rec.States, a.Rec.LastSeq = again.N, s.Seq
	return Records{Sessions: []AgentSession{a.Rec}, Agents: append(rows, again)}
}

// causeOf names the stamp that caused s: "call:0197… 7".
func causeOf(s stamp.Stamp) string {
	if s.Cause == nil || s.Cause.Subject == nil {
		return ""
	}
	return fmt.Sprintf("%s %d", s.Cause.Subject, s.Cause.N)
}
