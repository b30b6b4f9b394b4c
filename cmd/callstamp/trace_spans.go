package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A trace is a fold of a call's stamps. Its id is the call's, and a span's comes
// from the number of the stamp that began it, so that the same stamps are the
// same trace wherever and whenever they are folded. It holds what stamps hold:
// no personal data.

type (
	traceID [16]byte
	spanID  [8]byte
)

// span is a stretch of the call with what happened in it. The first one of a
// trace is the whole call and has no parent.
type span struct {
	id, parent spanID
	name       string
	start, end int64 // µs since 1970, on the clock as it was set when the call began
	attrs      []attr
	events     []spanEvent
	failed     string // why the call is a failure of ours or the network's; "": it is none
}

type attr struct {
	key   string
	value any // string, int64, float64 or bool
}

type spanEvent struct {
	name  string
	at    int64
	attrs []attr
}

// traceOf is the id of a call's trace: the UUID's own bytes.
func traceOf(id stamp.ID) (t traceID, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(string(id), "-", ""))
	if err != nil || len(b) != len(t) {
		return t, fmt.Errorf("call %q has no UUID", id)
	}
	return traceID(b), nil
}

// spansOf folds the stamps of one call, in the order of N.
func spansOf(stamps []stamp.Stamp) []span {
	if len(stamps) == 0 {
		return nil
	}
	f := &spanFold{first: stamps[0], open: map[string]int{}, known: map[string]int{}}
	f.begin("", "call", stamps[0])
	for _, s := range stamps {
		f.take(s)
	}
	last := f.at(stamps[len(stamps)-1])
	for i := range f.spans {
		if f.spans[i].end == 0 { // open where the stamps end: the call was cut short
			f.spans[i].end = last
		}
	}
	slices.SortStableFunc(f.spans[1:], func(a, b span) int { return cmp.Compare(a.start, b.start) })
	return f.spans
}

// spanFold is a trace in the making.
type spanFold struct {
	first stamp.Stamp
	spans []span
	open  map[string]int // key of an open span → its place
	known map[string]int // the same, those that have ended too: a leg's account comes after its end
	phase string
}

// at places a stamp on the clock of the first one, so that a clock that was set
// meanwhile stretches nothing.
func (f *spanFold) at(s stamp.Stamp) int64 { return f.first.At + s.Sub(f.first.Instant) }

func (f *spanFold) begin(key, name string, s stamp.Stamp) *span {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d/%s", f.first.Subject.ID, s.N, name))
	n := span{id: spanID(sum[:8]), name: name, start: f.at(s)}
	if len(f.spans) > 0 {
		n.parent = f.spans[0].id
	}
	f.open[key], f.known[key] = len(f.spans), len(f.spans)
	f.spans = append(f.spans, n)
	return &f.spans[len(f.spans)-1]
}

// end closes the span of a key; one that never began is nobody's.
func (f *spanFold) end(key string, s stamp.Stamp) *span {
	i, ok := f.open[key]
	if !ok {
		return nil
	}
	delete(f.open, key)
	f.spans[i].end = f.at(s)
	return &f.spans[i]
}

// take gives a stamp its place: it begins a span, ends one, or is an event of
// the one that it belongs to.
func (f *spanFold) take(s stamp.Stamp) {
	if s.Phase != "" && s.Phase != f.phase {
		f.end("phase", s)
		f.phase = s.Phase
		if s.Phase != stamp.PhaseClosed {
			f.begin("phase", "phase "+s.Phase, s)
		}
	}
	attrs := attrsOf(s)
	begins, ends, name := boundsOf(s.Fact)
	switch {
	case s.N == f.first.N:
		f.spans[0].attrs = append(f.spans[0].attrs, attrs...)
	case begins != "":
		if _, twice := f.open[begins]; !twice {
			n := f.begin(begins, name, s)
			n.attrs = append(n.attrs, attrs...)
			return
		}
		f.event(begins, s, attrs)
	case ends != "" && f.has(ends):
		n := f.end(ends, s)
		n.attrs = joined(n.attrs, attrs)
		return
	default:
		f.event(ownerOf(s.Fact), s, attrs)
	}
	f.whole(s)
}

func (f *spanFold) has(key string) bool {
	_, ok := f.open[key]
	return ok
}

// joined adds what the stamp that ended a span says to what its beginning said;
// what both say of themselves (number, actor) is told apart.
func joined(attrs, end []attr) []attr {
	for _, e := range end {
		at := slices.IndexFunc(attrs, func(a attr) bool { return a.key == e.key })
		switch {
		case at < 0:
			attrs = append(attrs, e)
		case attrs[at].value != e.value:
			attrs = append(attrs, attr{"callstamp.end_" + strings.TrimPrefix(e.key, "callstamp."), e.value})
		}
	}
	return attrs
}

// whole notes on the call's own span how it ended.
func (f *spanFold) whole(s stamp.Stamp) {
	root := &f.spans[0]
	switch fact := s.Fact.(type) {
	case stamp.CallReleased:
		root.attrs = append(root.attrs, attr{"callstamp.ended_by", string(fact.EndedBy)}, attr{"callstamp.end_estimated", fact.Estimated})
	case stamp.CallClosed:
		root.end = f.at(s)
		root.attrs = append(root.attrs, attr{"callstamp.outcome", fact.Outcome})
		if o := call.Outcome(fact.Outcome); o == call.Failed || o == call.Abnormal {
			root.failed = fact.Outcome
		}
	}
}

// event puts a stamp on the span of a key, on the call's where there is none.
func (f *spanFold) event(key string, s stamp.Stamp, attrs []attr) {
	at := &f.spans[0]
	if i, ok := f.known[key]; ok && key != "" {
		at = &f.spans[i]
	}
	at.events = append(at.events, spanEvent{string(s.Kind()), f.at(s), attrs})
}

// attrsOf are the stamp's number, who, why, and the fields of its fact.
func attrsOf(s stamp.Stamp) []attr {
	attrs := []attr{{"callstamp.n", int64(s.N)}, {"callstamp.actor", string(s.Actor)}}
	if s.Cause != nil && s.Cause.Proto != "" {
		attrs = append(attrs, attr{"callstamp.cause", strings.TrimSpace(fmt.Sprintf("%s %d %s", s.Cause.Proto, s.Cause.Code, s.Cause.Text))})
	}
	b, err := json.Marshal(s.Fact)
	var fields map[string]any
	if err != nil || json.Unmarshal(b, &fields) != nil {
		return attrs // a fact that was journalled can be encoded
	}
	for name, v := range fields {
		switch v := v.(type) {
		case float64:
			if v == float64(int64(v)) {
				attrs = append(attrs, attr{"callstamp." + name, int64(v)})
			} else {
				attrs = append(attrs, attr{"callstamp." + name, v})
			}
		case string, bool:
			attrs = append(attrs, attr{"callstamp." + name, v})
		}
	}
	slices.SortFunc(attrs[2:], func(a, b attr) int { return cmp.Compare(a.key, b.key) })
	return attrs
}
