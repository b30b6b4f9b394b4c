package kpi

import (
	"cmp"
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Presume returns what the records would be if closings were the next stamps of
// a node that has fallen silent: whole records, marked as provisional. Their
// evidence names the node's real stamps only. The Folder itself is unchanged, so
// whatever the node says later is folded as if nothing had been presumed.
//
// Only Subject, N, instant and fact of the closings count. They must continue
// their subjects.
func (f *Folder) Presume(closings []stamp.Stamp) (Records, error) {
	state, err := f.State()
	if err != nil {
		return Records{}, err
	}
	silent, err := RestoreFolder(state)
	if err != nil {
		return Records{}, err
	}
	var r Records
	for _, s := range closings {
		s.Node, s.Seq = f.state.Node, silent.state.Seq+1
		changes, err := silent.Apply(s)
		if err != nil {
			return Records{}, fmt.Errorf("presume the end of node %s: %w", f.state.Node, err)
		}
		r.add(changes.Records)
	}
	r.eachEvidence(func(e *Evidence) {
		e.FirstSeq, e.LastSeq, e.Provisional = min(e.FirstSeq, f.state.Seq), min(e.LastSeq, f.state.Seq), true
	})
	return r, nil
}

// Open returns the records of every call and session that is not closed, as
// they were last returned by Apply.
func (f *Folder) Open() Records {
	var r Records
	for _, id := range sortedKeys(f.state.Calls) {
		r.add(f.state.Calls[id].whole())
	}
	for _, id := range sortedKeys(f.state.Agents) {
		a := f.state.Agents[id]
		r.Sessions = append(r.Sessions, a.Rec)
		if a.Before != nil {
			r.Agents = append(r.Agents, *a.Before)
		}
		r.Agents = append(r.Agents, a.Open)
	}
	return r
}

// whole is every record of the call.
func (c *openCall) whole() Records {
	r := c.touched(cmp.Or(c.Rec.LastSeq, 1))
	r.Legs, r.Entries, r.Offers, r.Segments, r.Surveys, r.Answers, r.Attempts = nil, nil, nil, nil, nil, nil, nil
	for _, l := range c.Legs {
		r.Legs = append(r.Legs, l.Rec)
	}
	for _, e := range c.Entries {
		r.Entries = append(r.Entries, e.Rec)
	}
	for _, o := range c.Offers {
		r.Offers = append(r.Offers, o.Rec)
	}
	for _, g := range c.Segments {
		r.Segments = append(r.Segments, g.Rec)
	}
	r.Surveys = append(r.Surveys, c.Surveys...)
	r.Answers = append(r.Answers, c.Answers...)
	if c.Attempt != nil {
		r.Attempts = append(r.Attempts, *c.Attempt)
	}
	return r
}

func (r *Records) eachEvidence(do func(*Evidence)) {
	for i := range r.Calls {
		do(&r.Calls[i].Evidence)
	}
	for i := range r.Legs {
		do(&r.Legs[i].Evidence)
	}
	for i := range r.Entries {
		do(&r.Entries[i].Evidence)
	}
	for i := range r.Offers {
		do(&r.Offers[i].Evidence)
	}
	for i := range r.Segments {
		do(&r.Segments[i].Evidence)
	}
	for i := range r.Surveys {
		do(&r.Surveys[i].Evidence)
	}
	for i := range r.Answers {
		do(&r.Answers[i].Evidence)
	}
	for i := range r.Attempts {
		do(&r.Attempts[i].Evidence)
	}
	for i := range r.Sessions {
		do(&r.Sessions[i].Evidence)
	}
	for i := range r.Agents {
		do(&r.Agents[i].Evidence)
	}
}
