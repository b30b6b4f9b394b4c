package exchange_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
)

// The account of who spoke comes once per agent's part, before the account of
// its packets, and a hold is not in it.
func TestVoiceOfAPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	quiet := speak(t, 400, l.write)
	h.bridge(t, l, "anna")
	anna.awaitTone(t, 400)
	<-time.After(500 * time.Millisecond)
	quiet()
	must0(t, h.Music(l.id, 1, "music"))
	<-time.After(700 * time.Millisecond) // on hold
	speak(t, 900, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	<-time.After(500 * time.Millisecond)
	h.Part(l.id, 2)
	h.Part(l.id, 2)

	voices, at := of[call.Voice](&l.box)
	sums, after := of[call.Summary](&l.box)
	if len(voices) != 1 || len(sums) != 1 || after[0].Before(at[0]) {
		t.Fatalf("%d accounts of voice, %d of packets", len(voices), len(sums))
	}
	v := voices[0].Of
	if v.Leg != 2 || v.CustomerUS < 300e3 || v.AgentUS+v.BothUS < 300e3 || v.FirstAgentUS <= v.FirstCustomerUS || v.DeadAirs != 0 {
		t.Errorf("%+v", v)
	}
	if all := v.CustomerUS + v.AgentUS + v.BothUS; all > v.LengthUS || v.LengthUS > time.Since(at[0]).Microseconds()+at[0].Sub(firsts(&l.box, 1)[0]).Microseconds()-500e3 {
		t.Errorf("%d µs of voice in %d µs, the hold included", all, v.LengthUS)
	}
}
