package faults_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/check"
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
	wrong         int       // at most so many calls may be recorded otherwise than they were witnessed
}

const percent = 0.01

var lineCases = []lineCase{
	{fault: "SIP loses 10 %", how: "relay, each way, whole load", calls: 1000, signal: relay.Way{Loss: 10 * percent}, wrong: 1},
	{fault: "SIP doubled, reordered, late", how: "relay: 10 % twice, 10 % held back 30 ms, all 200 ± 50 ms late, each way", calls: 200,
		signal: relay.Way{Duplicate: 10 * percent, Reorder: 10 * percent, Delay: 200 * time.Millisecond, Jitter: 50 * time.Millisecond}},
	{fault: "RTP lost, doubled, reordered, late", how: "line around each phone's RTP socket: 5 % lost, 5 % twice, 5 % held back 30 ms, all 40 ± 15 ms late, each way", calls: 200,
		sound: relay.Way{Loss: 5 * percent, Duplicate: 5 * percent, Reorder: 5 * percent, Delay: 40 * time.Millisecond, Jitter: 15 * time.Millisecond}},
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
	pressed, counted := keysCounted(t, b.House)
	wrong, tolerable := map[string]bool{}, rig.Late(late)
	row.Take(b.Check(rig.Allow{Finding: func(f check.Finding) bool {
		call, _, _ := strings.Cut(f.Key, "/")
		if tolerable(f) || call == "" {
			return tolerable(f)
		}
		wrong[call] = true
		t.Log(f)
		return len(wrong) <= c.wrong // told in the table
	}}))
	row.Figure("%.1f %% right", 100*(1-float64(len(wrong))/float64(c.calls)))
	row.Figure("%d keys pressed, %d counted", pressed, counted)
	setups, unanswered := rig.Setups(b.Calls(), began, time.Now())
	row.Figure("set-up %s, %d unanswered", setups, unanswered)
	row.Figure("%s", lineCounts("SIP", b.signal))
	row.Figure("%s", lineCounts("RTP", b.sound))
}

// keysCounted compares the keys that customers pressed with the stamps: none may
// be counted twice, and none be missed but one that crossed the call's end.
func keysCounted(t *testing.T, h *rig.House) (pressed, counted int) {
	t.Helper()
	stamps := map[string]int{}
	for _, r := range h.SQL.Rows(`SELECT p.number, count(*) AS n FROM stamps s JOIN records.calls c ON s.subject = 'call:' || c.call
		JOIN parties p ON p.id = c.party WHERE s.kind = 'dtmf' GROUP BY p.number`) {
		stamps[r["number"].(string)] = int(r["n"].(int64))
	}
	for number, acts := range sipActs(t, h) {
		keys := 0
		for _, a := range acts {
			if a == "key" {
				keys++
			}
		}
		if stamps[number] > keys {
			t.Errorf("%s pressed %d keys, %d were counted", number, keys, stamps[number])
		}
		pressed, counted = pressed+keys, counted+stamps[number]
	}
	if counted < pressed*98/100 {
		t.Errorf("%d of %d keys were counted", counted, pressed)
	}
	return pressed, counted
}

// lineCounts says what a line did to its datagrams.
func lineCounts(name string, l *relay.Line) string {
	up, down := l.Counts(relay.Up), l.Counts(relay.Down)
	return fmt.Sprintf("%s: %d datagrams, %d lost, %d twice, %d overtaken", name, up.Taken+down.Taken, up.Lost+down.Lost, up.Doubled+down.Doubled, up.Held+down.Held)
}
