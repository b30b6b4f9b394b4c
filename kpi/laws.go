package kpi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Violation names a row that breaks a law.
type Violation struct {
	Law  string `json:"law"`
	Row  string `json:"row"` // "entry 0197…/2"
	Text string `json:"text"`
}

// The laws, as their violations name them.
const (
	LawWhole    = "every row once"
	LawFate     = "a call is answered or given up at one instant, in one way"
	LawSurveys  = "offered = responded + ends without an answer"
	LawExits    = "entered = Σ exits + waiting"
	LawOneExit  = "one exit per entry"
	LawOffers   = "offers = Σ ends + open"
	LawPhases   = "Σ phases = call length"
	LawSegments = "Σ phases of a segment = its length"
	LawStates   = "Σ agent states = login time"
	LawOnce     = "each second of an agent once"
	LawTalk     = "agent's talk = the agent's segments"
	LawConsult  = "agent's consulting = the agent is consulted"
	LawPositive = "no negative duration"
	LawTied     = "a row stands where its call has it"
	LawSeq      = "no gap in Seq or N"
)

// CheckLaws checks whole calls and whole sessions: a call with all its parts,
// a session with all its intervals. It returns what breaks a law, ordered by
// row; nothing where all is well.
func CheckLaws(r Records) []Violation {
	k := checker{}
	k.doubles(r)
	k.calls(r)
	k.sessions(r)
	k.agents(r)
	k.talk(r)
	slices.SortStableFunc(k.found, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Law, b.Law), cmp.Compare(a.Text, b.Text))
	})
	return k.found
}

// CheckStamps checks that stamps, in journal order, leave no gap in the Seq of
// a node or the N of a subject. The first of each sets where it begins.
func CheckStamps(stamps []stamp.Stamp) []Violation {
	k := checker{}
	seqs, ns := map[stamp.NodeID]uint64{}, map[stamp.Subject]uint64{}
	for _, s := range stamps {
		row := fmt.Sprintf("stamp %s/%d", s.Node, s.Seq)
		if last, ok := seqs[s.Node]; ok && s.Seq != last+1 {
			k.say(LawSeq, row, "node %s: stamp %d after %d", s.Node, s.Seq, last)
		}
		if last, ok := ns[s.Subject]; ok && s.N != last+1 {
			k.say(LawSeq, row, "%s: stamp %d after %d", s.Subject, s.N, last)
		}
		seqs[s.Node], ns[s.Subject] = s.Seq, s.N
	}
	return k.found
}

type checker struct{ found []Violation }

func (k *checker) say(law, row, format string, args ...any) {
	k.found = append(k.found, Violation{law, row, fmt.Sprintf(format, args...)})
}

// equal wants got = want, both in µs.
func (k *checker) equal(law, row, what string, got, want int64) {
	if got != want {
		k.say(law, row, "%s: %d µs, should be %d µs", what, got, want)
	}
}

func (k *checker) positive(row string, us map[string]int64) {
	for what, v := range us {
		if v < 0 {
			k.say(LawPositive, row, "%s: %d µs", what, v)
		}
	}
}

// doubles looks for two rows of one key.
func (k *checker) doubles(r Records) {
	seen := map[string]bool{}
	once := func(org stamp.OrgID, row string) {
		key := string(org) + " " + row
		if seen[key] {
			k.say(LawWhole, row, "stands twice")
		}
		seen[key] = true
	}
	for i := range r.Calls {
		once(r.Calls[i].Org, r.Calls[i].row())
	}
	for i := range r.Legs {
		once(r.Legs[i].Org, r.Legs[i].row())
	}
	for i := range r.Entries {
		once(r.Entries[i].Org, r.Entries[i].row())
	}
	for i := range r.Offers {
		once(r.Offers[i].Org, r.Offers[i].row())
	}
	for i := range r.Segments {
		once(r.Segments[i].Org, r.Segments[i].row())
	}
	for i := range r.Surveys {
		once(r.Surveys[i].Org, r.Surveys[i].row())
	}
	for i := range r.Answers {
		once(r.Answers[i].Org, r.Answers[i].row())
	}
	for i := range r.Attempts {
		once(r.Attempts[i].Org, r.Attempts[i].row())
	}
	for i := range r.Sessions {
		once(r.Sessions[i].Org, r.Sessions[i].row())
	}
	for i := range r.Agents {
		once(r.Agents[i].Org, r.Agents[i].row())
	}
}

func (c *Call) row() string      { return "call " + string(c.Call) }
func (l *Leg) row() string       { return fmt.Sprintf("leg %s/%d", l.Call, l.Leg) }
func (e *Entry) row() string     { return fmt.Sprintf("entry %s/%d", e.Call, e.Entry) }
func (o *Offer) row() string     { return "offer " + string(o.Offer) }
func (s *Segment) row() string   { return fmt.Sprintf("segment %s/%d", s.Call, s.Segment) }
func (v *SurveyRun) row() string { return fmt.Sprintf("survey %s/%d", v.Call, v.Segment) }
func (a *SurveyAnswer) row() string {
	return fmt.Sprintf("answer %s/%d/%s", a.Call, a.Segment, a.Question)
}
func (a *Attempt) row() string       { return "attempt " + string(a.Attempt) }
func (a *AgentSession) row() string  { return "session " + string(a.Session) }
func (a *AgentInterval) row() string { return fmt.Sprintf("interval %s/%d", a.Session, a.N) }
