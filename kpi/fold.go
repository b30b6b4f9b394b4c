package kpi

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Folder folds the stamps of one node, in the order of Seq, into records. It
// holds only what is still open: a closed call and an ended session leave it.
//
// It belongs to one goroutine. After an error other than a repeated stamp its
// state is as it was before, and the same stamp is expected again.
type Folder struct{ state foldState }

// foldState is the whole of a Folder, and its JSON form.
type foldState struct {
	Format int                     `json:"format"`
	Node   stamp.NodeID            `json:"node,omitempty"`
	Seq    uint64                  `json:"seq"`
	Calls  map[stamp.ID]*openCall  `json:"calls"`
	Agents map[stamp.ID]*openAgent `json:"agents"`
	Others map[string]uint64       `json:"others"` // last N of campaign runs and node boots
	// Step is the last step of the wall clock. A stamp made before it but
	// written after it begins its intervals on the old clock.
	Step stamp.Instant `json:"step,omitzero"`
}

// NewFolder returns a Folder that expects a node's first stamp.
func NewFolder() *Folder {
	return &Folder{foldState{
		Format: stateFormat,
		Calls:  map[stamp.ID]*openCall{}, Agents: map[stamp.ID]*openAgent{}, Others: map[string]uint64{},
	}}
}

// Seq is the position: the Seq of the last stamp folded.
func (f *Folder) Seq() uint64 { return f.state.Seq }

// GapError says that a subject's stamp, or a node's, is missing.
type GapError struct {
	Of    string // "call:0197…", "node n1"
	N     uint64 // what came
	After uint64 // what was there
}

func (e *GapError) Error() string {
	return fmt.Sprintf("%s: stamp %d after %d", e.Of, e.N, e.After)
}

// Apply folds one stamp and returns the records it touched. A stamp at or
// before the position changes nothing, so a replay is harmless. Errors: a
// *GapError, a stamp of another node, a fact about something never opened.
func (f *Folder) Apply(s stamp.Stamp) (Changes, error) {
	st := &f.state
	if st.Node != "" && s.Node != st.Node {
		return Changes{}, fmt.Errorf("fold stamp %d: node %s, this is the fold of %s", s.Seq, s.Node, st.Node)
	}
	if s.Seq <= st.Seq {
		return Changes{Node: s.Node, Seq: st.Seq}, nil
	}
	if s.Seq != st.Seq+1 {
		return Changes{}, &GapError{Of: "node " + string(s.Node), N: s.Seq, After: st.Seq}
	}
	ch, err := f.fold(s)
	if err != nil {
		return Changes{}, err
	}
	st.Node, st.Seq = s.Node, s.Seq
	ch.Node, ch.Seq = s.Node, s.Seq
	return ch, nil
}

func (f *Folder) fold(s stamp.Stamp) (ch Changes, err error) {
	switch s.Subject.Kind {
	case stamp.SubjectCall:
		ch, err = f.foldCall(s)
	case stamp.SubjectAgent:
		ch, err = f.foldAgent(s)
	default:
		return f.foldOther(s)
	}
	ch.SetBack = f.late(s)
	return ch, err
}

// foldOther counts the stamps of campaign runs and boots, and carries out the
// facts that concern every open subject.
func (f *Folder) foldOther(s stamp.Stamp) (Changes, error) {
	key := s.Subject.String()
	if err := inOrder(s, f.state.Others[key]); err != nil {
		return Changes{}, err
	}
	f.state.Others[key] = s.N
	var ch Changes
	switch fact := s.Fact.(type) {
	case stamp.CampaignStopped, stamp.NodeStopped:
		delete(f.state.Others, key)
	case stamp.NodeStarted:
		// A crashed boot stamps nothing more; its numbering is done with.
		for k := range f.state.Others {
			if k != key && isNode(k) {
				delete(f.state.Others, k)
			}
		}
	case stamp.ClockStep:
		f.state.Step = s.Instant
		ch.Records = f.split(s)
		if fact.StepUS < 0 {
			ch.SetBack = f.living(s.At, s.At-fact.StepUS)
		}
	case stamp.NodePresumedGone:
		ch.Gone = &fact
	case stamp.BucketClosed:
		ch.Closed = &fact.Bucket
	case stamp.BucketSettled:
		ch.Settled = &fact.Bucket
	}
	return ch, nil
}

// split cuts every open interval where the wall clock stepped, so that its
// pieces lie rightly in the buckets of the old clock and of the new.
func (f *Folder) split(s stamp.Stamp) Records {
	var r Records
	for _, id := range sortedKeys(f.state.Calls) {
		c := f.state.Calls[id]
		if c.split(s) {
			r.add(c.touched(s.Seq))
		}
	}
	for _, id := range sortedKeys(f.state.Agents) {
		r.add(f.state.Agents[id].split(s))
	}
	return r
}

// living are the open subjects, which meet the clock being set back.
func (f *Folder) living(low, high int64) (all []SetBack) {
	for _, id := range sortedKeys(f.state.Calls) {
		all = append(all, SetBack{stamp.Subject{Kind: stamp.SubjectCall, ID: id}, low, high})
	}
	for _, id := range sortedKeys(f.state.Agents) {
		all = append(all, SetBack{stamp.Subject{Kind: stamp.SubjectAgent, ID: id}, low, high})
	}
	return all
}

// late is that s was written after the clock was set back, though it was made
// before: its subject may have begun with it.
func (f *Folder) late(s stamp.Stamp) []SetBack {
	if step, crossed := f.beforeStep(s); crossed && step.At < s.At {
		return []SetBack{{s.Subject, step.At, s.At}}
	}
	return nil
}

// add appends the records of o.
func (r *Records) add(o Records) {
	r.Calls = append(r.Calls, o.Calls...)
	r.Legs = append(r.Legs, o.Legs...)
	r.Entries = append(r.Entries, o.Entries...)
	r.Offers = append(r.Offers, o.Offers...)
	r.Segments = append(r.Segments, o.Segments...)
	r.Surveys = append(r.Surveys, o.Surveys...)
	r.Answers = append(r.Answers, o.Answers...)
	r.Attempts = append(r.Attempts, o.Attempts...)
	r.Sessions = append(r.Sessions, o.Sessions...)
	r.Agents = append(r.Agents, o.Agents...)
}

// beforeStep returns the last step of the clock as a stamp like s, and whether
// s was made before it.
func (f *Folder) beforeStep(s stamp.Stamp) (stamp.Stamp, bool) {
	step := f.state.Step
	crossed := !step.IsZero() && step.Boot == s.Boot && s.Mono < step.Mono
	s.Instant = step
	return s, crossed
}

func inOrder(s stamp.Stamp, last uint64) error {
	if s.N == last+1 {
		return nil
	}
	return &GapError{Of: s.Subject.String(), N: s.N, After: last}
}

func isNode(key string) bool {
	const prefix = string(stamp.SubjectNode) + ":"
	return len(key) > len(prefix) && key[:len(prefix)] == prefix
}

func sortedKeys[V any](m map[stamp.ID]V) []stamp.ID {
	keys := make([]stamp.ID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
