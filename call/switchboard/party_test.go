package switchboard

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const number = "+84281234567"

var outside = call.Outside{Party: "p2", Dial: call.Dial{Trunk: "gateway", Number: number}} //nolint:gochecknoglobals // read-only

// Anna consults an outside party: a second line of the same call, on its trunk,
// whose INVITE waits for the disk as the first one's does. The two stay together
// when she leaves.
func TestALineToAnOutsideParty(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		id, customer := r.talking(plan)
		r.must(id, call.Consult{Agent: "anna", To: call.Destination{Kind: call.ToNumber, ID: number}, Outside: outside})
		r.wait(2)
		r.legs[0].tell(time.Now(), call.LegAnswered{Leg: 3, Codec: "PCMU"})
		r.wait(3)
		r.must(id, call.CompleteTransfer{Agent: "anna"})
		r.wait(4)
		r.expect("1.100 music 1 music", "1.100 dial gateway", "1.100 hold true", "1.103 invite 3", "2.000 mix 2 anna+3",
			"3.000 part 2", "3.000 move anna ready", "3.000 mix 1+3", "3.000 hold false")
		customer.gone(stamp.Customer)
		r.wait(5)
		r.expect("4.000 part 3", "4.000 release 3 0", "4.000 forget")
		if x, _ := r.find("call.released"); x.Fact.(stamp.CallReleased).PrePhase != stamp.PhaseOutside {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// A number that the guards refuse is dialed by nobody, and Anna keeps the customer.
func TestANumberThatMayNotBeCalled(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.talking(inboundPlan())
		r.fail = "dial"
		r.must(id, call.Transfer{Agent: "anna", To: call.Destination{Kind: call.ToNumber, ID: number}, Outside: outside})
		r.wait(2)
		r.expect("1.100 dial gateway")
		if x, _ := r.find("transfer.failed"); x.Fact.(stamp.TransferFailed).Reason != stamp.AskRefused {
			t.Errorf("%+v", x.Fact)
		}
		if v := r.view("anna"); v.Phase != stamp.PhaseTalking {
			t.Errorf("the call is %s", v.Phase)
		}
		r.post(id, call.Abort{By: stamp.Supervisor})
	})
}

// A call whose machine fails for good lets go of every line.
func TestAFaultReleasesOutsideParties(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.talking(inboundPlan())
		r.must(id, call.Consult{Agent: "anna", To: call.Destination{Kind: call.ToNumber, ID: number}, Outside: outside})
		r.wait(2)
		r.told()
		c := r.board.find(id)
		c.faults = 1
		c.box.Put(message{at: r.board.deps.Clock.Now(), do: func(*conversation, stamp.Instant) { panic("broken") }})
		r.wait(3)
		r.expect("2.000 release 500", "2.000 release 3 0", "2.000 forget", "2.000 move anna ready")
	})
}

// An agent found for a call that has gone is given back.
func TestFoundTooLate(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		id, customer := r.talking(plan)
		r.must(id, call.Consult{Agent: "anna", To: call.Destination{Kind: call.ToAgent, ID: "binh"}})
		customer.gone(stamp.Customer)
		r.post(id, call.Found{Ask: 1, Offer: "o2", Seat: call.Seat{Agent: "binh", Session: "binh-session"}})
		r.wait(2)
		r.expect("1.100 music 1 music", "1.100 seek 1 binh", "1.100 hold true", "1.100 part 2", "1.100 move anna ready", "1.100 forget",
			"1.100 move binh ready")
	})
}

// After a crash the outside party gets its BYE as the customer does.
func TestRecoverLetsGoOfOutsideParties(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 0
		id, customer := r.talking(plan)
		r.must(id, call.Consult{Agent: "anna", To: call.Destination{Kind: call.ToNumber, ID: number}, Outside: outside})
		r.wait(2)
		r.legs[0].tell(time.Now(), call.LegAnswered{Leg: 3, Codec: "PCMU"})
		r.wait(3)
		crashed := past{alive: r.board.deps.Clock.Now(), calls: [][]stamp.Stamp{r.of(id)}, sides: []stamp.Side{{ID: string(id) + "/1"}, {ID: string(id) + "/3"}}}
		again := newRigOf(t, 3)
		got, err := again.board.Recover(crashed)
		if err != nil || got.Closed != 1 || len(got.Byes) != 2 {
			t.Fatalf("recovered %+v, %v", got, err)
		}
		ended := map[stamp.LegNo]bool{}
		for _, x := range again.stamps {
			if f, ok := x.Fact.(stamp.LegEnded); ok {
				ended[f.Leg] = true
			}
		}
		if !ended[1] || !ended[2] || !ended[3] {
			t.Errorf("ended are the legs %v", ended)
		}
		customer.gone(stamp.Customer)
	})
}
