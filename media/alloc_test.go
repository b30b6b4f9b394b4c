package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// deaf is a far side that takes everything.
type deaf struct{}

func (deaf) ready() bool                   { return true }
func (deaf) send(h header, b []byte) error { h.put(b); return nil }
func (deaf) report([]rtcp.Packet)          {}
func (deaf) shut()                         {}
func (deaf) watch(time.Time)               {}

type listener struct{ n int }

func (l *listener) Heard(*Packet) { l.n++ }

// relay is a packet's whole way through this package without sockets: admitted, counted, tapped, relayed, rewritten.
func relay(t testing.TB, law Law) (in *trunkEnd, step func()) {
	e := &Engine{cfg: Config{}.withDefaults(), courier: newCourier()}
	t.Cleanup(e.courier.stop)
	in = &trunkEnd{}
	out := &side{}
	in.setup(e, nil, deaf{}, 1)
	out.setup(e, nil, deaf{}, 2)
	from := netip.MustParseAddrPort("192.0.2.1:4000")
	in.SetRemote(Remote{RTP: from, Format: NewFormat(PCMU, 101)})
	in.Tap(&listener{})
	out.format = NewFormat(law, 101)
	in.Attach(out)
	out.Attach(in)
	h, wire := header{ssrc: 9}, make([]byte, headerLen+FrameSize, 1500)
	at := time.Now()
	return in, func() {
		h.seq++
		h.ts += FrameSize
		at = at.Add(frameTime)
		h.put(wire)
		in.handle(wire, from, at)
	}
}

func TestRelayAllocatesNothing(t *testing.T) {
	for _, law := range []Law{PCMU, PCMA} {
		in, step := relay(t, law)
		in.DetectInband(true)
		step() // the first emits events
		if n := testing.AllocsPerRun(1000, step); n != 0 {
			t.Errorf("to %v: %v allocations per packet", law, n)
		}
	}
}

func BenchmarkRelayWithoutSockets(b *testing.B) {
	_, step := relay(b, PCMU)
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

func BenchmarkTick(b *testing.B) {
	e := &Engine{cfg: Config{}.withDefaults(), courier: newCourier()}
	b.Cleanup(e.courier.stop)
	s := &side{}
	s.setup(e, nil, deaf{}, 1)
	s.format = NewFormat(PCMU, 101)
	s.reporter.due = time.Now().Add(time.Hour)
	s.Play("", Loop(Tone(time.Second, 440)))
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		s.tick(now)
	}
}

// Our reports can be written and read, whatever the counters say.
func TestReportsCanBeMarshalled(t *testing.T) {
	now := time.Now()
	for _, sent := range []uint64{0, 1, 1 << 40} {
		for _, rx := range []reception{{}, {ssrc: 3, base: 1 << 16, high: 1<<16 + 5, count: 1}, {ssrc: 3, base: 1 << 16, high: 1 << 50, count: 1 << 49}, {ssrc: 3, base: 1<<16 + 5, high: 1<<16 + 5, count: 1 << 40}} {
			r, tx := reporter{lastSRAt: now.Add(-time.Hour)}, newRewriter(4)
			wire, err := rtcp.Marshal(r.compound(now, &tx, &rx, sent, sent*160, "someone"))
			if err != nil {
				t.Fatalf("sent %d, %+v: %v", sent, rx, err)
			}
			if _, err := rtcp.Unmarshal(wire); err != nil {
				t.Errorf("sent %d, %+v: %v", sent, rx, err)
			}
		}
	}
}
