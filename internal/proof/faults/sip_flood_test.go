package faults_test

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// sipFlood: a stranger sends 5,000 messages a second to the door while the
// trunk calls. It gets no answer and the trunk does not feel it. REGISTER, since
// the checker would take a stranger's INVITE for a call that was lost; the door
// knows no difference.
func sipFlood(t *testing.T, row *rig.Row) {
	const rate, calls, allowed = 5000, 200, 64 << 20
	s := fullSize()
	h := rig.Open(t, s.options(t, rig.Seed(t)))
	h.Seat()
	before := h.Server.Metric("process_resident_memory_bytes")
	f := floodAt(t, h.SIPAddr(), rate)
	began := time.Now()
	mix := s.mix()
	mix.Count = calls
	l := h.Load(mix)
	rig.Within(t, 2*time.Minute, "all calls are placed", func() bool { return l.Placed() == calls }, nil)
	sent, took := f.stop()
	grown := h.Server.Metric("process_resident_memory_bytes") - before
	unknown := h.Server.Metric(`callstamp_sip_refused_total{why="unknown"}`)
	h.Settle(2 * time.Minute)
	if f.answered != 0 {
		t.Errorf("the stranger got %d answers", f.answered)
	}
	if unknown < float64(sent)*0.5 { // the rest is lost in the socket's buffer, where it costs nothing
		t.Errorf("the door saw %.0f of %d messages", unknown, sent)
	}
	if grown > allowed {
		t.Errorf("the server grew by %.0f MB", grown/(1<<20))
	}
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	setups, unanswered := rig.Setups(h.Calls(), began, time.Now())
	row.Figure("%.0f messages a second, %.0f of %d seen at the door, no answer; server grew by %.0f MB; set-up %s, %d unanswered",
		float64(sent)/took.Seconds(), unknown, sent, max(0, grown)/(1<<20), setups, unanswered)
}

// flood is a stranger at work.
type flood struct {
	conn     *net.UDPConn
	began    time.Time
	sent     int
	answered int
	end      chan struct{}
	done     sync.WaitGroup
}

// floodAt sends rate messages a second from an address that no trunk has.
func floodAt(t *testing.T, target string, rate int) *flood {
	t.Helper()
	conn, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9)}, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(target)))
	must(t, err)
	f := &flood{conn: conn, began: time.Now(), end: make(chan struct{})}
	f.done.Go(func() { f.send(rate) })
	f.done.Go(func() {
		b := make([]byte, 2048)
		for {
			if _, err := conn.Read(b); err != nil {
				return
			}
			f.answered++
		}
	})
	return f
}

// send keeps to the rate in steps of 10 ms.
func (f *flood) send(rate int) {
	const steps = 100
	tick := time.NewTicker(time.Second / steps)
	defer tick.Stop()
	for {
		select {
		case <-f.end:
			return
		case <-tick.C:
		}
		for range rate / steps {
			f.sent++
			text := fmt.Sprintf("REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.9:5060;branch=z9hG4bK%d;rport\r\nFrom: <sip:%d@127.0.0.1>;tag=%d\r\n"+
				"To: <sip:%d@127.0.0.1>\r\nCall-ID: flood%d\r\nCSeq: 1 REGISTER\r\nMax-Forwards: 70\r\nContact: <sip:x@127.0.0.9>\r\nContent-Length: 0\r\n\r\n",
				f.sent, f.sent, f.sent, f.sent, f.sent)
			_, _ = f.conn.Write([]byte(text)) // ECONNREFUSED would mean that the server is gone: the load says so
		}
	}
}

// stop ends the flood.
func (f *flood) stop() (sent int, took time.Duration) {
	close(f.end)
	took = time.Since(f.began)
	<-time.After(100 * time.Millisecond) // what is on its way back
	_ = f.conn.Close()
	f.done.Wait()
	return f.sent, took
}
