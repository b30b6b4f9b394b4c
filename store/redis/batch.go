package redis

import (
	"fmt"
	"strings"
	"time"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Cut names a frozen copy: a bucket at its closing (event) or at its settling
// (cohort).
type Cut struct {
	Bucket stamp.Bucket
	Basis  kpi.Basis // "" = no cut
}

func (c Cut) name() string { return string(c.Basis) + ":" + bucketName(c.Bucket) }

func parseCut(name string) (Cut, error) {
	basis, bucket, _ := strings.Cut(name, ":")
	var c Cut
	if _, err := fmt.Sscan(bucket, (*int64)(&c.Bucket)); err != nil {
		return c, fmt.Errorf("cut %q: %w", name, err)
	}
	c.Basis = kpi.Basis(basis)
	return c, nil
}

func cutsOf(p kpi.Pulse) []Cut {
	var cuts []Cut
	if p.Closed != nil {
		cuts = append(cuts, Cut{*p.Closed, kpi.Event})
	}
	if p.Settled != nil {
		cuts = append(cuts, Cut{*p.Settled, kpi.Cohort})
	}
	return cuts
}

// batch is what some stamps change together.
type batch struct {
	seq      uint64 // the position after it; 0 = nothing
	order    []kpi.Key
	counters map[kpi.Key]int64
	calls    shown
	agents   shown
}

// shown are the changes of one part of the wall: id → JSON, "" = gone.
type shown struct {
	order []string
	text  map[string]string
}

func (s *shown) set(id stamp.ID, text string) {
	if _, known := s.text[string(id)]; !known {
		s.order = append(s.order, string(id))
	}
	s.text[string(id)] = text
}

func newBatch() *batch {
	return &batch{
		counters: map[kpi.Key]int64{},
		calls:    shown{text: map[string]string{}}, agents: shown{text: map[string]string{}},
	}
}

func (b *batch) add(p kpi.Pulse) error {
	b.seq = p.Seq
	for _, d := range p.Deltas {
		if _, known := b.counters[d.Key]; !known {
			b.order = append(b.order, d.Key)
		}
		b.counters[d.Key] += d.Add
	}
	for _, c := range p.Calls {
		text, err := jsonText(c)
		if err != nil {
			return err
		}
		b.calls.set(c.Call, text)
	}
	for _, a := range p.Agents {
		text, err := jsonText(a)
		if err != nil {
			return err
		}
		b.agents.set(a.Session, text)
	}
	for _, gone := range p.Gone {
		if gone.Kind == stamp.SubjectCall {
			b.calls.set(gone.ID, "")
		} else {
			b.agents.set(gone.ID, "")
		}
	}
	return nil
}

// firstBucket is the index of the first bucket in the script's KEYS.
const firstBucket = 8

// script returns KEYS and ARGV of apply.lua.
func (b *batch) script(k keys, cut Cut, after uint64, state []byte) (names []string, args []any) {
	names = []string{k.position, k.state, k.calls, k.agents, k.touched, k.cuts, k.position}
	index := map[stamp.Bucket]int{}
	var buckets []any
	key := func(bucket stamp.Bucket) int {
		i, known := index[bucket]
		if !known {
			i = firstBucket + len(buckets)
			index[bucket] = i
			names, buckets = append(names, k.bucket(bucket)), append(buckets, bucketName(bucket))
		}
		return i
	}
	counters := []any{len(b.order)}
	for _, c := range b.order {
		counters = append(counters, key(c.Bucket), field(c), b.counters[c])
	}
	name, freeze := "", 0
	if cut.Basis != "" {
		names[6] = k.frozen(cut)
		name, freeze = cut.name(), key(cut.Bucket)
	}
	args = []any{after, b.seq, state, k.changed, int64(keep / time.Second), name, freeze}
	args = append(args, counters...)
	args = b.calls.append(args)
	args = b.agents.append(args)
	args = append(args, len(buckets))
	return names, append(args, buckets...)
}

func (s shown) append(args []any) []any {
	args = append(args, len(s.order))
	for _, id := range s.order {
		args = append(args, id, s.text[id])
	}
	return args
}
