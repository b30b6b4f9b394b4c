// Package storetest invents days of a call centre for the tests of the stores:
// journals as a node would have written them, from a seed, the same on every
// run.
package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Start is the first µs of an invented day unless it asks for another:
// 2026-11-21 05:00 UTC, a quarter hour's edge.
const Start int64 = 1795237200_000_000

const (
	second int64 = 1_000_000
	minute       = 60 * second
)

// Options says what kind of day it is.
type Options struct {
	Seed    uint64
	Start   int64 // first µs of the day, a quarter hour's edge; 0: Start
	Node    stamp.NodeID
	Org     stamp.OrgID
	Calls   int
	Span    int64  // µs over which calls arrive
	Late    bool   // some stamps are written up to 4 s after they happened, across cuts too
	Steps   []Step // of the wall clock, in their order
	StillOn bool   // the day stops in the middle: without the cuts after Span, with calls in progress
}

// Step is a step of the wall clock: from At on, µs after Start in true time, it
// shows US more.
type Step struct{ At, US int64 }

// Day returns a day's journal: sessions of five agents, inbound and dialed
// calls of all fates, the cut two seconds after every quarter hour, and the
// settling of each bucket.
func Day(o Options) []ledger.Entry {
	o.Start = cmp.Or(o.Start, Start)
	d := &day{Rand: rand.New(rand.NewPCG(o.Seed, 17)), o: o, last: map[stamp.Subject]int64{}, closed: map[stamp.Bucket]int64{}}
	d.node(0, stamp.NodeStarted{Version: "test", Format: stamp.FormatVersion})
	for i := range 5 {
		d.session(i)
	}
	for range o.Calls {
		if at := d.us(minute, o.Span); d.IntN(10) < 7 {
			d.inbound(at)
		} else {
			d.outbound(at)
		}
	}
	for _, s := range o.Steps {
		d.node(s.At, stamp.ClockStep{StepUS: s.US})
	}
	d.cuts()
	return d.journal()
}

type day struct {
	*rand.Rand
	o      Options
	told   []told
	last   map[stamp.Subject]int64 // when the subject's last stamp was written
	ids    int
	notes  int
	closed map[stamp.Bucket]int64 // when the last call that arrived in the bucket was closed
}

// told is a stamp that has no place in the journal yet.
type told struct {
	written int64
	stamp   stamp.Stamp
}

func (d *day) us(lo, hi int64) int64 { return lo + d.Int64N(hi-lo+1) }

// wall is what the clock shows at the instant at, which counts from Start in
// true time.
func (d *day) wall(at int64) int64 {
	wall := d.o.Start + at
	for _, s := range d.o.Steps {
		if at >= s.At {
			wall += s.US
		}
	}
	return wall
}

// id makes a UUIDv7 of the instant at, which counts from Start.
func (d *day) id(at int64) stamp.ID {
	d.ids++
	ms := d.wall(at) / 1000
	return stamp.ID(fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", ms>>16, ms&0xffff, d.ids%4096, d.ids/4096, d.Uint64()&0xffffffffffff))
}

// tell puts a stamp into the day; at counts from Start.
func (d *day) tell(at int64, subject stamp.Subject, phase string, fact stamp.Fact) {
	if d.o.StillOn && at > d.o.Span {
		return
	}
	written := at
	if d.o.Late && d.IntN(12) == 0 {
		written += d.us(0, 4*second)
	}
	written = max(written, d.last[subject])
	d.last[subject] = written
	s := stamp.Stamp{
		Node: d.o.Node, Org: d.o.Org, Subject: subject,
		Instant: stamp.Instant{At: d.wall(at), Mono: at, Boot: 1},
		Actor:   stamp.System, Phase: phase, Fact: fact,
	}
	if subject.Kind == stamp.SubjectCall {
		s.Call = subject.ID
	}
	d.told = append(d.told, told{written, s})
}

// node tells a stamp of the process, which names no organisation.
func (d *day) node(at int64, fact stamp.Fact) {
	n := len(d.told)
	d.tell(at, stamp.Subject{Kind: stamp.SubjectNode, ID: stamp.ID(d.o.Node + ".1")}, "", fact)
	for i := range d.told[n:] {
		d.told[n+i].stamp.Org = ""
	}
}

// cuts closes every bucket of the day two seconds after its end, those that a
// clock set back comes upon once more again, and settles each in its order when
// its calls are closed.
func (d *day) cuts() {
	end := d.o.Span
	for _, t := range d.told {
		end = max(end, t.written)
	}
	var facts []told
	settled := int64(0)
	next, offset, since := stamp.Bucket(d.o.Start), int64(0), int64(0)
	for _, s := range append(d.o.Steps[:len(d.o.Steps):len(d.o.Steps)], Step{At: end + stamp.BucketUS + 3*second}) {
		for at := int64(0); ; next = stamp.Bucket(next.End()) {
			if at = max(next.End()+2*second-offset-d.o.Start, since); at >= s.At {
				break
			}
			settled = max(settled, at, d.closed[next]) + 1
			facts = append(facts,
				told{at, stamp.Stamp{Fact: stamp.BucketClosed{Bucket: next}}},
				told{settled, stamp.Stamp{Fact: stamp.BucketSettled{Bucket: next}}})
		}
		offset, since = offset+s.US, s.At
		next = min(next, stamp.BucketAt(d.o.Start+s.At+offset))
	}
	slices.SortStableFunc(facts, func(a, b told) int { return cmp.Compare(a.written, b.written) })
	for _, f := range facts {
		d.node(f.written, f.stamp.Fact)
	}
}

// journal numbers what was told in the order of its writing and chains it.
func (d *day) journal() []ledger.Entry {
	slices.SortStableFunc(d.told, func(a, b told) int { return cmp.Compare(a.written, b.written) })
	n := map[stamp.Subject]uint64{}
	entries := make([]ledger.Entry, len(d.told))
	var hash ledger.Hash
	for i, t := range d.told {
		s := t.stamp
		n[s.Subject]++
		s.Seq, s.N = uint64(i)+1, n[s.Subject]
		bytes, err := stamp.Encode(s)
		if err != nil {
			panic(err) // the day's own facts can be written
		}
		hash = hash.Next(bytes)
		entries[i] = ledger.Entry{Seq: s.Seq, Bytes: bytes, Hash: hash, Stamp: s}
	}
	return entries
}
