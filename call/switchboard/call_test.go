package switchboard

import (
	"errors"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/ivr"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// A whole inbound call, to the millisecond: answered once durable, offered,
// accepted, held, rated, wrapped up.
func TestInboundCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Survey = "csat"
		id, leg := r.incoming(plan)
		r.wait(6)
		r.expect("0.003 answer", "0.003 music 1 music", "0.003 enqueue 1 sales for 20s")
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.expect("6.000 move anna ringing", "6.000 desk rings anna o1 until 26.000 offering")
		r.wait(8.25)
		r.must(id, call.Accept{Offer: "o1"})
		r.wait(8.5)
		r.expect("8.250 mix 1+2 anna", "8.250 move anna connecting", "8.290 move anna talking")
		if x := r.at("segment.connected", 8.29); x.Fact.(stamp.SegmentConnected).WaitUS != 8_287_000 {
			t.Errorf("waited %d", x.Fact.(stamp.SegmentConnected).WaitUS)
		}
		r.must(id, call.AgentHold{Agent: "anna", On: true})
		r.expect("8.500 music 1 music", "8.500 hold true")
		if v := r.view("anna"); v.Phase != stamp.PhaseHeld || len(v.HeldBy) != 1 || v.Codec != "PCMU" {
			t.Errorf("Anna sees %+v", v)
		}
		r.wait(10)
		r.must(id, call.AgentHold{Agent: "anna"})
		r.expect("10.000 mix 1+2 anna", "10.000 hold false")
		r.wait(60)
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.expect("60.000 part 2", "60.000 move anna wrap", "60.000 play -1 en csat-ask-1-5")
		r.wait(63)
		leg.tell(time.Now(), call.Digit{Leg: 1, Digit: '4', For: 90 * time.Millisecond})
		r.wait(66)
		// The thanks wait for the disk, the BYE for the end of the thanks.
		r.expect("63.003 play -2 en csat-thanks", "65.003 release 0", "65.003 forget")
		r.at("survey.responded", 63)
		r.at("call.released", 65.003)
		r.must(id, call.Dispose{Agent: "anna", Segment: 1, Code: "sold"})
		r.wait(91)
		r.expect("90.000 move anna ready")
		r.at("wrap.ended", 90)
		if x := r.at("call.closed", 90); x.Fact.(stamp.CallClosed).Outcome != "answered" {
			t.Errorf("outcome %+v", x.Fact)
		}
		if v := r.view("anna"); !v.Done || v.SurveyValue != 4 || v.Disposition != "sold" {
			t.Errorf("at the end Anna sees %+v", v)
		}
		if len(r.board.Calls()) != 0 || !errors.Is(r.ask(id, call.Tick{}), ErrNoCall) || r.post(id, call.Tick{}) {
			t.Error("the call lives on")
		}
		if len(r.sides) != 1 {
			t.Errorf("%d sides recorded", len(r.sides))
		}
	})
}

// The offer is missed at its 20 s exactly, by the deadline alone.
func TestMissedOffer(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.incoming(inboundPlan())
		r.wait(1)
		r.told()
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.wait(1.25)
		r.post(id, call.DeskRings{Offer: "o1"})
		r.wait(30)
		if v := r.view("anna"); v.Call != "" {
			t.Errorf("a call that was never hers is on Anna's desk: %+v", v)
		}
		r.expect("1.000 move anna ringing", "1.000 desk rings anna o1 until 21.000 offering",
			"21.000 desk quiet anna o1 timed_out", "21.000 move anna ready", "21.000 enqueue 1 sales for 20s")
		x := r.at("offer.ended", 21)
		if f := x.Fact.(stamp.OfferEnded); f.RingUS != 19_750_000 || f.End != stamp.OfferTimedOut {
			t.Errorf("%+v", f)
		}
		if m := r.moves[len(r.moves)-1]; m.At != x.Instant || m.Cause.N != x.N || m.Cause.Subject.ID != id || m.End != stamp.OfferTimedOut {
			t.Errorf("the move does not name its stamp: %+v", m)
		}
		if w := r.waiting[1]; w.Since != r.waiting[0].Since || w.Since.Mono != 3000 {
			t.Errorf("the place is lost: %+v", r.waiting)
		}
		var illegal call.ErrIllegal
		if err := r.ask(id, call.Accept{Offer: "o1"}); !errors.As(err, &illegal) {
			t.Errorf("accepted after its end: %v", err)
		}
	})
}

// What waits for the disk is not done when the customer leaves before; the
// mailbox is served meanwhile.
func TestGoneBeforeDurable(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.fsync = 2 * time.Second
		_, leg := r.incoming(inboundPlan())
		r.wait(1)
		leg.gone(stamp.Customer)
		r.wait(5)
		r.expect("1.000 forget")
		r.at("call.closed", 1)
	})
}

// An abort that overtakes the INVITE on its way to the disk: it is never sent.
func TestReleasedBeforeDurable(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.fsync = 2 * time.Second
		id, err := r.board.Originate(time.Now(), Outgoing{Plan: call.Plan{RingUS: 25e6, Campaign: "spring"}, First: call.Originate{Attempt: "try", Seat: anna}})
		if err != nil {
			t.Fatal(err)
		}
		r.wait(1)
		r.post(id, call.Abort{By: stamp.Supervisor})
		r.wait(5)
		r.expect("0.000 dial", "1.000 release 503", "1.000 move anna ready", "1.000 forget")
	})
}

func TestOutboundCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Campaign, plan.WrapUS = "spring", 0
		settled := make(chan string, 2)
		id, _ := r.board.Originate(time.Now(), Outgoing{
			Dial: call.Dial{Number: "+84"}, Plan: plan, First: call.Originate{Attempt: "try", Seat: anna},
			Settled: func(result string) { settled <- result },
		})
		r.wait(9)
		if v := r.view("anna"); v.Done || v.Phase != stamp.PhaseDialing {
			t.Errorf("Anna does not see the line: %+v", v)
		}
		r.legs[0].tell(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMA"})
		r.wait(9.02)
		if len(settled) != 0 {
			t.Error("settled before the talk")
		}
		r.wait(20)
		if n := len(settled); n != 1 || <-settled != "connected" {
			t.Errorf("settled %d times", n)
		}
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.expect("0.000 dial", "0.003 invite", "9.000 mix 1+2 anna", "9.000 move anna connecting",
			"9.040 move anna talking", "20.000 part 2", "20.000 move anna ready", "20.000 release 0", "20.000 forget")
		r.at("dial.result", 9.04)
	})
}

// Anna is lost while her line rings: Bo's desk shows it from then on and hers no
// more, and Bo gets the call.
func TestALineChangesHands(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Campaign, plan.WrapUS = "spring", 0
		id, _ := r.board.Originate(time.Now(), Outgoing{
			Dial: call.Dial{Number: "+84"}, Plan: plan, First: call.Originate{Attempt: "try", Seat: anna},
		})
		r.wait(7)
		bo := call.Seat{Agent: "bo", Session: "bo-session"}
		r.post(id, call.Reassign{Lost: "anna", Seat: bo})
		r.wait(8)
		if v := r.view("bo"); v.Done || v.Phase != stamp.PhaseDialing {
			t.Errorf("Bo does not see the line: %+v", v)
		}
		if v := r.view("anna"); !v.Done {
			t.Errorf("Anna still sees the line: %+v", v)
		}
		r.post(id, call.Reassign{Lost: "anna", Seat: anna}) // an old word
		r.legs[0].tell(time.Now(), call.LegAnswered{Leg: 1, Codec: "PCMA"})
		r.wait(9)
		r.expect("0.000 dial", "0.003 invite", "8.000 move anna ready", "8.000 mix 1+2 bo", "8.000 move bo connecting", "8.040 move bo talking")
		r.post(id, call.Abort{By: stamp.Supervisor})
	})
}

// A trunk without a free line makes no call: the lead is given back.
func TestAFullTrunkMakesNoCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.fail = "no line"
		id, err := r.board.Originate(time.Now(), Outgoing{
			Plan: call.Plan{Campaign: "spring"}, First: call.Originate{Attempt: "try", Seat: anna},
			Settled: func(string) { t.Error("told of a line that never was") },
		})
		if !errors.Is(err, ErrNoLine) || id != "" {
			t.Fatal(id, err)
		}
		r.wait(1)
		r.expect("0.000 dial")
		if calls := r.board.Calls(); len(calls) != 0 {
			t.Errorf("%d calls", len(calls))
		}
	})
}

// A lead was claimed, so the attempt has an end, even where the number may not be called.
func TestNumberNotAllowed(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.fail = "dial"
		settled := make(chan string, 2)
		id, err := r.board.Originate(time.Now(), Outgoing{
			Plan: call.Plan{Campaign: "spring"}, First: call.Originate{Attempt: "try", Seat: anna},
			Settled: func(result string) { settled <- result },
		})
		if err != nil || id == "" {
			t.Fatal(id, err)
		}
		r.wait(1)
		r.expect("0.000 dial", "0.003 move anna ready", "0.003 forget")
		if n := len(settled); n != 1 || <-settled != "failed" {
			t.Errorf("settled %d times", n)
		}
		if x := r.at("dial.result", 0.003); x.Fact.(stamp.DialResult).Result != "failed" {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// Who only writes notes holds no line: the call lives, and a further one is
// welcome.
func TestTalking(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.WrapUS = 60e6
		id, _ := r.talking(plan)
		if n := r.board.Talking(); n != 1 {
			t.Errorf("%d calls talk, want 1", n)
		}
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.wait(5)
		if n, calls := r.board.Talking(), r.board.Calls(); n != 0 || len(calls) != 1 || !calls[0].Over {
			t.Errorf("in the wrap-up %d calls talk, %+v", n, calls)
		}
	})
}

// Anna's connection is not there when she accepts: the customer hears music,
// and when it comes up within the grace she has the call.
func TestMixFails(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.incoming(inboundPlan())
		r.wait(1)
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.told()
		r.fail = "mix"
		r.must(id, call.Accept{Offer: "o1"})
		r.fail = ""
		r.wait(3)
		r.post(id, call.SeatBack{Agent: "anna"})
		r.wait(4)
		r.expect("1.000 mix 1+2 anna", "1.000 move anna connecting", "1.000 music 1 music",
			"3.000 mix 1+2 anna", "3.040 move anna talking")
		r.at("leg.back", 3.04)
	})
}

// A dialogue that can't speak has failed; the customer is let go.
func TestSurveyCantBePlayed(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Survey, plan.WrapUS = "csat", 0
		id, _ := r.talking(plan)
		r.fail = "play"
		r.must(id, call.AgentHangup{Agent: "anna"})
		if x, _ := r.find("survey.ended"); x.Fact.(stamp.SurveyEnded).End != "failed" {
			t.Errorf("%+v", x.Fact)
		}
		r.find("call.closed")
	})
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Survey, plan.WrapUS = "nothing we know", 0
		id, _ := r.talking(plan)
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.find("call.closed")
	})
}

// The customer says nothing to the survey: its own deadlines, to the second.
func TestSurveyWithoutAnswer(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.Survey, plan.WrapUS = "csat", 0
		id, _ := r.talking(plan) // at 1.1
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.wait(30)
		r.expect("1.100 part 2", "1.100 move anna ready", "1.100 play -1 en csat-ask-1-5", "8.100 play -2 en csat-invalid",
			"15.100 play -3 en csat-thanks", "17.100 release 0", "17.100 forget")
		if x := r.at("survey.ended", 17.1); x.Fact.(stamp.SurveyEnded).End != "no_input" {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// A house with less patience: two seconds for a key, and no second question.
func TestSurveyAsTheHouseWantsIt(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.board.deps.Dialogue = func(name string) (ivr.Dialogue, bool) {
			d, ok := ivr.ByName(name)
			return d.Patient(2*time.Second, 0), ok
		}
		plan := inboundPlan()
		plan.Survey, plan.WrapUS = "csat", 0
		id, _ := r.talking(plan) // at 1.1
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.wait(30)
		r.expect("1.100 part 2", "1.100 move anna ready", "1.100 play -1 en csat-ask-1-5", "5.100 play -2 en csat-thanks",
			"7.100 release 0", "7.100 forget")
	})
}

// A reload: the desk is drawn again, the ringing one rings again with the same
// end, and nobody else's is touched.
func TestShow(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.incoming(inboundPlan())
		r.wait(1)
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.told()
		r.wait(5)
		r.board.Show("anna")
		r.board.Show("binh")
		r.wait(6)
		r.expect("5.000 desk rings anna o1 until 21.000 offering")
		r.must(id, call.Accept{Offer: "o1"})
		r.wait(7)
		r.mu.Lock()
		delete(r.views, "anna")
		r.mu.Unlock()
		r.board.Show("anna")
		r.wait(8)
		if v := r.view("anna"); v.Phase != stamp.PhaseTalking || v.Segment != 1 {
			t.Errorf("after the reload: %+v", v)
		}
		if views := r.board.Views("anna"); len(views) != 1 || views[0].Call != id {
			t.Errorf("views %+v", views)
		}
		if calls := r.board.Calls(); len(calls) != 1 || calls[0].Phase != stamp.PhaseTalking || calls[0].Over {
			t.Errorf("calls %+v", calls)
		}
	})
}
