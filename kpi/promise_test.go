package kpi

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// The limit of the service level is the one that the queue had when the call
// entered, so a change of the queue changes no report of the past.
func TestTargetIsThatOfTheEntry(t *testing.T) {
	for _, c := range []struct {
		stamped, wait, want int64
		within              bool
	}{
		{stamped: 30 * second, wait: 25 * second, want: 30 * second, within: true},
		{stamped: 20 * second, wait: 25 * second, want: 20 * second},
		{stamped: 0, wait: 20 * second, want: DefaultTargetUS, within: true},
	} {
		d := newDiary()
		call := stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}
		d.tell(0, 0, call, stamp.PhaseArriving, stamp.CallCreated{Direction: stamp.In, Trunk: "t"})
		d.tell(0, 0, call, stamp.PhaseWaiting, stamp.QueueEntered{Entry: 1, Queue: "care", First: true, TargetUS: c.stamped})
		d.tell(c.wait, 0, call, stamp.PhaseConnecting, stamp.SegmentOpened{Segment: 1, Agent: "ann", Queue: "care"})
		d.tell(c.wait, 0, call, stamp.PhaseTalking, stamp.SegmentConnected{Segment: 1, Agent: "ann"})
		h, _ := foldAll(t, d.journal())
		if got := h.calls["c1"]; got.TargetUS != c.want || got.Within != c.within {
			t.Errorf("limit %d stamped, %d waited: limit %d, within %v", c.stamped, c.wait, got.TargetUS, got.Within)
		}
	}
}

// A value says by which definition, of which version, it was reckoned.
func TestValuesNameTheirDefinition(t *testing.T) {
	for _, d := range Catalogue() {
		d.Version += 6
		if v := Evaluate(d, Figures{}); v.ID != d.ID || v.Version != d.Version || v.Unit != d.Unit {
			t.Errorf("%s, version %d in %s, is told as %s, version %d in %s", d.ID, d.Version, d.Unit, v.ID, v.Version, v.Unit)
		}
	}
}
