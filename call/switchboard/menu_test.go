package switchboard

import (
	"testing"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// menuPlan leads to a menu, whose key 1 leads to a queue and key 2 to a menu in
// another language.
func menuPlan() call.Plan {
	p := inboundPlan()
	queue := p
	p.Queue, p.To = "", call.Destination{Kind: call.ToMenu, ID: "main"}
	queue.Survey, queue.OfferUS, queue.WrapUS, queue.Language = "csat", 15e6, 0, "zh-Hant"
	p.House = &call.House{
		Queues: map[stamp.QueueID]*call.Plan{"sales": &queue},
		Menus: map[string]*call.Menu{
			"main": {ID: "main", Prompt: "main", TimeoutUS: 3e6, Retries: 1, Options: map[rune]call.Option{
				'1': {To: call.QueueOf("sales")}, '2': {To: call.Destination{Kind: call.ToMenu, ID: "vi"}},
			}},
			"vi": {ID: "vi", Language: "vi", Prompt: "vi", Options: map[rune]call.Option{'1': {To: call.QueueOf("sales")}}},
		},
	}
	return p
}

// A menu leads to a queue, whose own plan holds from there on; its survey is
// not taken for the menu by what the menu's prompts still report.
func TestMenuLeadsToAQueue(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		id, _ := r.incoming(menuPlan())
		r.wait(1)
		r.expect("0.003 answer", "0.003 play -1 en main")
		r.post(id, call.Digit{Leg: 1, Digit: '2'})
		r.expect("1.000 play -2 vi vi")
		r.post(id, call.Digit{Leg: 1, Digit: '1'})
		r.expect("1.000 music 1 music", "1.000 enqueue 1 sales for 15s")
		r.post(id, call.Matched{Offer: "o1", Entry: 1, Seat: anna})
		r.must(id, call.Accept{Offer: "o1"})
		r.wait(2)
		r.told()
		r.must(id, call.AgentHangup{Agent: "anna"})
		r.expect("2.000 part 2", "2.000 move anna ready", "2.000 play -1001 zh-Hant csat-ask-1-5")
		r.post(id, call.PlayDone{Play: -2})
		r.post(id, call.Digit{Leg: 1, Digit: '5'})
		r.wait(6)
		x, _ := r.find("survey.responded")
		if x.Fact.(stamp.SurveyResponded).Value != 5 {
			t.Errorf("%+v", x.Fact)
		}
		if x, _ := r.find("call.closed"); x.Fact.(stamp.CallClosed).Outcome != "answered" {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// Nobody presses a key: the menu's own deadlines, and then it hangs up.
func TestMenuWithoutAKey(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		r.incoming(menuPlan())
		r.wait(30)
		r.expect("0.003 answer", "0.003 play -1 en main", "5.003 play -2 en main", "10.003 release 480", "10.003 forget")
		if x := r.at("ivr.exited", 10.003); x.Fact.(stamp.IVRExited).End != "no_input" {
			t.Errorf("%+v", x.Fact)
		}
		if x, _ := r.find("call.closed"); x.Fact.(stamp.CallClosed).Outcome != "menu" {
			t.Errorf("%+v", x.Fact)
		}
	})
}

// A menu that can't be heard, or is not there, has failed; the call ends.
func TestMenuCantBePlayed(t *testing.T) {
	for name, plan := range map[string]call.Plan{"mute": menuPlan(), "not there": func() call.Plan {
		p := menuPlan()
		p.To.ID = "gone"
		return p
	}()} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T, r *rig) {
				r.fail = "play"
				r.incoming(plan)
				r.wait(1)
				if x, _ := r.find("ivr.exited"); x.Fact.(stamp.IVRExited).End != "failed" {
					t.Errorf("%+v", x.Fact)
				}
				r.find("call.closed")
			})
		})
	}
}

// The customer hangs up in the menu; a place that the Floor keeps for a call
// that has gone is given back.
func TestGoneAtTheDoor(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		plan := inboundPlan()
		plan.MaxSize = 3
		id, leg := r.incoming(plan)
		r.wait(1)
		r.expect("0.003 answer", "0.003 admit 1 sales")
		leg.gone(stamp.Customer)
		r.post(id, call.Admitted{Entry: 1, Queue: "sales"})
		r.wait(2)
		if x, _ := r.find("call.closed"); x.Fact.(stamp.CallClosed).Outcome != "cancelled" {
			t.Errorf("%+v", x.Fact)
		}
	})
}
