package kpi

import (
	"bytes"
	"testing"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// fuzzStates adds the states of a golden day at each of its stamps.
func fuzzStates(f *testing.F, state func(s stamp.Stamp) []byte) {
	f.Helper()
	for _, s := range readDay(f, "care") {
		f.Add(state(s))
	}
	f.Add([]byte(`{"format":1,"seq":1,"calls":{"c":null},"agents":{},"others":{}}`))
	f.Add([]byte(`{}`))
}

// afterwards are stamps that reach into whatever a state holds as open.
func afterwards(seq uint64, node stamp.NodeID) []stamp.Stamp {
	sub := stamp.Subject{Kind: stamp.SubjectNode, ID: "n1.1"}
	return []stamp.Stamp{
		{Node: node, Seq: seq + 1, Org: "o1", Subject: sub, N: 1, Fact: stamp.ClockStep{StepUS: 5}, Instant: stamp.Instant{At: day0, Mono: 1, Boot: 1}},
		{Node: node, Seq: seq + 2, Org: "o1", Subject: sub, N: 2, Fact: stamp.NodeAlive{}},
	}
}

// A state that is accepted prints again as what it was read from, once it has
// been through State, and can be folded on.
func FuzzRestoreFolder(f *testing.F) {
	fold := NewFolder()
	fuzzStates(f, func(s stamp.Stamp) []byte {
		if _, err := fold.Apply(s); err != nil {
			f.Fatal(err)
		}
		b, err := fold.State()
		if err != nil {
			f.Fatal(err)
		}
		return b
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := RestoreFolder(b)
		if err != nil {
			return
		}
		first, err := r.State()
		if err != nil {
			t.Fatal(err)
		}
		again, err := RestoreFolder(first)
		if err != nil {
			t.Fatalf("own state is refused: %v", err)
		}
		if second, _ := again.State(); !bytes.Equal(first, second) {
			t.Fatalf("%s\n%s", first, second)
		}
		for _, s := range afterwards(r.Seq(), r.state.Node) {
			_, _ = r.Apply(s) // must not panic
		}
	})
}

func FuzzRestoreLive(f *testing.F) {
	live := NewLive()
	fuzzStates(f, func(s stamp.Stamp) []byte {
		if _, err := live.Apply(s); err != nil {
			f.Fatal(err)
		}
		b, err := live.State()
		if err != nil {
			f.Fatal(err)
		}
		return b
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := RestoreLive(b)
		if err != nil {
			return
		}
		first, err := r.State()
		if err != nil {
			t.Fatal(err)
		}
		again, err := RestoreLive(first)
		if err != nil {
			t.Fatalf("own state is refused: %v", err)
		}
		if second, _ := again.State(); !bytes.Equal(first, second) {
			t.Fatalf("%s\n%s", first, second)
		}
		for _, s := range afterwards(r.Seq(), r.state.Node) {
			_, _ = r.Apply(s) // must not panic
		}
	})
}
