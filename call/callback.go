package call

import "github.com/callstamp/callstamp/kpi/stamp"

// A waiting customer may ask to be called back: a key, a confirmation, goodbye.
// The place in the line stays; package acd and the edge keep it from here on.

// confirmKey is what the prompt asks for.
const confirmKey = '1'

// confirmUS is how long the customer may think, the prompt included.
const confirmUS = 25_000_000

// Prompts of a call-back.
const (
	promptCallback       = "callback-offer"
	promptCallbackThanks = "callback-thanks"
)

// callback serves a key that has to do with a call-back, and reports whether it
// did.
func (t *turn) callback(key rune) bool {
	e := t.s.entry()
	if e == nil {
		return false
	}
	switch asked := !e.asked.IsZero(); {
	case asked && key == confirmKey:
		t.requestCallback(e)
		return true
	case asked:
		t.say(stamp.Customer, stamp.CallbackDeclined{Entry: e.no})
		t.music(false)
		return key == t.plan.CallbackKey
	case t.plan.CallbackKey != 0 && key == t.plan.CallbackKey && !t.plan.Uncallable && t.s.party != "":
		t.say(stamp.Customer, stamp.CallbackOffered{Entry: e.no})
		t.do(t.announce(promptCallback))
		return true
	}
	return false
}

func (t *turn) requestCallback(e *entry) {
	t.endOffers("", stamp.OfferCustomerGone)
	trunk := t.plan.CallbackTrunk
	if trunk == "" {
		trunk = t.s.trunk
	}
	t.say(stamp.Customer, stamp.CallbackRequested{
		Callback: t.id, Entry: e.no, Queue: e.queue, Party: t.s.party, Trunk: trunk, SinceAt: t.s.entries[0].entered.At,
		WaitUS: t.s.waited(t.now()), MaxTries: t.plan.CallbackTries, GapUS: t.plan.CallbackGapUS,
	})
	t.exit(stamp.PhaseAnnouncing, stamp.Customer, stamp.ExitCallback)
	t.do(Durably{t.announce(promptCallbackThanks)}) // nobody is promised what a power cut can take back
}

// callbackDue is when silence means no; zero = nothing is asked.
func (s *state) callbackDue() stamp.Instant {
	if e := s.entry(); e != nil && !e.asked.IsZero() {
		return e.asked.Add(confirmUS)
	}
	return stamp.Instant{}
}

func callbackUnanswered(t *turn) {
	t.say(stamp.System, stamp.CallbackDeclined{Entry: t.s.entry().no})
}
