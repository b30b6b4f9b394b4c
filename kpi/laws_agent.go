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

// talk checks that an agent was in state talking exactly while a segment was
// connected, for segments that an interval names. A gap before the first sound,
// a desk that was lost as it accepted, is no talk yet.
func (k *checker) talk(r Records) {
	type part struct {
		call stamp.ID
		no   stamp.SegmentNo
	}
	sums, open, early := map[part]int64{}, map[part]bool{}, map[part]int64{}
	for i := range r.Calls {
		begun := map[stamp.SegmentNo]bool{}
		for _, s := range r.Calls[i].Spans {
			switch s.Phase {
			case stamp.PhaseTalking, stamp.PhaseHeld:
				begun[s.Segment] = true
			case stamp.PhaseAlone:
				if !begun[s.Segment] {
					early[part{r.Calls[i].Call, s.Segment}] += s.Length()
				}
			}
		}
	}
	for _, a := range r.Agents {
		if a.State == stamp.StateTalking && a.Call != "" && a.Segment != 0 {
			p := part{a.Call, a.Segment}
			sums[p] += a.Length()
			open[p] = open[p] || a.To == 0
		}
	}
	for i := range r.Segments {
		s := &r.Segments[i]
		p := part{s.Call, s.Segment}
		if us, named := sums[p]; named && s.EndedAt != 0 && !open[p] {
			k.equal(LawTalk, s.row(), "agent's talk", us, s.TalkUS+s.HoldUS+s.GapUS-early[p])
		}
	}
}
