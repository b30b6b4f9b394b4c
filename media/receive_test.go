package media

import (
	"errors"
	"testing"
	"time"
)

type recorder struct {
	laws     []Law
	payloads []string
}

func (r *recorder) Heard(p *Packet) {
	r.laws = append(r.laws, p.Law)
	r.payloads = append(r.payloads, string(p.Payload()))
}

// bench is a side without wire and its events.
func bench(t testing.TB) (*side, func() []Event) {
	e := &Engine{cfg: Config{}.withDefaults(), courier: newCourier()}
	var events []Event
	s := &side{}
	s.setup(e, func(ev Event) { events = append(events, ev) }, deaf{}, 1)
	s.format = NewFormat(PCMA, 101)
	stopped := false
	stop := func() []Event {
		if !stopped {
			stopped = true
			e.courier.stop()
		}
		return events
	}
	t.Cleanup(func() { stop() })
	return s, stop
}

func (s *side) give(event bool, payload string, at time.Time) Sink {
	var p Packet
	h := header{ssrc: 5, seq: uint16(s.rx.high) + 1, ts: 7}
	return s.takeLocked(h, append(make([]byte, headerLen), payload...), PCMA, event, at, &p)
}

func TestTapHearsWhatTheOtherSideHears(t *testing.T) {
	s, _ := bench(t)
	rec := &recorder{}
	s.Tap(rec)
	now := time.Now()
	s.give(false, "sound", now)
	s.Mute(true)
	s.give(false, "secret", now)
	s.give(true, "\x05\x8a\x03\x20", now)
	s.Mute(false)
	s.Tap(nil)
	s.give(false, "sound", now)
	silence := string([]byte{0xD5, 0xD5, 0xD5, 0xD5, 0xD5, 0xD5})
	if len(rec.payloads) != 2 || rec.payloads[0] != "sound" || rec.payloads[1] != silence || rec.laws[0] != PCMA {
		t.Errorf("%q", rec.payloads)
	}
	if s.stats.Unattached != 3 { // the muted key goes nowhere by itself
		t.Errorf("%d dropped", s.stats.Unattached)
	}
}

// A far side that sends keys as events and as tones presses each once.
func TestEventsEndTheSearchInSound(t *testing.T) {
	s, events := bench(t)
	s.DetectInband(true)
	now := time.Now()
	s.give(true, "\x05\x8a\x03\x20", now)
	var k keypad
	if err := k.press("5", 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for ; k.busy(); now = now.Add(frameTime) {
		b := make([]byte, FrameSize)
		k.sound(PCMA, b)
		s.give(false, string(b), now)
	}
	told := 0
	for _, ev := range events() {
		if ev.Kind == Digit {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the key was told %d times", told)
	}
}

func TestNothingIsSaidAfterClosed(t *testing.T) {
	s, events := bench(t)
	s.eng.wheel = newWheel()
	defer s.eng.wheel.stop()
	s.Expect(true)
	s.Close(ErrHungUp)
	s.tick(time.Now().Add(time.Hour))
	s.Attach(s)
	s.Play("x", Once())
	s.WriteRTP(&Packet{B: make([]byte, headerLen)})
	if err := s.Press("1", 0); !errors.Is(err, ErrClosed) {
		t.Errorf("press: %v", err)
	}
	s.tick(time.Now().Add(time.Hour))
	if got := events(); len(got) != 1 || got[0].Kind != Closed || !errors.Is(got[0].Cause, ErrHungUp) {
		t.Errorf("%v", got)
	}
}

// A packet that was on its way when the sound was attached anew is no first one of it; once nothing is attached, none
// is.
func TestFirstReceivedIsNotOlderThanItsAttach(t *testing.T) {
	s, events := bench(t)
	before := time.Now()
	s.give(false, "a", before)
	s.Attach(s)
	s.give(false, "b", before)
	after := time.Now()
	s.give(false, "c", after)
	s.give(false, "d", after)
	s.Attach(s)
	s.Attach(nil)
	s.give(false, "e", time.Now())
	var firsts []time.Time
	for _, ev := range events() {
		if ev.Kind == FirstReceived {
			firsts = append(firsts, ev.At)
		}
	}
	if len(firsts) != 2 || firsts[0] != before || firsts[1] != after {
		t.Errorf("%v, want %v and %v", firsts, before, after)
	}
}
