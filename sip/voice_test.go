package sip

import (
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/sip/siptest"
)

// voices is the real engine, with the ends it made. It plays its tone towards each far side and listens.
type voices struct {
	*media.Engine
	hz float64

	mu    sync.Mutex
	heard []int16
}

func newVoices(t *testing.T, hz float64) *voices {
	t.Helper()
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	e, err := media.New(media.Config{TrunkAddr: loopback, Web: netip.AddrPortFrom(loopback, 0), DrainIdle: time.Millisecond, DrainMax: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return &voices{Engine: e, hz: hz}
}

func (v *voices) AddTrunk(_ stamp.ID, _ stamp.LegNo, end media.TrunkEnd, _ func(time.Time, call.Input)) {
	end.Tap(v)
	end.Play("tone", media.Loop(media.Tone(time.Second, v.hz)))
}

// Heard implements media.Tap.
func (v *voices) Heard(p *media.Packet) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, b := range p.Payload() {
		v.heard = append(v.heard, p.Law.Decode(b))
	}
}

// hears waits until the last half second is the tone.
func (v *voices) hears(t *testing.T, hz float64) {
	t.Helper()
	eventually(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		n := len(v.heard)
		return n >= 4000 && media.Goertzel(v.heard[n-4000:], hz) > 0.9
	}, func() string { return "the tone is not heard" })
}

// count is how many samples have been heard.
func (v *voices) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.heard)
}

// TestVoice joins two UAs with real engines: the tones are heard both ways, a hold silences the held side's, and a
// resume brings it back.
func TestVoice(t *testing.T) {
	t.Parallel()
	near, far := newVoices(t, 440), newVoices(t, 1000)
	real := func(v *voices) option { return func(c *Config) { c.Media, c.Exchange = v, v } }
	callee := newRig(t, 9, real(far))
	caller := newRig(t, int(callee.Addr("udp").Port()), real(near))
	leg, rec := caller.dialOut(0)
	in := callee.next()
	in.Answer()
	rec.has(t, "answered PCMA")
	near.hears(t, 1000)
	far.hears(t, 440)

	leg.Hold(true)
	in.has(t, "held")
	eventually(t, func() bool { // the held side no longer sends
		before := near.count()
		<-time.After(100 * time.Millisecond)
		return near.count() == before
	}, func() string { return "still hears the held side" })
	leg.Hold(false)
	in.has(t, "resumed")
	near.hears(t, 1000)
	leg.Release(0)
	in.tells(t, "answered PCMA; held; resumed; gone by customer  0")
}

// TestMutants throws damaged calls at the UA and asks it after every fifty whether it lives.
func TestMutants(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, func(c *Config) {
		c.Guard = GuardConfig{Rate: 1e6}
		c.Incoming = func(_ Invite, l *Leg) { l.Release(486) }
	})
	p := siptest.NewPeer(t, r.udp())
	dice := newDice(t, 4475)
	for i := range 5000 {
		c := p.NewCall("+84901234567", "1900")
		method := []string{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE"}[dice.IntN(7)]
		text := []byte(c.Request(method, siptest.SDP(1), "Record-Route: <sip:a;lr>, <sip:b;lr>", "Session-Expires: 1800;refresher=uac", `P-Asserted-Identity: "x" <tel:+84;y=z>`))
		for range 1 + dice.IntN(4) {
			at := dice.IntN(len(text))
			switch dice.IntN(4) {
			case 0:
				text[at] = byte(dice.IntN(256))
			case 1:
				text = append(text[:at], text[min(len(text), at+dice.IntN(20)):]...)
			case 2:
				text = append(text[:at:at], append([]byte{",;<>\"=:\r\n \x00"[dice.IntN(11)]}, text[at:]...)...)
			case 3:
				text = append(text[:at:at], append([]byte("\r\nVia: "), text[dice.IntN(len(text)):]...)...)
			}
			if len(text) == 0 {
				break
			}
		}
		p.Raw(text)
		if i%50 == 49 {
			p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
			p.Expect("SIP/2.0 200", "OPTIONS")
		}
	}
	eventually(t, func() bool { return r.Legs() == 0 }, func() string { return "legs are left" })
}
