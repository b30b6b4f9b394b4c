package media

import (
	"math/rand/v2"
	"testing"
	"time"
)

// speech is what a side says, a packet of 20 ms after another.
type speech struct {
	ear *Ear
	law Law
	r   *rand.Rand
	hum float64 // amplitude of the noise
	now time.Time
	n   int
}

func newSpeech(mic bool, hum float64, now time.Time) *speech {
	return &speech{ear: NewEar(mic), law: PCMA, r: rand.New(rand.NewPCG(1, 2)), hum: hum, now: now}
}

// packet is 20 ms of a voice of so much amplitude over the noise.
func (s *speech) packet(amplitude float64) EventKind {
	o := newOscillator(220, amplitude)
	b := make([]byte, FrameSize)
	for i := range b {
		b[i] = s.law.Encode(int16(o.next() + s.hum*(2*s.r.Float64()-1)))
	}
	if amplitude == 0 && s.hum == 0 {
		for i := range b {
			b[i] = s.law.Silence()
		}
	}
	s.now = s.now.Add(frameTime)
	s.n++
	return s.ear.heard(b, s.law, s.now)
}

// A dialogue with known turns, over noise of three strengths: each time is found to within three packets.
func TestTalkIsCounted(t *testing.T) {
	for _, hum := range []float64{0, 50, 300} {
		now := time.Unix(1000, 0)
		c, a := newSpeech(false, hum, now), newSpeech(true, hum, now)
		talk := NewTalk(c.ear, a.ear)
		talk.Run(true, now)
		say := func(for_ time.Duration, customer, agent float64) {
			for range for_ / frameTime {
				c.packet(customer)
				a.packet(agent)
			}
		}
		const loud = 6000
		say(2*time.Second, 0, 0)
		say(3*time.Second, 0, loud)     // the agent greets
		say(500*time.Millisecond, 0, 0) //
		say(4*time.Second, loud, 0)     // the customer
		say(time.Second, loud, loud)    // both
		say(2*time.Second, 0, loud)     // the agent goes on
		say(5*time.Second, 0, 0)        // dead air
		say(time.Second, loud/4, 0)     // softly
		talk.Run(false, c.now)          // on hold
		say(10*time.Second, loud, loud) //
		talk.Run(true, c.now)           //
		say(2*time.Second, 0, 0)        // no dead air: too short
		got := talk.End(c.now)
		hang := activityHangover
		for name, x := range map[string][2]time.Duration{
			"length": {got.Length, 20500 * time.Millisecond}, "customer": {got.Customer, 5 * time.Second},
			"agent": {got.Agent, 5 * time.Second}, "both": {got.Both, time.Second + hang},
			"dead air": {got.DeadAir, 5 * time.Second}, "first agent": {got.FirstAgent, 2 * time.Second},
			"first customer": {got.FirstCustomer, 5500 * time.Millisecond},
		} {
			if (x[0] - x[1]).Abs() > 250*time.Millisecond {
				t.Errorf("noise %v: %s is %v, want %v", hum, name, x[0], x[1])
			}
		}
		if got.DeadAirs != 1 || got.Overlaps != 1 || got.Customer+got.Agent+got.Both+got.Nobody != got.Length {
			t.Errorf("noise %v: %+v", hum, got)
		}
	}
}

// Steady noise is no voice, however long; nor is a click.
func TestNoiseIsNoVoice(t *testing.T) {
	now := time.Unix(1000, 0)
	c, a := newSpeech(false, 400, now), newSpeech(false, 0, now)
	talk := NewTalk(c.ear, a.ear)
	for range 500 { // the floor finds the noise
		c.packet(0)
	}
	talk.Run(true, c.now)
	for i := range 1500 {
		c.packet(0)
		if i%100 == 50 {
			a.now = c.now
			a.packet(8000) // one packet
		} else {
			a.packet(0)
		}
	}
	if got := talk.End(c.now); got.Customer+got.Agent+got.Both != 0 {
		t.Errorf("%+v", got)
	}
}

// A microphone that sends silence is told after 10 s, again after as long, and its first sound ends it; one that has
// spoken may be silent for 30 s.
func TestMicrophone(t *testing.T) {
	s := newSpeech(true, 0, time.Unix(1000, 0))
	tell := func(n int, amplitude float64) (told []string) {
		for range n {
			if k := s.packet(amplitude); k != 0 {
				told = append(told, k.String()+" "+(time.Duration(s.n)*frameTime).String())
			}
		}
		return told
	}
	for _, c := range []struct {
		packets   int
		amplitude float64
		want      []string
	}{
		{1100, 0, []string{"mic_silent 10.02s", "mic_silent 20.02s"}},
		{100, 4000, []string{"mic_heard 22.1s"}},
		{1400, 0, nil},
		{200, 0, []string{"mic_silent 54.02s"}},
		{3, 4000, nil}, // a click is no sound
		{10, 0, nil},
		{100, 4000, []string{"mic_heard 56.36s"}},
	} {
		got := tell(c.packets, c.amplitude)
		if len(got) != len(c.want) {
			t.Fatalf("after %d packets told %q, want %q", s.n, got, c.want)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("told %q, want %q", got[i], c.want[i])
			}
		}
	}
	quietRoom := newSpeech(true, 40, time.Unix(1000, 0))
	for range 5000 {
		if k := quietRoom.packet(0); k != 0 {
			t.Fatalf("%v in a quiet room", k)
		}
	}
}

// What each packet costs to be judged.
func BenchmarkEar(b *testing.B) {
	s := newSpeech(true, 50, time.Unix(1000, 0))
	payload := make([]byte, FrameSize)
	for i := range payload {
		payload[i] = PCMA.Encode(int16(i * 50))
	}
	now := s.now
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(frameTime)
		s.ear.heard(payload, PCMA, now)
	}
}
