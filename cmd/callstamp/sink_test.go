package main

import (
	"context"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestSink writes stamps with their side entries through the sink and reads the
// journal as a follower would.
func TestSink(t *testing.T) {
	j := openJournal(t, ledger.Options{})
	s := sink{journal: j}
	first := s.Record(nodeStamps(1), []stamp.Side{{Kind: stamp.SideParty, Org: acme, ID: "p1", Data: []byte(`{"number":"+84900000001"}`)}})
	last := s.Record(nodeStamps(2, 3), nil)
	if first != 1 || last != 3 {
		t.Errorf("positions %d and %d, want 1 and 3", first, last)
	}
	durable := make(chan uint64, 2)
	s.Durable(last, func() { durable <- j.Durable() })
	select {
	case seq := <-durable:
		if seq < last {
			t.Errorf("told at %d, before %d was safe", seq, last)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("never durable")
	}
	s.Durable(first, func() { durable <- j.Durable() }) // what is safe already is told, too
	<-durable

	entries := follow(t, j, 3)
	for i, e := range entries {
		if e.Seq != uint64(i+1) || e.Stamp.N != uint64(i+1) {
			t.Errorf("entry %d: seq %d, n %d", i, e.Seq, e.Stamp.N)
		}
	}
	if len(entries[0].Sides) != 1 || entries[0].Sides[0].ID != "p1" || entries[0].Sides[0].Org != acme ||
		string(entries[0].Sides[0].Data) != `{"number":"+84900000001"}` || entries[0].Sides[0].Kind != ledger.SideKind(stamp.SideParty) {
		t.Errorf("side entries: %+v", entries[0].Sides)
	}
}

func openJournal(t *testing.T, o ledger.Options) *ledger.Journal {
	t.Helper()
	if o.ReserveBytes == 0 {
		o.ReserveBytes = 1 << 20
	}
	j, err := ledger.Open(t.TempDir(), o)
	fine(t, err)
	t.Cleanup(func() { fine(t, j.Close()) })
	return j
}

// nodeStamps are stamps of the node itself, with these numbers.
func nodeStamps(ns ...uint64) []stamp.Stamp {
	var all []stamp.Stamp
	for _, n := range ns {
		at := time.Now()
		all = append(all, stamp.Stamp{
			Org: acme, Subject: stamp.Subject{Kind: stamp.SubjectNode, ID: "n1.1"}, N: n,
			Instant: stamp.Instant{At: at.UnixMicro(), Mono: int64(n), Boot: 1}, Fact: stamp.NodeAlive{},
		})
	}
	return all
}

// keeper is a follower that keeps what it is given.
type keeper struct {
	got    []ledger.Entry
	wanted int
	enough chan struct{} // closed once there are so many
}

func (k *keeper) Position(context.Context) (uint64, error) { return uint64(len(k.got)), nil }
func (k *keeper) Apply(_ context.Context, entries []ledger.Entry) error {
	had := len(k.got)
	k.got = append(k.got, entries...)
	if had < k.wanted && len(k.got) >= k.wanted {
		close(k.enough)
	}
	return nil
}

// follow returns the first n entries.
func follow(t *testing.T, j *ledger.Journal, n int) []ledger.Entry {
	t.Helper()
	k := &keeper{wanted: n, enough: make(chan struct{})}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- ledger.Follow(ctx, j, k, ledger.FeedOptions{Name: "test"}) }()
	select {
	case <-k.enough:
	case <-ctx.Done():
	}
	cancel()
	fine(t, <-done)
	if len(k.got) < n {
		t.Fatalf("%d entries, want %d", len(k.got), n)
	}
	return k.got
}
