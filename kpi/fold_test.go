package kpi

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// renumber gives stamps a gap-free Seq again.
func renumber(stamps []stamp.Stamp) []stamp.Stamp {
	out := slices.Clone(stamps)
	for i := range out {
		out[i].Seq = uint64(i + 1)
	}
	return out
}

func TestApplyNamesWhatIsWrong(t *testing.T) {
	day := readDay(t, "care")
	without := func(i int) []stamp.Stamp { return renumber(slices.Delete(slices.Clone(day), i, i+1)) }
	changed := func(i int, do func(*stamp.Stamp)) []stamp.Stamp {
		out := slices.Clone(day)
		do(&out[i])
		return out
	}
	for _, c := range []struct {
		name   string
		stamps []stamp.Stamp
		want   string
	}{
		{"a stamp of a call is lost", without(3), "call:c1: stamp 5 after 3"},
		{"its first stamp is lost", without(0), "call:c1: stamp 2 after 0"},
		{"a stamp of the journal is lost", slices.Delete(slices.Clone(day), 3, 4), "node n1: stamp 5 after 3"},
		{"another node", changed(4, func(s *stamp.Stamp) { s.Node = "n2" }), "node n2, this is the fold of n1"},
		{"a call begins in the middle", changed(0, func(s *stamp.Stamp) { s.Fact = stamp.LegLost{} }), "begins with leg.lost, not call.created"},
		{"an entry that is not open", changed(6, func(s *stamp.Stamp) { s.Fact = stamp.QueueExited{Entry: 7} }), "entry 7 is not open"},
		{"an offer that is not open", changed(3, func(s *stamp.Stamp) { s.Fact = stamp.OfferAccepted{Offer: "x"} }), "offer x is not open"},
		{"a segment never opened", changed(7, func(s *stamp.Stamp) { s.Fact = stamp.SegmentConnected{Segment: 9} }), "segment 9 was never opened"},
		{"a wrap-up never begun", changed(11, func(s *stamp.Stamp) { s.Fact = stamp.WrapEnded{Segment: 1} }), "segment 1 is not in wrap-up"},
		{"a survey never offered", changed(13, func(s *stamp.Stamp) { s.Fact = stamp.SurveyResponded{Segment: 3, Question: "x"} }), "no survey was offered for segment 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := NewFolder()
			for _, s := range c.stamps {
				before, err := f.State()
				if err != nil {
					t.Fatal(err)
				}
				_, err = f.Apply(s)
				if err == nil {
					continue
				}
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %q, want %q", err, c.want)
				}
				var gap *GapError
				if strings.Contains(c.want, "after") != errors.As(err, &gap) {
					t.Errorf("%v is a GapError: %v", err, gap != nil)
				}
				after, err := f.State()
				if err != nil || string(after) != string(before) {
					t.Error("the error changed the state")
				}
				return
			}
			t.Error("no error")
		})
	}
}

func TestClosedSubjectsLeaveTheState(t *testing.T) {
	_, f := foldAll(t, readDay(t, "night"))
	state, err := f.State()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(state), "ann") || len(f.state.Calls)+len(f.state.Agents) != 0 {
		t.Errorf("%s", state)
	}
}

func TestRecoveryIsMarked(t *testing.T) {
	h, _ := foldAll(t, readDay(t, "crash"))
	c := h.calls["c1"]
	if !c.Estimated || c.EndedBy != stamp.System || c.LengthUS != 300*second || c.TalkUS != 294*second || c.WrapUS != 180*second {
		t.Errorf("call: %+v", c)
	}
	for _, g := range h.segments {
		if !g.Estimated || g.Disposition != "later" || !g.Closed {
			t.Errorf("segment: %+v", g)
		}
	}
	s := h.sessions["a1"]
	if !s.Estimated || s.LengthUS != 6*minute || s.States != 3 {
		t.Errorf("session: %+v", s)
	}
}

// A stamp made before a step of the clock, but written after it, belongs
// wholly to the old clock.
func TestStampThatCrossesAStep(t *testing.T) {
	d := newDiary()
	d.steps = []clockStep{{10 * second, -5 * second}}
	call := stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}
	agent := stamp.Subject{Kind: stamp.SubjectAgent, ID: "a1"}
	d.tell(0, 0, agent, "ready", stamp.AgentLogin{Agent: "ann"})
	d.tell(0, 0, call, stamp.PhaseTalking, stamp.CallCreated{Direction: stamp.Out, Trunk: "t"})
	d.tell(1*second, 0, call, "", stamp.SegmentOpened{Segment: 1, Agent: "ann"})
	d.tell(9*second, 2*second, agent, "paused", stamp.AgentStateChanged{To: "paused"})
	d.tell(9*second, 2*second, call, "", stamp.SegmentEnded{Segment: 1})
	d.tell(9*second, 2*second, call, "", stamp.WrapStarted{Segment: 1})
	d.tell(9*second, 2*second, call, stamp.PhaseOver, stamp.CallReleased{})
	d.tell(20*second, 0, call, "", stamp.WrapEnded{Segment: 1})
	d.tell(20*second, 0, agent, "offline", stamp.AgentLogout{})
	d.run(0, stamp.BucketUS)
	sums, h := walk(t, d.journal())
	c := h.calls["c1"]
	if c.LengthUS != 9*second || c.TalkUS != 9*second || len(c.Spans) != 2 {
		t.Errorf("call: %+v", c)
	}
	if v := CheckLaws(h.records()); len(v) > 0 {
		t.Errorf("laws: %+v", v)
	}
	key := func(m Metric) Key {
		return Key{"n1", "o1", stamp.Bucket(day0), Dim{DimAgent, "ann"}, Event, m}
	}
	if sums[key("agent_us.ready")] != 9*second || sums[key(MTalkUS)] != 8*second {
		t.Errorf("ready %d, talk %d", sums[key("agent_us.ready")], sums[key(MTalkUS)])
	}
}
