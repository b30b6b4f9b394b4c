package switchboard

import (
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The customer is told, then recorded, with a pause for a card's number, until
// the agent hangs up.
func TestRecordedCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		p := inboundPlan()
		p.Record, p.Disclosure, p.Survey = call.RecordAll, "recorded", ""
		id, _ := r.incoming(p)
		r.wait(1)
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.wait(2)
		r.told()
		r.must(id, call.Accept{Offer: "o1"})
		r.wait(10)
		r.must(id, call.AgentRecordPause{Agent: "anna", On: true})
		r.wait(20)
		r.must(id, call.AgentRecordPause{Agent: "anna"})
		r.wait(30)
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.expect("2.000 mix 1+2 anna", "2.000 move anna connecting", "2.040 move anna talking", "2.040 announce 13 en recorded",
			"4.040 tape 1 call", "10.000 pause 1 true", "20.000 pause 1 false", "30.000 part 2", "30.000 move anna wrap",
			"30.000 release 0", "30.000 stop-tape 1 ended", "30.000 forget")
		if x := r.at("rec.started", 4.04); !x.Fact.(stamp.RecStarted).Disclosed {
			t.Error("recorded without a word")
		}
	})
}

// A disk that refuses, or gives up later, ends the recording and nothing else.
func TestRecordingFails(t *testing.T) {
	for _, late := range []bool{false, true} {
		inTime(t, func(t *testing.T, r *rig) {
			p := inboundPlan()
			p.Record = call.RecordAll
			if !late {
				r.fail = "tape"
			}
			id, _ := r.incoming(p)
			r.wait(1)
			r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
			r.wait(2)
			r.must(id, call.Accept{Offer: "o1"})
			r.wait(3)
			want := stamp.RecordedFailed
			if late {
				want = stamp.RecordedDiskFull
				r.post(id, call.RecordEnded{No: 1, Why: want})
				r.wait(4)
			}
			at := map[bool]float64{false: 2.04, true: 3}[late]
			if x := r.at("rec.stopped", at); x.Fact.(stamp.RecStopped).Why != want {
				t.Errorf("stopped: %+v", x.Fact)
			}
			if err := r.ask(id, call.AgentHold{Agent: "anna", On: true}); err != nil {
				t.Errorf("the call does not go on: %v", err)
			}
		})
	}
}
