package kpi

import (
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// A call that is given up since the customer fell silent ends its talk at the
// last packet, in whichever quarter hour that was; both ways come to the same.
func TestSilenceIsNoTalk(t *testing.T) {
	silence := &stamp.Cause{Proto: "rtp", Text: "silence"}
	for name, c := range map[string]struct {
		steps   []clockStep
		resumed bool
		cause   *stamp.Cause
		hold    int64 // when the agent holds, µs after the connection; 0 = never
		ago     int64
		late    int64
		talk    int64
		held    int64
		gap     int64
		first   int64 // talk counted in the first quarter hour
	}{
		"given up":                      {cause: silence, ago: 30 * second, talk: 90 * second, gap: 30 * second, first: 60 * second},
		"across the quarter hour":       {cause: silence, ago: 90 * second, talk: 30 * second, gap: 90 * second, first: 30 * second},
		"silent from the start":         {cause: silence, ago: 500 * second, gap: 120 * second},
		"on hold by the agent":          {cause: silence, ago: 30 * second, hold: 60 * second, talk: 60 * second, held: 30 * second, gap: 30 * second, first: 60 * second},
		"the sound came back":           {cause: silence, resumed: true, ago: 30 * second, talk: 120 * second, first: 60 * second},
		"the customer hung up":          {ago: 30 * second, talk: 120 * second, first: 60 * second},
		"the clock was put back since":  {cause: silence, steps: []clockStep{{100 * second, -3 * second}}, ago: 30 * second, talk: 100 * second, gap: 20 * second, first: 60 * second},
		"the clock was put back before": {cause: silence, steps: []clockStep{{58 * second, -3 * second}}, ago: 30 * second, talk: 90 * second, gap: 30 * second, first: 63 * second},
		"told late":                     {cause: silence, ago: 30 * second, late: 2 * second, talk: 90 * second, gap: 30 * second, first: 60 * second},
	} {
		t.Run(name, func(t *testing.T) {
			const begin = 14 * minute
			d := newDiary()
			for _, st := range c.steps {
				d.steps = append(d.steps, clockStep{begin + st.at, st.us})
			}
			call := stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}
			d.tell(begin, 0, call, stamp.PhaseArriving, stamp.CallCreated{Direction: stamp.In, Trunk: "t"})
			d.tell(begin, 0, call, stamp.PhaseWaiting, stamp.QueueEntered{Entry: 1, Queue: "care", First: true})
			d.tell(begin, 0, call, stamp.PhaseConnecting, stamp.SegmentOpened{Segment: 1, Agent: "ann", Queue: "care"})
			d.tell(begin, 0, call, "", stamp.QueueExited{Entry: 1, Queue: "care", Reason: stamp.ExitConnected})
			d.tell(begin, 0, call, stamp.PhaseTalking, stamp.SegmentConnected{Segment: 1, Agent: "ann"})
			if c.hold != 0 {
				d.tell(begin+c.hold, 0, call, stamp.PhaseHeld, stamp.HoldStarted{Segment: 1, By: stamp.Agent})
			}
			end := begin + 120*second
			d.tell(end, c.late, call, "", stamp.MediaRTPTimeout{Leg: 1, LastRxAgo: c.ago})
			if c.resumed {
				d.tell(end, c.late, call, "", stamp.MediaResumed{Leg: 1})
			}
			d.tell(end, c.late, call, "", stamp.SegmentEnded{Segment: 1, Agent: "ann"})
			d.lines[len(d.lines)-1].s.Cause = c.cause
			d.tell(end, c.late, call, stamp.PhaseReleasing, stamp.LegEnded{Leg: 1, By: stamp.System})
			d.tell(end+second, c.late, call, stamp.PhaseOver, stamp.CallReleased{})
			d.tell(end+2*second, c.late, call, stamp.PhaseClosed, stamp.CallClosed{})
			d.run(0, hour)
			sums, h := walk(t, d.journal())
			if v := CheckLaws(h.records()); len(v) > 0 {
				t.Errorf("laws: %+v", v)
			}
			g := h.segments[[2]string{"c1", "1"}]
			if g.TalkUS != c.talk || g.HoldUS != c.held || g.GapUS != c.gap {
				t.Errorf("talk %d, hold %d, gap %d", g.TalkUS, g.HoldUS, g.GapUS)
			}
			if silent := h.calls["c1"].PhaseUS()[stamp.PhaseSilent]; silent != c.gap {
				t.Errorf("%d µs of silence", silent)
			}
			key := Key{"n1", "o1", stamp.Bucket(day0), Dim{DimAgent, "ann"}, Event, MTalkUS}
			if got := sums[key]; got != c.first {
				t.Errorf("talk in the first quarter hour: %d", got)
			}
		})
	}
}
