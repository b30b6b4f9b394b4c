package main

import (
	"slices"
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// A call that was given up since the customer fell silent shows the talk that
// its record has: until the last packet. Where the sound came back, or the
// customer hung up, nothing is taken away.
func TestSilenceIsNoTalkOfACall(t *testing.T) {
	silence := &stamp.Cause{Proto: "rtp", Text: "silence"}
	for name, c := range map[string]struct {
		resumed bool
		cause   *stamp.Cause
		want    wire.CallMeasure
	}{
		"given up":       {false, silence, wire.CallMeasure{KPI: "c.talk", FromN: 1, ToN: 2, US: 90e6}},
		"it came back":   {true, silence, wire.CallMeasure{KPI: "c.talk", FromN: 1, ToN: 5, US: 121e6}},
		"a hang-up then": {false, nil, wire.CallMeasure{KPI: "c.talk", FromN: 1, ToN: 5, US: 121e6}},
	} {
		stamps := []postgres.SealedStamp{}
		tell := func(us int64, phase string, cause *stamp.Cause, f stamp.Fact) {
			stamps = append(stamps, postgres.SealedStamp{Stamp: stamp.Stamp{
				N: uint64(len(stamps) + 1), Instant: stamp.Instant{At: us, Mono: us, Boot: 1}, Phase: phase, Cause: cause, Fact: f,
			}})
		}
		tell(0, stamp.PhaseTalking, nil, stamp.SegmentConnected{Segment: 1})
		tell(120e6, "", nil, stamp.MediaRTPTimeout{Leg: 1, LastRxAgo: 30e6})
		if c.resumed {
			tell(120e6, "", nil, stamp.MediaResumed{Leg: 1})
		} else {
			tell(120e6, "", nil, stamp.MediaRTPTimeout{Leg: 2, LastRxAgo: 60e6}) // the agent's: no matter
		}
		tell(121e6, "", c.cause, stamp.SegmentEnded{Segment: 1})
		tell(121e6, stamp.PhaseReleasing, nil, stamp.LegEnded{Leg: 1})
		if got := measures(stamps); !slices.Equal(got, []wire.CallMeasure{c.want}) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
