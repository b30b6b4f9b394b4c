package switchboard

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// outgoing is a call with three ways to its number.
func outgoing() Outgoing {
	plan := inboundPlan()
	plan.Campaign, plan.WrapUS, plan.Ways = "spring", 0, []stamp.TrunkID{"one", "two", "three"}
	return Outgoing{
		Dial: call.Dial{Trunk: "one"}, Others: []call.Dial{{Trunk: "two"}, {Trunk: "three"}}, Plan: plan,
		First: call.Originate{Trunk: "one", Attempt: "try", Seat: anna},
	}
}

// The first carrier refuses; what it says after that, even that the leg is gone
// or answered, is not heard, and the second one's line is the customer's leg.
func TestTheNextWay(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, err := r.board.Originate(time.Now(), outgoing())
		if err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		first := r.legs[0]
		first.tell(time.Now(), call.LegRejected{Leg: 1, Code: 503})
		first.gone(stamp.Network)
		first.tell(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMU"})
		r.wait(2)
		r.expect("0.000 dial one", "0.003 invite", "1.003 dial two", "1.003 invite")
		r.at("dial.route_advanced", 1)
		r.legs[1].tell(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMA"})
		r.wait(3)
		if x := r.at("leg.answered", 2); len(r.of(id)) == 0 || x.Fact.(stamp.LegAnswered).Role != "agent" {
			t.Errorf("%+v", x)
		}
		first.tell(time.Now(), call.LegGone{Leg: 1, By: stamp.Network})
		r.wait(4)
		if v := r.view("anna"); v.Done || v.Phase != stamp.PhaseTalking {
			t.Errorf("the first way ended the call: %+v", v)
		}
		r.post(id, call.Abort{By: stamp.Supervisor})
	})
}

// A way whose trunk is full is passed over before the call begins, and the call
// is of the trunk that has a line.
func TestAFullFirstWay(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.full = map[stamp.TrunkID]bool{"one": true}
		id, err := r.board.Originate(time.Now(), outgoing())
		if err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		if x := r.of(id)[0].Fact.(stamp.CallCreated); x.Trunk != "two" {
			t.Errorf("call of trunk %s", x.Trunk)
		}
		r.legs[0].tell(time.Now(), call.LegRejected{Leg: 1, Code: 500})
		r.wait(2)
		if x := r.at("dial.route_advanced", 1); x.Fact.(stamp.DialRouteAdvanced).To != "three" {
			t.Errorf("%+v", x.Fact)
		}
		r.legs[1].tell(time.Now(), call.LegRejected{Leg: 1, Code: 500})
		r.legs[1].gone(stamp.Network)
		r.wait(3)
		r.expect("0.000 dial one", "0.000 dial two", "0.003 invite", "1.003 dial three", "1.003 invite", "2.000 move anna ready", "2.000 forget")
	})
}

// The way that the machine chose has become full: the one after it is taken.
func TestAFullNextWay(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		if _, err := r.board.Originate(time.Now(), outgoing()); err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		r.full = map[stamp.TrunkID]bool{"two": true}
		r.legs[0].tell(time.Now(), call.LegRejected{Leg: 1, Code: 503})
		r.wait(2)
		r.full = map[stamp.TrunkID]bool{"three": true}
		r.expect("0.000 dial one", "0.003 invite", "1.003 dial two", "1.006 dial three", "1.006 invite")
	})
}

// What the guard refuses is a call without a line.
func TestARefusedNumber(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		settled := make(chan string, 1)
		o := outgoing()
		o.First.Refused, o.Settled = "premium", func(result string) { settled <- result }
		id, err := r.board.Originate(time.Now(), o)
		if err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		r.expect("0.000 move anna ready", "0.000 forget")
		if <-settled != "failed" || r.at("dial.result", 0).Fact.(stamp.DialResult).Refused != "premium" || len(r.of(id)) == 0 {
			t.Error("the call does not say why")
		}
	})
}
