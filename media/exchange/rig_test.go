package exchange_test

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

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

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

// house is an exchange on a real engine.
type house struct {
	*exchange.Exchange
	engine *keeper
	seats  seats
	shelf  shelf
}

// keeper is the engine, and keeps the browsers' ends that it made.
type keeper struct {
	*media.Engine
	mu   sync.Mutex
	webs []media.WebEnd
}

func (k *keeper) NewWeb(cfg media.WebConfig) (media.WebEnd, error) {
	w, err := k.Engine.NewWeb(cfg)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.webs = append(k.webs, w)
	return w, err
}

func newHouse(t testing.TB, change ...func(*media.Config)) *house {
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
	h := &house{engine: &keeper{Engine: e}}
	h.Exchange = exchange.New(h.engine, tones{}, &h.seats, &h.shelf)
	t.Cleanup(h.Exchange.Close)
	return h
}

// tones is a library in which every sound is a tone that can be told apart.
type tones struct{}

const musicHz, promptHz, missing = 1500, 1900, "missing"

func (tones) Music(name string) (*media.Clip, error) { return toneOf(name, musicHz, time.Second) }
func (tones) Prompt(language, name string) (*media.Clip, error) {
	return toneOf(name, promptHz, map[bool]time.Duration{true: time.Second, false: 300 * time.Millisecond}[name == "long"])
}

func toneOf(name string, hz float64, length time.Duration) (*media.Clip, error) {
	if name == missing {
		return nil, fmt.Errorf("no sound %q", name)
	}
	return media.Tone(length, hz), nil
}

// seats keeps what the Floor is told.
type seats struct {
	mu   sync.Mutex
	told []string // "anna up"
}

func (s *seats) Seat(_ time.Time, agent stamp.AgentID, up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, fmt.Sprintf("%s %s", agent, map[bool]string{true: "up", false: "down"}[up]))
}

func (s *seats) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

// heard is an input as it was posted to a call.
type heard struct {
	at time.Time
	in call.Input
}

// box is a call's mailbox.
type box struct {
	mu  sync.Mutex
	all []heard
}

func (b *box) post(at time.Time, in call.Input) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, heard{at, in})
}

// of returns the inputs of one kind, and when they were seen.
func of[I call.Input](b *box) (ins []I, at []time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.all {
		if in, ok := h.in.(I); ok {
			ins, at = append(ins, in), append(at, h.at)
		}
	}
	return ins, at
}

// firsts counts the first packets of a leg.
func firsts(b *box, leg stamp.LegNo) (at []time.Time) {
	ins, all := of[call.FirstRx](b)
	for i, in := range ins {
		if in.Leg == leg {
			at = append(at, all[i])
		}
	}
	return at
}

// line is a call with a customer: a plain UDP socket behind a trunk.
type line struct {
	box
	ear
	id   stamp.ID
	end  media.TrunkEnd
	conn *net.UDPConn
}

func (h *house) call(t testing.TB, id stamp.ID) *line {
	t.Helper()
	end, err := h.NewTrunk(media.TrunkConfig{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := &line{id: id, end: end, conn: c}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			l.hear(buf[:n])
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	end.SetRemote(media.Remote{RTP: c.LocalAddr().(*net.UDPAddr).AddrPort(), Format: media.NewFormat(media.PCMU, 101)})
	h.AddTrunk(id, stamp.CustomerLeg, end, l.post)
	return l
}

func (l *line) write(p *rtp.Packet) error {
	b, err := p.Marshal()
	if err != nil {
		return err
	}
	_, err = l.conn.WriteToUDPAddrPort(b, l.end.LocalAddr())
	return err
}

// bridge joins the call's customer and the agent and returns when that began.
func (h *house) bridge(t testing.TB, l *line, agent stamp.AgentID) time.Time {
	t.Helper()
	at := time.Now()
	if err := h.Mix(l.id, pair(1, 2, agent)); err != nil {
		t.Fatal(err)
	}
	return at
}

// pair is a line and a seat that hear each other.
func pair(line, seat stamp.LegNo, agent stamp.AgentID) []call.Ear {
	return []call.Ear{{Leg: line, Hears: []stamp.LegNo{seat}}, {Leg: seat, Agent: agent, Hears: []stamp.LegNo{line}}}
}

// awaitFirsts waits for the n-th first packet of both legs and fails if one is
// older than the bridge.
func awaitFirsts(t testing.TB, l *line, n int, bridged time.Time) {
	t.Helper()
	for _, leg := range []stamp.LegNo{1, 2} {
		eventually(t, fmt.Sprintf("first packet %d of leg %d", n, leg), func() bool { return len(firsts(&l.box, leg)) >= n })
		all := firsts(&l.box, leg)
		if len(all) != n || all[n-1].Before(bridged) {
			t.Errorf("leg %d: %d first packets instead of %d, the last %v before the bridge", leg, len(all), n, bridged.Sub(all[len(all)-1]))
		}
	}
}
