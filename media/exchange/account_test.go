package exchange_test

import (
	"errors"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// The leg's account comes before the word that it is gone, and once.
func TestAccountOfTheCustomersLeg(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, l.write)
	speak(t, 1000, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	hungUp := errors.New("hung up")
	l.end.Close(hungUp)
	l.post(time.Now(), call.LegGone{Leg: 1, By: stamp.Customer}) // as sip does, at once
	l.end.Close(hungUp)
	h.Part(l.id, 2)
	h.Forget(l.id)
	h.Forget(l.id)
	l.end.Close(hungUp)

	var order []string
	l.box.mu.Lock()
	for _, p := range l.all {
		switch in := p.in.(type) {
		case call.Summary:
			order = append(order, map[stamp.LegNo]string{1: "customer", 2: "agent"}[in.Stats.Leg])
			if s := in.Stats; s.Rx < 5 || s.Tx < 5 || s.Lost != 0 || s.MOS < 4 {
				t.Errorf("%+v", s)
			}
		case call.LegGone:
			order = append(order, "gone")
		}
	}
	l.box.mu.Unlock()
	if len(order) != 3 || order[0] != "customer" || order[1] != "gone" || order[2] != "agent" {
		t.Errorf("%v", order)
	}
	if err := h.Music(l.id, 1, "music"); err == nil {
		t.Error("a forgotten leg hears music")
	}
}

// The account of an agent's part is of that part alone, and of all pages in it.
func TestAccountOfTheAgentsPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, l, anna := h.call(t, "c0"), h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 440, first.write)
	speak(t, 600, l.write)
	quiet := speak(t, 1000, anna.write)
	h.bridge(t, first, "anna")
	first.awaitTone(t, 1000)
	h.Part("c0", 2)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 1000)
	quiet()
	before := l.count()
	anna = h.seat(t, "anna")
	h.bridge(t, l, "anna")
	speak(t, 700, anna.write)
	l.awaitTone(t, 700)
	h.Part(l.id, 2)
	again := l.count()
	h.Part(l.id, 2)
	h.Forget(l.id)
	sums := must(of[call.Summary](&l.box))
	if len(sums) != 1 {
		t.Fatalf("%d accounts", len(sums))
	}
	if rx := int(sums[0].Stats.Rx); before < 10 || again-before < 10 || rx < again-2 || rx > again+5 {
		t.Errorf("%d packets received from the agent, the customer heard %d and then %d", rx, before, again-before)
	}
}
