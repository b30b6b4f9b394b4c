package faults_test

import (
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// sipCut cuts the trunk, signalling and sound, under load: 10 s, which talks
// survive, and 40 s, longer than media.rtp_timeout.
func sipCut(t *testing.T, row *rig.Row) {
	const short, long = 10 * time.Second, 40 * time.Second
	b := openBadLine(t, fullSize())
	// Who vanishes while it rings is only missed by the queue's longest wait: no packet is due before the answer.
	b.SQL.Exec(`UPDATE queues SET max_wait_us = 45000000`)
	b.Seat()
	l := b.Load(fullSize().mix())
	began := time.Now()
	l.For(12 * time.Second)
	b.cutFor("trunk cut 10 s", short)
	survived := b.talking()
	l.For(15 * time.Second)
	b.cutFor("trunk cut 40 s", long)
	healed := time.Now()
	l.For(12 * time.Second)
	l.Stop()
	b.Settle(3 * time.Minute)
	silent := b.SQL.Count(`SELECT count(*) FROM stamps WHERE kind = 'media.rtp_timeout'`)
	if silent == 0 {
		t.Error("no call was lost for want of packets: the cut was none")
	}
	if survived == 0 {
		t.Error("no call talked on after the short cut")
	}
	if n := b.SQL.Count(`SELECT count(*) FROM records.calls c WHERE c.connected_at > 0 AND c.outcome <> 'answered'`); n != 0 {
		t.Errorf("%d calls with a talk are not answered", n)
	}
	row.Take(b.Check(rig.Allow{Finding: rig.Late(late)}))
	setups, unanswered := rig.Setups(b.Calls(), healed, time.Now())
	before, _ := rig.Setups(b.Calls(), began, healed.Add(-long-20*time.Second))
	row.Figure("%d talks went on after 10 s; %d legs timed out in 40 s; set-up before %s; after the heal %s, %d unanswered", survived, silent, before, setups, unanswered)
}

// cutFor cuts both lines. What happens to the telephones meanwhile is not known
// to the product, nor the other way round.
func (b *badLine) cutFor(name string, d time.Duration) {
	healed := b.Fault(name, rig.Excuse{Slack: 2 * time.Second})
	b.signal.Cut(true)
	b.sound.Cut(true)
	rig.Pass(d)
	b.signal.Cut(false)
	b.sound.Cut(false)
	healed()
}

// talking is how many calls are in a talk, a second from now: packets are there
// again.
func (b *badLine) talking() int {
	rig.Pass(time.Second)
	return int(b.SQL.Count(`SELECT count(*) FROM records.calls WHERE connected_at > 0 AND released_at = 0`))
}
