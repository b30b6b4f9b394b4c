package call

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// What may happen where an agent asks for somebody.

// somebody is whom an agent may ask for.
func (w *world) somebody() Destination {
	return []Destination{{ToAgent, string(w.seat().Agent)}, {ToQueue, "support"}, {ToNumber, "+84281234567"}, {ToMenu, "nowhere"}}[w.r.IntN(4)]
}

// answer is what the Floor says to what the call sought last.
func (w *world) answer() Input {
	if w.sought == nil {
		return Tick{}
	}
	sought, seat := *w.sought, w.seat()
	w.sought = nil
	if sought.Agent != "" {
		seat = Seat{Agent: sought.Agent, Session: stamp.ID(sought.Agent) + "-session"}
	}
	if held := w.claims[seat]; held != "" && held != stamp.StateReady {
		return Unfound{Ask: sought.Ask, Why: stamp.AskBusy}
	}
	w.offers++
	w.last = stamp.ID(fmt.Sprint("f", w.offers))
	return Found{Ask: sought.Ask, Offer: w.last, Seat: seat}
}

// consulting is what may happen in a consultation.
func (w *world) consulting(agent stamp.AgentID, leg stamp.LegNo) []Input {
	if w.m.s.ask.answered {
		return []Input{
			Conference{agent}, Conference{agent}, CompleteTransfer{agent}, EndConsult{agent}, FirstRx{leg}, w.line(),
			SeatLost{agent}, SeatBack{agent}, SeatLost{w.seat().Agent}, AgentHangup{w.seat().Agent},
		}
	}
	return []Input{w.answer(), w.answer(), Accept{w.last}, Accept{w.last}, w.line(), w.line(), EndConsult{agent}, CompleteTransfer{agent}}
}

// line is what the network says of the last leg.
func (w *world) line() Input {
	no := stamp.LegNo(len(w.m.s.legs))
	if l := w.m.s.leg(no); l.line && !l.gone() && !l.answered && w.r.IntN(2) == 0 {
		return []Input{LegSent{no}, LegAnswered{no, "PCMU"}}[w.r.IntN(2)]
	}
	return []Input{
		LegSent{no}, LegRang{no, 180, false}, LegAnswered{no, "PCMA"}, LegAnswered{no, "PCMA"}, LegRejected{no, 486},
		LegGone{Leg: no, By: stamp.Customer}, FirstRx{no}, EffectFailed{Effect: Open{Leg: no}}, EffectFailed{Effect: Durably{Invite{no}}},
	}[w.r.IntN(9)]
}
