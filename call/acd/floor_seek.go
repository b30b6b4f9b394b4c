package acd

import (
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Seek reserves one certain agent for a call, at once or not at all, or lets
// the call wait for the next of a queue (switchboard.Agents). call.Found or
// call.Unfound follows; for a queue only Found, and Dequeue of entry 0 withdraws.
func (f *Floor) Seek(s call.Sought) {
	at := time.Now()
	f.box.Put(func() {
		if s.Agent != "" {
			f.seek(at, s)
			return
		}
		f.waiting[place{s.Call, 0}] = call.Waiting{Call: s.Call, Queue: s.Queue, Since: s.Since, OfferUS: s.OfferUS, Ask: s.Ask}
	})
}

func (f *Floor) seek(at time.Time, s call.Sought) {
	a := f.agents[s.Agent]
	if why := unfit(a); why != "" {
		f.calls.Post(s.Call, at, call.Unfound{Ask: s.Ask, Why: why})
		return
	}
	offer := stamp.NewID()
	a.held = &reservation{offer: offer, call: s.Call, expires: f.expiry(at, s.OfferUS)}
	if !f.calls.Post(s.Call, at, call.Found{Ask: s.Ask, Offer: offer, Seat: a.machine.seat}) {
		a.held = nil
	}
}

// unfit says why the agent can't be rung now, "" if they can. Whoever is asked
// for by name is rung even right after an offer that they missed.
func unfit(a *agent) stamp.AskEnd {
	switch {
	case a == nil || !a.away.IsZero():
		return stamp.AskAbsent
	case a.held != nil || a.machine.busy():
		return stamp.AskBusy
	case a.machine.state != stamp.StateReady:
		return stamp.AskAbsent
	}
	return ""
}
