package exchange_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// awaitMix waits until the newest 200 ms hold each of these tones and none of those.
func (e *ear) awaitMix(t testing.TB, what string, has, not []float64) {
	t.Helper()
	eventually(t, what, func() bool {
		s := e.samples()
		if len(s) < window {
			return false
		}
		s = s[len(s)-window:]
		weak := func(hz float64) bool { return media.Goertzel(s, hz) < 0.7/float64(len(has)) }
		loud := func(hz float64) bool { return media.Goertzel(s, hz) > 0.02 }
		return !slices.ContainsFunc(has, weak) && !slices.ContainsFunc(not, loud)
	})
}

// continuous fails unless all that was heard is one RTP stream.
func (e *ear) continuous(t testing.TB, who string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := 1; i < len(e.packets); i++ {
		a, b := e.packets[i-1], e.packets[i]
		if b.SSRC != a.SSRC || b.SequenceNumber != a.SequenceNumber+1 || int32(b.Timestamp-a.Timestamp) <= 0 {
			t.Fatalf("%s, packet %d: %x %d %d after %x %d %d", who, i, b.SSRC, b.SequenceNumber, b.Timestamp, a.SSRC, a.SequenceNumber, a.Timestamp)
		}
	}
}

func (h *house) mix(t testing.TB, id stamp.ID, ears ...call.Ear) {
	t.Helper()
	if err := h.Mix(id, ears); err != nil {
		t.Fatal(err)
	}
}

func legs(no ...stamp.LegNo) []stamp.LegNo { return no }

// three is a customer and two agents who speak: 400, 900 and 1700 Hz.
func three(t *testing.T) (h *house, l *line, anna, binh *page) {
	h = newHouse(t)
	l, anna, binh = h.call(t, "c1"), h.seat(t, "anna"), h.seat(t, "binh")
	speak(t, 400, l.write)
	speak(t, 900, anna.write)
	speak(t, 1700, binh.write)
	return h, l, anna, binh
}

// A conference from a talk and back to another: each hears the others, each leg
// has its first packet and nobody's stream breaks.
func TestThreeTalk(t *testing.T) {
	t.Parallel()
	h, l, anna, binh := three(t)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	began := time.Now()
	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(2, 3)}, call.Ear{Leg: 2, Agent: "anna", Hears: legs(1, 3)}, call.Ear{Leg: 3, Agent: "binh", Hears: legs(1, 2)})
	l.awaitMix(t, "customer", []float64{900, 1700}, []float64{400})
	anna.awaitMix(t, "anna", []float64{400, 1700}, []float64{900})
	binh.awaitMix(t, "binh", []float64{400, 900}, []float64{1700})
	for leg, n := range map[stamp.LegNo]int{1: 2, 2: 2, 3: 1} {
		eventually(t, fmt.Sprintf("first packets of leg %d", leg), func() bool { return len(firsts(&l.box, leg)) == n })
		if at := firsts(&l.box, leg); at[n-1].Before(began) {
			t.Errorf("leg %d: the first packet is %v older than the conference", leg, began.Sub(at[n-1]))
		}
	}
	h.Part(l.id, 2)
	l.awaitMix(t, "customer without anna", []float64{1700}, []float64{900})
	h.mix(t, l.id, pair(1, 3, "binh")...)
	binh.awaitMix(t, "binh alone with the customer", []float64{400}, []float64{900})
	l.awaitMix(t, "customer with binh", []float64{1700}, []float64{900})
	anna.forget()
	binh.forget()
	binh.awaitTone(t, 400)
	if n := anna.count(); n > 1 {
		t.Errorf("Anna still heard %d packets", n)
	}
	l.continuous(t, "customer")
	if sums := must(of[call.Summary](&l.box)); len(sums) != 1 || sums[0].Stats.Leg != 2 || sums[0].Stats.Rx < 10 || sums[0].Stats.Tx < 10 {
		t.Errorf("accounts: %+v", sums)
	}
}

// The customer hears music while the agent asks another, then only the agent
// while the other whispers.
func TestConsultAndWhisper(t *testing.T) {
	t.Parallel()
	h, l, anna, binh := three(t)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	if err := h.Music(l.id, 1, "music"); err != nil {
		t.Fatal(err)
	}
	h.mix(t, l.id, call.Ear{Leg: 2, Agent: "anna", Hears: legs(3)}, call.Ear{Leg: 3, Agent: "binh", Hears: legs(2)})
	anna.awaitMix(t, "anna asks", []float64{1700}, []float64{400})
	binh.awaitMix(t, "binh is asked", []float64{900}, []float64{400})
	l.awaitMix(t, "customer waits", []float64{musicHz}, []float64{900, 1700})

	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(2)}, call.Ear{Leg: 2, Agent: "anna", Hears: legs(1, 3)}, call.Ear{Leg: 3, Agent: "binh", Hears: legs(1, 2)})
	l.awaitMix(t, "customer doesn't hear the whisper", []float64{900}, []float64{1700, musicHz})
	anna.awaitMix(t, "anna hears both", []float64{400, 1700}, nil)
	binh.awaitMix(t, "binh hears both", []float64{400, 900}, nil)
	l.never(t, 1700)
	l.continuous(t, "customer")
	anna.continuous(t, "anna")
	if sums := must(of[call.Summary](&l.box)); len(sums) != 0 {
		t.Errorf("nobody has left, but there are accounts: %+v", sums)
	}
}

// A page is lost in a conference: the others go on, without it, and it is back
// as soon as the picture is ordered again.
func TestSeatLostInAConference(t *testing.T) {
	t.Parallel()
	h, l, anna, binh := three(t)
	all := []call.Ear{{Leg: 1, Hears: legs(2, 3)}, {Leg: 2, Agent: "anna", Hears: legs(1, 3)}, {Leg: 3, Agent: "binh", Hears: legs(1, 2)}}
	h.mix(t, l.id, all...)
	l.awaitMix(t, "customer", []float64{900, 1700}, nil)
	binh.pc.Close()
	awaitGaps(t, l, "binh lost")
	l.awaitMix(t, "customer without binh", []float64{900}, []float64{1700})
	anna.awaitMix(t, "anna without binh", []float64{400}, []float64{1700})
	if n := len(firsts(&l.box, 1)); n != 1 {
		t.Errorf("%d first packets of the customer, who has been there all along", n)
	}
	again := h.seat(t, "binh")
	speak(t, 1700, again.write)
	awaitGaps(t, l, "binh lost", "binh back")
	h.mix(t, l.id, all...)
	l.awaitMix(t, "customer with binh", []float64{900, 1700}, nil)
	again.awaitMix(t, "binh is back", []float64{400, 900}, []float64{1700})
	l.continuous(t, "customer")
	anna.continuous(t, "anna")
}

// Two telephones and an agent: keys of one are pressed for the other, the lines
// go on without the agent, and one that is closed leaves nobody in the mixer.
func TestTwoLinesAndAnAgent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, other, anna := h.call(t, "c1"), h.call(t, "c2"), h.seat(t, "anna")
	h.Forget("c2")
	h.AddTrunk(l.id, 3, other.end, l.post)
	speak(t, 400, l.write)
	speak(t, 1700, other.write)
	speak(t, 900, anna.write)
	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(2, 3)}, call.Ear{Leg: 2, Agent: "anna", Hears: legs(1, 3)}, call.Ear{Leg: 3, Hears: legs(1, 2)})
	l.awaitMix(t, "customer", []float64{900, 1700}, nil)
	other.awaitMix(t, "outside party", []float64{400, 900}, nil)
	press(t, func(p *rtp.Packet) error { p.SSRC = 400; return l.write(p) }, 101, 7)
	eventually(t, "the key is told", func() bool { return len(must(of[call.Digit](&l.box))) == 1 })
	eventually(t, "the key is pressed for the outside party", func() bool {
		other.ear.mu.Lock()
		defer other.ear.mu.Unlock()
		for _, p := range other.packets {
			if p.PayloadType == 101 && p.Payload[0] == 7 {
				return true
			}
		}
		return false
	})
	h.Part(l.id, 2)
	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(3)}, call.Ear{Leg: 3, Hears: legs(1)})
	l.awaitMix(t, "customer and outside party", []float64{1700}, []float64{900})
	other.awaitMix(t, "outside party and customer", []float64{400}, []float64{900})
	other.end.Close(nil)
	l.forget()
	if err := h.Music(l.id, 1, "music"); err != nil {
		t.Fatal(err)
	}
	l.awaitTone(t, musicHz)
	l.continuous(t, "customer")
}
