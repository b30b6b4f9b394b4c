package media_test

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// eventually polls: sockets know no fake clock.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(patience); !cond(); <-poll.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

func startEngine(t testing.TB, change ...func(*media.Config)) *media.Engine {
	t.Helper()
	lo := netip.MustParseAddr("127.0.0.1")
	cfg := media.Config{TrunkAddr: lo, Web: netip.AddrPortFrom(lo, 0), DrainIdle: 50 * time.Millisecond}
	for _, f := range change {
		f(&cfg)
	}
	e, err := media.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// diary keeps the events of one end.
type diary struct {
	mu     sync.Mutex
	events []media.Event
}

func (d *diary) add(ev media.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, ev)
}

func (d *diary) all(kind media.EventKind) []media.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.events), func(ev media.Event) bool { return ev.Kind != kind })
}

func (d *diary) await(t testing.TB, kind media.EventKind, n int) media.Event {
	t.Helper()
	eventually(t, fmt.Sprintf("event %s number %d", kind, n), func() bool { return len(d.all(kind)) >= n })
	return d.all(kind)[n-1]
}

// ear keeps the RTP that a far side hears.
type ear struct {
	mu      sync.Mutex
	packets []rtp.Packet
	at      []time.Time // of each
}

func (e *ear) hear(b []byte) {
	var p rtp.Packet
	if p.Unmarshal(slices.Clone(b)) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets, e.at = append(e.packets, p), append(e.at, time.Now())
}

func (e *ear) heard() []rtp.Packet {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.packets)
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets, e.at = nil, nil
}

// tone is the share of hz in the newest second/5 of audio; 0 before there is as much.
func (e *ear) tone(hz float64) float64 {
	var samples []int16
	for _, p := range e.heard() {
		if p.PayloadType == 0 || p.PayloadType == 8 {
			law := media.PCMU
			if p.PayloadType == 8 {
				law = media.PCMA
			}
			for _, c := range p.Payload {
				samples = append(samples, law.Decode(c))
			}
		}
	}
	const window = 1600
	if len(samples) < window {
		return 0
	}
	return media.Goertzel(samples[len(samples)-window:], hz)
}

func (e *ear) awaitTone(t testing.TB, hz float64) {
	t.Helper()
	eventually(t, fmt.Sprintf("tone of %v Hz", hz), func() bool { return e.tone(hz) > 0.9 })
}

// continuous fails unless the packets are one stream: one SSRC, no number twice, the timestamps of audio rising with
// the numbers and with the clock.
func (e *ear) continuous(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	packets, at := slices.Clone(e.packets), slices.Clone(e.at)
	e.mu.Unlock()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if b.SSRC != a.SSRC {
			t.Errorf("packet %d: SSRC %x after %x", i, b.SSRC, a.SSRC)
		}
		if d := b.SequenceNumber - a.SequenceNumber; d != 1 {
			t.Errorf("packet %d: number %d after %d", i, b.SequenceNumber, a.SequenceNumber)
		}
		most := 8000 + int32(at[i].Sub(at[i-1])*8/time.Millisecond) // a second ahead of the clock
		if d := int32(b.Timestamp - a.Timestamp); d < 0 || d == 0 && b.PayloadType < 96 || d > most {
			t.Errorf("packet %d: timestamp %d after %d, at most %d expected", i, b.Timestamp, a.Timestamp, most)
		}
	}
}

// mouth speaks: a tone in packets of 20 ms.
type mouth struct {
	write func(*rtp.Packet) error
	stop  chan struct{}
	done  chan struct{}
}

func speak(t testing.TB, law media.Law, hz float64, ssrc uint32, write func(*rtp.Packet) error) *mouth {
	m := &mouth{write: write, stop: make(chan struct{}), done: make(chan struct{})}
	src := media.Loop(media.Tone(time.Second, hz))
	p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: uint8(law) * 8, SSRC: ssrc, SequenceNumber: 65530, Timestamp: 4294967000},
		Payload: make([]byte, media.FrameSize)}
	go func() {
		defer close(m.done)
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for {
			src.Frame(law, p.Payload)
			if err := write(p); err != nil {
				return
			}
			p.SequenceNumber++
			p.Timestamp += media.FrameSize
			select {
			case <-m.stop:
				return
			case <-pace.C:
			}
		}
	}()
	t.Cleanup(m.quiet)
	return m
}

func (m *mouth) quiet() {
	select {
	case <-m.stop:
	default:
		close(m.stop)
	}
	<-m.done
}

// phone is the far side of a trunk: a plain UDP socket.
type phone struct {
	ear
	conn *net.UDPConn
	to   netip.AddrPort
}

func newPhone(t testing.TB, to netip.AddrPort) *phone {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{conn: c, to: to}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			p.hear(buf[:n])
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return p
}

func (p *phone) addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *phone) write(pkt *rtp.Packet) error {
	b, err := pkt.Marshal()
	if err != nil {
		return err
	}
	_, err = p.conn.WriteToUDPAddrPort(b, p.to)
	return err
}

// trunkTo makes a trunk end and the phone that it talks to.
func trunkTo(t testing.TB, e *media.Engine, f media.Format) (media.TrunkEnd, *phone, *diary) {
	t.Helper()
	d := &diary{}
	tr, err := e.NewTrunk(media.TrunkConfig{OnEvent: d.add})
	if err != nil {
		t.Fatal(err)
	}
	p := newPhone(t, tr.LocalAddr())
	tr.SetRemote(media.Remote{RTP: p.addr(), Format: f})
	return tr, p, d
}
