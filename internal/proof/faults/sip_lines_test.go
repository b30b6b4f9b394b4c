package faults_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/relay"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// badLine is a house whose telephones stand behind a line for signalling and
// one for sound.
type badLine struct {
	*rig.House
	signal, sound *relay.Line
}

func openBadLine(t *testing.T, s size) *badLine {
	t.Helper()
	seed := rig.Seed(t)
	b := &badLine{signal: relay.NewLine(seed), sound: relay.NewLine(seed + 1)}
	t.Cleanup(b.signal.Close)
	t.Cleanup(b.sound.Close)
	o := s.options(t, seed)
	o.Relay = func(product, phones string) (toProduct, toPhones string) {
		r, err := relay.Open(b.signal, relay.Ends{Near: "127.0.0.1:0", Product: product, Far: "127.0.0.1:0", Phones: phones})
		must(t, err)
		t.Cleanup(func() { must(t, r.Close()) })
		return r.Far(), r.Near()
	}
	o.Phones = func(c *phonenet.Config, toPhones string) {
		c.Contact, c.Lost = toPhones, time.Minute
		c.Wire = func(udp *net.UDPConn) phonenet.Socket { return b.sound.Wrap(udp) }
	}
	b.House = rig.Open(t, o)
	return b
}

// lineCase is a line that is bad for a whole load.
type lineCase struct {
	fault, how    string
	calls         int
	signal, sound relay.Way // both ways
	excuse        rig.Excuse
	right         float64 // at least so many of the calls' rows agree with the witnesses
}

const percent = 0.01

var lineCases = []lineCase{
	{fault: "SIP loses 10 %", how: "relay, each way, whole load", calls: 1000, signal: relay.Way{Loss: 10 * percent}, right: 99.9 * percent},
	{fault: "SIP doubled and reordered", how: "relay: 10 % twice, 10 % held back 30 ms, each way", calls: 200, signal: relay.Way{Duplicate: 10 * percent, Reorder: 10 * percent}, right: 1},
	{fault: "SIP 200 ms late", how: "relay: 200 ± 50 ms each way", calls: 200, signal: relay.Way{Delay: 200 * time.Millisecond, Jitter: 50 * time.Millisecond}, right: 1},
	{fault: "RTP loses 5 %", how: "line around each phone's RTP socket, each way", calls: 200, sound: relay.Way{Loss: 5 * percent}, right: 1},
	{fault: "RTP doubled, reordered, late", how: "line around each phone's RTP socket: 5 % twice, 5 % held back 30 ms, 40 ± 15 ms, each way", calls: 200,
		sound: relay.Way{Duplicate: 5 * percent, Reorder: 5 * percent, Delay: 40 * time.Millisecond, Jitter: 15 * time.Millisecond}, right: 1},
}

func lines(t *testing.T, r *rig.Report) {
	for _, c := range lineCases {
		r.Scenario(t, c.fault, c.how, func(t *testing.T, row *rig.Row) { c.run(t, row) })
	}
}

func (c lineCase) run(t *testing.T, row *rig.Row) {
	s := fullSize()
	b := openBadLine(t, s)
	b.Seat()
	b.signal.Set(c.signal, c.signal)
	b.sound.Set(c.sound, c.sound)
	began := time.Now()
	mix := s.mix()
	mix.Count = c.calls
	l := b.Load(mix)
	rig.Within(t, 5*time.Minute, "all calls are placed", func() bool { return l.Placed() == c.calls }, nil)
	b.Settle(3 * time.Minute)
	result := b.Check(rig.Allow{})
	row.Take(result)
	setups, unanswered := rig.Setups(b.Calls(), began, time.Now())
	row.Figure("set-up %s, %d unanswered", setups, unanswered)
	row.Figure("%s", lineCounts("SIP", b.signal))
	row.Figure("%s", lineCounts("RTP", b.sound))
}

// lineCounts says what a line did to its datagrams.
func lineCounts(name string, l *relay.Line) string {
	up, down := l.Counts(relay.Up), l.Counts(relay.Down)
	return fmt.Sprintf("%s: %d datagrams, %d lost, %d twice, %d overtaken", name, up.Taken+down.Taken, up.Lost+down.Lost, up.Doubled+down.Doubled, up.Held+down.Held)
}
