package call

import (
	"fmt"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// checkTapes: recordings are numbered, begin and end in turn, only in an agent's
// part or, of an answer, in the survey, and are paused only while they run; none is open when the call is over,
// and where the customer is told, none begins before they have heard it.
func checkTapes(t *testing.T, stamps []stamp.Stamp) {
	t.Helper()
	var last stamp.RecordingNo
	on, paused, disclosed, told, asks, talks := false, false, false, false, false, 0
	for _, x := range stamps {
		switch f := x.Fact.(type) {
		case stamp.SegmentOpened:
			talks++
		case stamp.SegmentEnded:
			talks--
		case stamp.SurveyOffered:
			asks = true
		case stamp.SurveyEnded:
			asks = false
		case stamp.RecAnnounced:
			told = true
		case stamp.RecDisclosed:
			disclosed = true
		case stamp.RecStarted:
			ofCall := f.What == stamp.RecordingCall
			if on || f.Recording != last+1 || ofCall && (talks == 0 || told && !disclosed || f.Disclosed != disclosed) || !ofCall && !asks {
				t.Errorf("stamp %d: recording %d begins after %d: on %v, in %d parts, told %v %v", x.N, f.Recording, last, on, talks, told, disclosed)
			}
			on, last = true, f.Recording
		case stamp.RecPaused:
			if !on || paused {
				t.Errorf("stamp %d: paused", x.N)
			}
			paused = true
		case stamp.RecResumed:
			if !on || !paused {
				t.Errorf("stamp %d: resumed", x.N)
			}
			paused = false
		case stamp.RecStopped:
			if f.Recording != 0 && (!on || f.Recording != last) {
				t.Errorf("stamp %d: recording %d ends", x.N, f.Recording)
			}
			if f.Recording != 0 {
				on, paused = false, false
			}
		case stamp.DTMF:
			if paused {
				t.Errorf("stamp %d tells of a key in a pause", x.N)
			}
		case stamp.CallClosed:
			if on {
				t.Errorf("recording %d outlives the call", last)
			}
		}
	}
}

// Of a share about as many calls are recorded, always the same ones.
func TestTapedShare(t *testing.T) {
	n := 0
	for i := range 10000 {
		x := &turn{id: stamp.ID(fmt.Sprintf("0197%08x", i*7919)), plan: &Plan{Record: RecordShare, RecordShare: 30}}
		if x.taped() {
			n++
		}
		if x.taped() != x.taped() {
			t.Fatal("chosen anew")
		}
	}
	if n < 2800 || n > 3200 {
		t.Errorf("%d of 10,000 calls are recorded, want 30 per cent", n)
	}
}

// The machine orders the recorder what its stamps say.
func TestTapeOrders(t *testing.T) {
	s := lead(t, stamp.PhaseTalking)
	s.m.plan.Record = RecordOnDemand
	orders := func(in Input) (all []string) {
		stamps, effects, err := s.m.Step(instant(5), in)
		if err != nil {
			return []string{err.Error()}
		}
		s.all = append(s.all, stamps...)
		for _, e := range effects {
			all = append(all, wordsOf(e))
		}
		return all
	}
	for _, c := range []struct {
		in   Input
		want string
	}{
		{AgentRecordPause{"anna", true}, "agent record pause is not possible: the call is not being recorded"},
		{AgentRecord{"binh", true}, "agent record is not possible: another agent has the call"},
		{AgentRecord{"anna", true}, "record no=1 kind=call"},
		{AgentRecord{"anna", true}, ""},
		{AgentRecordPause{"anna", true}, "pause record no=1 on=true"},
		{AgentRecordPause{"anna", true}, ""},
		{AgentRecordPause{"anna", false}, "pause record no=1"},
		{AgentRecord{"anna", false}, "stop record no=1 why=asked"},
		{AgentRecord{"anna", true}, "record no=2 kind=call"},
	} {
		got := ""
		if all := orders(c.in); len(all) > 0 {
			got = all[0]
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.in, got, c.want)
		}
	}
	s.m.plan.Record = RecordAll
	if _, _, err := s.m.Step(instant(6), AgentRecord{Agent: "anna"}); err == nil {
		t.Error("an agent ends a recording that the queue wants")
	}
	checkTapes(t, s.all)
}
