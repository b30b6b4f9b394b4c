package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestHold lets each side hold in every way there is, and both at once. The directions are RFC 3264's: §8.4 for an offer
// that holds, §6.1 for the answers.
func TestHold(t *testing.T) {
	t.Parallel()
	h := open(t, func(p *plan) { p.Survey = false })
	lan, customer := h.talking(t)
	talk := func() {
		t.Helper()
		lan.Phase("talking")
		h.farHears(t, rig.AgentHz)
		lan.Hears(rig.CustomerHz)
	}
	talk()

	t.Log("the agent holds")
	lan.Click("Hold")
	customer.isOffered("sendonly", "recvonly")
	lan.Phase("held")
	h.farHearsMusic(t)
	lan.Click("Resume")
	customer.isOffered("sendrecv", "sendrecv")
	talk()

	for _, far := range []struct{ offers, answered string }{
		{"sendonly", "recvonly"}, {"inactive", "inactive"}, {"c=0.0.0.0", "recvonly"},
	} {
		t.Log("the customer's side holds by", far.offers)
		hold := customer.session(far.offers)
		if far.offers == "c=0.0.0.0" { // RFC 2543's way
			hold.direction, hold.address = "", "0.0.0.0"
		}
		customer.offers(hold, far.answered)
		lan.Phase("held")
		lan.Await(`callstampDebug.state.call.held_by.includes("customer")`)
		h.farHearsNothing(t)
		customer.offers(customer.session("sendrecv"), "sendrecv")
		talk()
	}

	t.Log("both hold; the customer's side resumes first")
	customer.offers(customer.session("sendonly"), "recvonly")
	lan.Phase("held")
	lan.Click("Hold")
	customer.isOffered("inactive", "inactive")
	lan.Await(`callstampDebug.state.call.held_by.length === 2`)
	customer.offers(customer.session("sendrecv"), "sendonly")
	lan.Await(`callstampDebug.state.call.held_by.length === 1`)
	h.farHearsMusic(t)
	lan.Click("Resume")
	customer.isOffered("sendrecv", "sendrecv")
	talk()

	customer.hangUp()
	lan.Scene("wrap")
	lan.Click("Save and go ready")
	h.checkHolds(t)
}

func (h *house) checkHolds(t *testing.T) {
	t.Helper()
	call := h.SQL.ClosedCalls(1)[0]
	stamps := h.SQL.StampsOf(call["call"].(string))
	var story []string
	for _, f := range stamps {
		if f.Kind == "hold.started" || f.Kind == "hold.ended" {
			story = append(story, fmt.Sprintf("%v %s→%s", f.Data["by"], f.Kind, f.Phase))
		}
	}
	want := []string{"agent hold.started→held", "agent hold.ended→talking"}
	for range 3 {
		want = append(want, "customer hold.started→held", "customer hold.ended→talking")
	}
	want = append(want, "customer hold.started→held", "agent hold.started→", "customer hold.ended→", "agent hold.ended→talking")
	if !slices.Equal(story, want) {
		t.Errorf("the holds are stamped as\n%q, want\n%q", story, want)
	}
	if call["hold_us"].(int64) <= 0 || call["talk_us"].(int64) <= 0 || call["segment_count"] != int32(1) {
		t.Errorf("call: %v", call)
	}
	h.balanced(t)
}
