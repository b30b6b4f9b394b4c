package kpi

import (
	"cmp"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// sessions checks that a session's intervals follow each other without gap and
// fill its login time.
func (k *checker) sessions(r Records) {
	chains := map[stamp.ID][]*AgentInterval{}
	for i := range r.Agents {
		a := &r.Agents[i]
		chains[a.Session] = append(chains[a.Session], a)
	}
	for i := range r.Sessions {
		s := &r.Sessions[i]
		chain := chains[s.Session]
		delete(chains, s.Session)
		slices.SortStableFunc(chain, func(a, b *AgentInterval) int { return cmp.Compare(a.N, b.N) })
		k.chain(s, chain)
	}
	for id, chain := range chains {
		k.say(LawWhole, "session "+string(id), "is missing; %s names it", chain[0].row())
	}
}

func (k *checker) chain(s *AgentSession, chain []*AgentInterval) {
	if len(chain) != s.States {
		k.say(LawStates, s.row(), "%d intervals, should be %d", len(chain), s.States)
	}
	sum, at := int64(0), s.LoginAt
	for i, a := range chain {
		if a.N != i+1 {
			k.say(LawStates, a.row(), "stands at place %d", i+1)
		}
		if a.From != at && !a.Step {
			k.say(LawStates, a.row(), "begins at %d, the one before ended at %d", a.From, at)
		}
		if a.Length() < 0 {
			k.say(LawPositive, a.row(), "%d µs", a.Length())
		}
		k.asked(a)
		if a.To == 0 && (i < len(chain)-1 || s.LogoutAt != 0) {
			k.say(LawStates, a.row(), "is open, but not the last")
		}
		sum, at = sum+a.Length(), a.To
	}
	if s.LogoutAt == 0 {
		return
	}
	k.equal(LawStates, s.row(), "Σ states", sum, s.LengthUS)
	if at != s.LogoutAt {
		k.say(LawStates, s.row(), "the last interval ended at %d, the session at %d", at, s.LogoutAt)
	}
}

// asked checks what an interval says of its being asked for: a limit is a
// pause's, and nothing is asked for after it began.
func (k *checker) asked(a *AgentInterval) {
	if a.State != stamp.StatePaused && (a.LimitUS != 0 || a.Unpaid) {
		k.say(LawStates, a.row(), "is %s and has a limit of %d µs, unpaid %t", a.State, a.LimitUS, a.Unpaid)
	}
	if a.RequestedAt > a.From && !a.Step {
		k.say(LawPositive, a.row(), "began at %d, was asked for at %d", a.From, a.RequestedAt)
	}
}

// agents checks that no second of an agent counts twice: sessions of one
// agent don't overlap. A clock that stepped back may make them seem to: where
// it did, those that a node stamped one after the other are believed.
func (k *checker) agents(r Records) {
	byAgent, stepped := map[stamp.AgentID][]*AgentInterval{}, map[stamp.NodeID]bool{}
	for i := range r.Agents {
		a := &r.Agents[i]
		byAgent[a.Agent] = append(byAgent[a.Agent], a)
		stepped[a.Node] = stepped[a.Node] || a.Step
	}
	for _, list := range byAgent {
		slices.SortStableFunc(list, func(a, b *AgentInterval) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
		})
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if a.Session == b.Session && a.N == b.N || stepped[a.Node] && inTurn(a, b) {
				continue
			}
			if a.To > b.From || a.To == 0 && a.From < b.From {
				k.say(LawOnce, b.row(), "begins at %d, %s ends at %d", b.From, a.row(), a.To)
			}
		}
	}
}

// inTurn reports whether one interval's last stamp is not after the other's
// first: whatever the wall showed, they don't overlap.
func inTurn(a, b *AgentInterval) bool {
	return a.Node == b.Node && (a.LastSeq <= b.FirstSeq || b.LastSeq <= a.FirstSeq)
}

// agentPart names one agent's part of a call.
type agentPart struct {
	call stamp.ID
	no   stamp.SegmentNo
}

// talk checks that an agent was in state talking exactly while a segment was
// connected, and in state consulting exactly while they were consulted, for
// segments that an interval names.
func (k *checker) talk(r Records) {
	talking, open := inState(r, stamp.StateTalking)
	consulting, consultOpen := inState(r, stamp.StateConsulting)
	early := beforeTalk(r)
	for i := range r.Segments {
		s := &r.Segments[i]
		p := agentPart{s.Call, s.Segment}
		if us, named := talking[p]; named && s.EndedAt != 0 && !open[p] {
			k.equal(LawTalk, s.row(), "agent's talk", us, s.TalkUS+s.HoldUS+s.GapUS+s.ConsultUS+s.ConferenceUS-early[p])
		}
		if us, named := consulting[p]; named && s.EndedAt != 0 && !consultOpen[p] {
			k.equal(LawConsult, s.row(), "agent's consulting", us, consulted(s))
		}
	}
}

// inState sums the time of agents in a state by the part that it names; open
// are the parts in whose state an agent is now.
func inState(r Records, state string) (sums map[agentPart]int64, open map[agentPart]bool) {
	sums, open = map[agentPart]int64{}, map[agentPart]bool{}
	for _, a := range r.Agents {
		if a.State == state && a.Call != "" && a.Segment != 0 {
			p := agentPart{a.Call, a.Segment}
			sums[p] += a.Length()
			open[p] = open[p] || a.To == 0
		}
	}
	return sums, open
}

// beforeTalk is what of a part's gaps and consultations lies before its talk: a
// desk that was lost as it accepted, the time in which the agent was consulted.
func beforeTalk(r Records) map[agentPart]int64 {
	early, begun := map[agentPart]int64{}, map[agentPart]bool{}
	see := func(call stamp.ID, s Span) {
		p := agentPart{call, s.Segment}
		switch s.Phase {
		case stamp.PhaseTalking, stamp.PhaseHeld, stamp.PhaseConferencing:
			begun[p] = true
		case stamp.PhaseAlone, stamp.PhaseConsulting:
			if !begun[p] {
				early[p] += s.Length()
			}
		}
	}
	for i := range r.Segments { // what is beside comes before what the call's spans have
		for _, s := range r.Segments[i].Beside {
			see(r.Segments[i].Call, s)
		}
	}
	for i := range r.Calls {
		for _, s := range r.Calls[i].Spans {
			see(r.Calls[i].Call, s)
		}
	}
	return early
}

// consulted is how long the agent was there before having the customer.
func consulted(s *Segment) int64 {
	us := int64(0)
	for _, b := range s.Beside {
		if b.Phase != stamp.PhaseConferencing {
			us += b.Length()
		}
	}
	return us
}
