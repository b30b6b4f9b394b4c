package faults_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/kpi/ledger"
)

// powerCuts is how often the power is cut.
const powerCuts = 10

// TestFaultsPower cuts the power under the journal and under PostgreSQL's data:
// whatever had left the machine before is still there afterwards.
func TestFaultsPower(t *testing.T) {
	if !rig.Full() {
		t.Skip("a suite of minutes: make proof-faults-power")
	}
	inside, why := rig.OwnNetwork(t)
	if !inside && why == "" {
		return // it has run in a process of its own
	}
	rep := suite(t, "power", "Faults: power cuts", "Journal and PostgreSQL's data lie on an ext4 of their own, on a loop device with direct I/O, under "+
		"10 calls a second of all fates with 40 agents. At a random instant the file system is shut down without its journal being written out, the "+
		"server and PostgreSQL are killed; the image is copied as it is, the copy mounted, and both start from it. Witnesses outside have written down "+
		"what had left the machine until then: stamps and closed calls that PostgreSQL had shown, the position that Redis had shown, and calls whose "+
		"first 18x, 200 or INVITE had been on the wire. At every second cut Redis dies, too. The load goes on through all cuts, and the independent "+
		"checker compares everything at the end.")
	fault, how := "power cut", fmt.Sprintf("ext4 shut down without its journal, a copy of its image mounted; %d times", powerCuts)
	if why != "" {
		rep.NotRun(t, fault, how, why)
		return
	}
	rep.Scenario(t, fault, how, func(t *testing.T, row *rig.Row) { powerCut(t, rep, row) })
}

func powerCut(t *testing.T, rep *rig.Report, row *rig.Row) {
	disk, err := newPowerDisk(t)
	if err != nil {
		row.NotRun(err.Error())
	}
	s := fullSize()
	o := s.options(t, rep.Seed)
	o.Data, o.Safe = filepath.Join(disk.dir, "data"), true
	o.Postgres = private.PostgresOptions{Dir: filepath.Join(disk.dir, "pg"), Settings: map[string]string{"max_wal_size": "256MB"}}
	h := rig.Open(t, o)
	h.Expect(diskGone...)
	p := &power{disk: disk, house: h, outside: watchOutside(t, h), rand: rand.New(rand.NewPCG(rep.Seed, 99))}
	l := h.Load(s.mix())
	l.For(warmUp)
	for n := range powerCuts {
		l.For(8*time.Second + time.Duration(p.rand.Int64N(int64(8*time.Second))))
		p.cut(t, n%2 == 1)
	}
	l.For(after)
	l.Stop()
	p.outside.end()
	p.report(rep, row) // BEFORE what may end the test: what the cuts showed stands by itself
	h.Settle(3 * time.Minute)
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
}

// diskGone is what the server may say in the moment between the cut and its own
// death.
var diskGone = []string{"input/output error", "journal:", "postgres", "follower failed"} //nolint:gochecknoglobals // read-only list

// power cuts it, and keeps what came of it.
type power struct {
	disk    *powerDisk
	house   *rig.House
	outside *outside
	rand    *rand.Rand
	cuts    []cutOff
}

// cutOff is one cut.
type cutOff struct {
	stamps, closed, calls int // that had left the machine
	live                  int64
	last                  uint64 // stamp that the journal had afterwards
	torn                  int64  // bytes of its tail that were incomplete
	redis                 bool   // it died, too
	postgres, ready       time.Duration
	lost                  int
}

// cut cuts the power now, lets the machine come back, and holds what it has
// against what had left it.
func (p *power) cut(t *testing.T, redisToo bool) {
	t.Helper()
	h := p.house
	healed := h.Fault(rig.ServerDead)
	at := time.Now()
	must(t, p.disk.cut())
	h.Kill()
	must(t, h.PG.Kill())
	told := p.outside.upTo(at)
	if redisToo {
		must(t, h.Redis.Kill())
		must(t, h.Redis.Restart(t.Context()))
	}
	p.disk.comeBack(t)
	c := cutOff{stamps: len(told.stamps), closed: len(told.closed), calls: len(told.numbers), live: told.live, redis: redisToo}
	sum, err := ledger.Verify(filepath.Join(p.disk.dir, "data", "journal"))
	if err != nil {
		t.Errorf("cut %d: the journal: %v", len(p.cuts)+1, err)
	}
	c.last, c.torn = sum.Last, sum.Torn
	if most := max(told.last, told.live); uint64(most) > sum.Last {
		t.Errorf("cut %d: the journal ends at %d, %d had been shown", len(p.cuts)+1, sum.Last, most)
		c.lost += int(most) - int(sum.Last)
	}
	began := time.Now()
	must(t, h.PG.Restart(t.Context()))
	c.postgres = time.Since(began)
	h.SQL.Pool.Reset() // its connections died with the server
	c.lost += missing(t, len(p.cuts)+1, "stamps that SQL had shown", told.lostStamps(h))
	c.lost += missing(t, len(p.cuts)+1, "closed calls that SQL had shown", told.lostRecords(h))
	c.ready = h.Restart()
	healed()
	c.lost += missing(t, len(p.cuts)+1, "calls that were on the wire", told.lostCalls(h))
	p.cuts = append(p.cuts, c)
}

// missing fails the test where something is, and returns how much.
func missing[T any](t *testing.T, cut int, what string, lost []T) int {
	t.Helper()
	if len(lost) > 0 {
		t.Errorf("cut %d: lost %d %s: %v", cut, len(lost), what, lost[:min(len(lost), 10)])
	}
	return len(lost)
}

// report writes a line for each cut.
func (p *power) report(rep *rig.Report, row *rig.Row) {
	var b strings.Builder
	b.WriteString("Each cut: what had left the machine before it, and what was lost of it.\n\n")
	b.WriteString("| cut | stamps shown by SQL | closed calls shown | calls on the wire | shown by Redis | journal up to | torn bytes | Redis | PostgreSQL up | ready | lost |\n")
	b.WriteString("|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|\n")
	var ready []time.Duration
	lost, acknowledged := 0, 0
	for i, c := range p.cuts {
		redis := "lives"
		if c.redis {
			redis = "dies"
		}
		fmt.Fprintf(&b, "| %d | %d | %d | %d | %d | %d | %d | %s | %.1f s | %.1f s | %d |\n", i+1, c.stamps, c.closed, c.calls, c.live, c.last, c.torn,
			redis, c.postgres.Seconds(), c.ready.Seconds(), c.lost)
		ready = append(ready, c.ready)
		lost += c.lost
		acknowledged = c.stamps
	}
	row.Figure("%d of %d acknowledged stamps and calls lost in %d cuts", lost, acknowledged+p.cuts[len(p.cuts)-1].calls, len(p.cuts))
	row.Figure("ready after %s", rig.SpreadOf(ready))
	rep.Note("%s", b.String())
}
