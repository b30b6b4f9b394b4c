package exchange_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
)

// shelf keeps tapes in memory.
type shelf struct {
	mu    sync.Mutex
	tapes map[string]*tape
	full  bool          // Open fails
	stuck chan struct{} // Write waits for it; nil: it doesn't
	after int           // Write fails after so many bytes; 0: never
}

type tape struct {
	s      *shelf
	of     exchange.Recording
	sound  []byte
	why    stamp.RecordingEnd
	gaps   []exchange.Gap
	closed int
}

var errFull = errors.New("no space left on device")

func (s *shelf) Open(r exchange.Recording) (exchange.Tape, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return nil, errFull
	}
	if s.tapes == nil {
		s.tapes = map[string]*tape{}
	}
	t := &tape{s: s, of: r}
	s.tapes[fmt.Sprintf("%s/%d", r.Call, r.No)] = t
	return t, nil
}

func (t *tape) Write(sound []byte) (int, error) {
	t.s.mu.Lock()
	stuck := t.s.stuck
	t.s.mu.Unlock()
	if stuck != nil {
		<-stuck
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.sound = append(t.sound, sound...)
	if t.s.after > 0 && len(t.sound) > t.s.after {
		return 0, errFull
	}
	return len(sound), nil
}

func (t *tape) Close(why stamp.RecordingEnd, gaps []exchange.Gap) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	t.why, t.gaps, t.closed = why, gaps, t.closed+1
}

// closed waits for the tape's end.
func (s *shelf) closed(t testing.TB, name string) *tape {
	t.Helper()
	eventually(t, "tape "+name+" is closed", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.tapes[name] != nil && s.tapes[name].closed == 1
	})
	return s.tapes[name]
}

// channel decodes one of the tape's channels.
func (t *tape) channel(c int) (samples []int16) {
	for i := c; i < len(t.sound); i += t.of.Channels {
		samples = append(samples, t.of.Law.Decode(t.sound[i]))
	}
	return samples
}

// holds is the share of hz in the loudest 200 ms of samples that hold any.
func holds(samples []int16, hz float64) (most float64) {
	for i := 0; i+window <= len(samples); i += window {
		most = max(most, media.Goertzel(samples[i:i+window], hz))
	}
	return most
}

func must0(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A call is recorded: customer left, agents right, each alone; not what a whisper
// says, not who is on hold, and a page that is reloaded goes on.
func TestRecordACall(t *testing.T) {
	t.Parallel()
	h, l, anna, binh := three(t)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	must0(t, h.Record(l.id, call.Record{No: 1, Kind: stamp.RecordingCall}))
	began := time.Now()
	sleepUntil := func(d time.Duration) { <-time.After(time.Until(began.Add(d))) }
	sleepUntil(600 * time.Millisecond)
	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(2)}, call.Ear{Leg: 2, Agent: "anna", Hears: legs(1, 3)}, call.Ear{Leg: 3, Agent: "binh", Hears: legs(1, 2)})
	anna.awaitMix(t, "binh whispers", []float64{400, 1700}, nil)
	sleepUntil(1200 * time.Millisecond)
	must0(t, h.Music(l.id, 1, "music"))
	sleepUntil(1800 * time.Millisecond)
	h.mix(t, l.id, pair(1, 3, "binh")...)
	sleepUntil(2400 * time.Millisecond)
	again := h.seat(t, "binh")
	speak(t, 1300, again.write)
	h.mix(t, l.id, pair(1, 3, "binh")...)
	l.awaitTone(t, 1300)
	sleepUntil(3400 * time.Millisecond)
	h.StopRecord(l.id, 1, stamp.RecordedAll)
	_ = binh

	tape := h.shelf.closed(t, "c1/1")
	left, right := tape.channel(0), tape.channel(1)
	if n := len(left); tape.of.Law != media.PCMU || n < 3300*8 || n > 4500*8 {
		t.Fatalf("%v, %d samples", tape.of.Law, n)
	}
	ms := func(s []int16, from, to int) []int16 { return s[from*8 : to*8] }
	for _, c := range []struct {
		what     string
		samples  []int16
		has, not []float64
	}{
		{"the customer", ms(left, 200, 600), []float64{400}, []float64{900, 1700}},
		{"anna", ms(right, 200, 600), []float64{900}, []float64{400, 1700}},
		{"anna, while binh whispers", ms(right, 700, 1200), []float64{900}, []float64{400, 1700}},
		{"the customer on hold", ms(left, 1350, 1800), nil, []float64{400, musicHz}},
		{"nobody, while the customer is on hold", ms(right, 1350, 1800), nil, []float64{900, 1700, musicHz}},
		{"binh", ms(right, 2000, 2400), []float64{1700}, []float64{900}},
		{"binh's new page", right[len(right)-3200:], []float64{1300}, []float64{900, 1700}},
		{"the customer to the end", left[len(left)-3200:], []float64{400}, []float64{1300, musicHz}},
	} {
		for _, hz := range c.has {
			if got := holds(c.samples, hz); got < .9 {
				t.Errorf("%s: %v Hz has a share of %.2f", c.what, hz, got)
			}
		}
		for _, hz := range c.not {
			if got := holds(c.samples, hz); got > .05 {
				t.Errorf("%s: %v Hz has a share of %.2f and should not be there", c.what, hz, got)
			}
		}
	}
}

// What is said in a pause is not on the tape, and the gap is marked where it is.
func TestRecordPauses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 400, l.write)
	speak(t, 900, anna.write)
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	must0(t, h.Record(l.id, call.Record{No: 1, Kind: stamp.RecordingCall}))
	<-time.After(500 * time.Millisecond)
	h.PauseRecord(l.id, 1, true)
	h.PauseRecord(l.id, 1, true)
	<-time.After(500 * time.Millisecond)
	h.PauseRecord(l.id, 1, false)
	<-time.After(500 * time.Millisecond)
	h.PauseRecord(l.id, 1, true)
	<-time.After(200 * time.Millisecond)
	h.Forget(l.id) // ends it
	tape := h.shelf.closed(t, "c1/1")
	left := tape.channel(0)
	length := time.Duration(len(left)) * time.Second / 8000
	if len(tape.gaps) != 2 || tape.gaps[1].To != length || tape.why != stamp.RecordedAll {
		t.Fatalf("gaps %v of %v, %s", tape.gaps, length, tape.why)
	}
	for _, g := range tape.gaps {
		from, to := int(g.From.Milliseconds()*8), int(g.To.Milliseconds()*8)
		for i, s := range left[from:to] {
			if s > 16 || s < -16 {
				t.Fatalf("sound in the gap %v, %d samples in: %d", g, i, s)
			}
		}
		if before := left[from-2400 : from]; holds(before, 400) < .9 {
			t.Errorf("nothing is heard right before the gap %v", g)
		}
	}
}

// A single leg: a message, whoever hears it or not, that ends at its limit.
func TestRecordALeg(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l := h.call(t, "c1")
	speak(t, 400, l.write)
	must0(t, h.Play(l.id, 1, 1, "en", []string{"beep"}))
	must0(t, h.Record(l.id, call.Record{No: 3, Kind: stamp.RecordingVoicemail, Leg: 1, MaxUS: 700_000}))
	tape := h.shelf.closed(t, "c1/3")
	if s := tape.channel(0); tape.of.Channels != 1 || tape.why != stamp.RecordedTooLong || len(s) < 5000 || holds(s[2400:], 400) < .9 {
		t.Errorf("%d channels, %d samples, %s", tape.of.Channels, len(s), tape.why)
	}
	ends := must(of[call.RecordEnded](&l.box))
	if len(ends) != 1 || ends[0] != (call.RecordEnded{No: 3, Why: stamp.RecordedTooLong}) {
		t.Errorf("told %+v", ends)
	}
	h.StopRecord(l.id, 3, stamp.RecordedEnough) // too late
	h.PauseRecord(l.id, 3, true)
}

// A disk that is full or stands still ends the recording, not the call.
func TestRecordWithoutDisk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l, anna := h.call(t, "c1"), h.seat(t, "anna")
	speak(t, 400, l.write)
	speak(t, 900, anna.write)
	h.bridge(t, l, "anna")
	h.shelf.full = true
	if err := h.Record(l.id, call.Record{No: 1}); !errors.Is(err, errFull) {
		t.Errorf("recorded on a full disk: %v", err)
	}
	if err := h.Record("c9", call.Record{No: 1}); !errors.Is(err, exchange.ErrNoLeg) {
		t.Errorf("recorded an unknown call: %v", err)
	}
	h.shelf.full, h.shelf.after = false, 4000
	must0(t, h.Record(l.id, call.Record{No: 2, Kind: stamp.RecordingCall}))
	if tape := h.shelf.closed(t, "c1/2"); tape.why != stamp.RecordedDiskFull {
		t.Errorf("ended %s", tape.why)
	}
	eventually(t, "the call is told", func() bool { return len(must(of[call.RecordEnded](&l.box))) == 1 })
	l.forget()
	l.awaitTone(t, 900)
}

// The exchange is closed while it records: the tapes are closed first.
func TestCloseEndsRecordings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	l := h.call(t, "c1")
	must0(t, h.Record(l.id, call.Record{No: 1, Leg: 1}))
	h.Close()
	if n := h.shelf.tapes["c1/1"].closed; n != 1 {
		t.Errorf("closed %d times", n)
	}
	h.Close()
}

// The announcement is heard by both over each other, once, and survives another
// picture; a hold cuts it short without a word.
func TestAnnounce(t *testing.T) {
	t.Parallel()
	h, l, anna, binh := three(t)
	if err := h.Announce(l.id, 7, "en", []string{"recorded"}); !errors.Is(err, exchange.ErrNoLeg) {
		t.Errorf("announced to nobody: %v", err)
	}
	h.bridge(t, l, "anna")
	l.awaitTone(t, 900)
	must0(t, h.Announce(l.id, 7, "en", []string{"long"}))
	h.mix(t, l.id, call.Ear{Leg: 1, Hears: legs(2, 3)}, call.Ear{Leg: 2, Agent: "anna", Hears: legs(1, 3)}, call.Ear{Leg: 3, Agent: "binh", Hears: legs(1, 2)})
	l.awaitTone(t, promptHz)
	anna.awaitTone(t, promptHz)
	eventually(t, "its end is told", func() bool { return len(must(of[call.PlayDone](&l.box))) == 1 })
	if in := must(of[call.PlayDone](&l.box)); in[0].Play != 7 {
		t.Errorf("told %+v", in)
	}
	l.awaitMix(t, "the agents again", []float64{900, 1700}, nil)
	must0(t, h.Announce(l.id, 8, "en", []string{"long"}))
	must0(t, h.Music(l.id, 1, "music"))
	l.awaitTone(t, musicHz)
	<-time.After(1200 * time.Millisecond)
	if in := must(of[call.PlayDone](&l.box)); len(in) != 1 {
		t.Errorf("told %+v", in)
	}
	l.continuous(t, "customer")
	anna.continuous(t, "anna")
	_ = binh
}
