package main

import (
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// A call that comes in while the past is being read belongs to this boot: it
// lives and must not be closed as one that a crash has left.
func TestThePastHasNoCallOfThisBoot(t *testing.T) {
	const boot = 3
	of := func(kind stamp.SubjectKind, id string, boot uint32) stamp.Stamp {
		return stamp.Stamp{Subject: stamp.Subject{Kind: kind, ID: stamp.ID(id)}, Instant: stamp.Instant{Boot: boot}}
	}
	left := left([]stamp.Stamp{
		of(stamp.SubjectNode, "n", 2), of(stamp.SubjectCall, "wrap", 1), of(stamp.SubjectCall, "wrap", 2),
		of(stamp.SubjectNode, "n", 3), of(stamp.SubjectCall, "now", 3),
	}, boot)
	if n := len(left[stamp.Subject{Kind: stamp.SubjectCall, ID: "now"}]); n != 0 {
		t.Errorf("%d stamps of a call that lives", n)
	}
	if n := len(left[stamp.Subject{Kind: stamp.SubjectCall, ID: "wrap"}]); n != 2 {
		t.Errorf("%d of 2 stamps of a call that was left", n)
	}
}

// An agent who comes back to a wrap-up of before a restart sees whose it was.
func TestTheCustomersOfBeforeAreKnown(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, storetest.Options{Seed: 12})
	l.spoil(`INSERT INTO parties (organisation_id, id, number, name) VALUES ('acme', 'p1', '+84900000123', 'Lê Chi')`)
	call := stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}
	past := openPast{subjects: map[stamp.Subject][]stamp.Stamp{
		call: {{Subject: call, Fact: stamp.CallCreated{Party: "p1"}}, {Subject: call, Fact: stamp.CallReleased{}}},
	}}
	p := &people{store: l.store}
	if err := p.recall(t.Context(), past.parties()); err != nil {
		t.Fatal(err)
	}
	if got, want := p.Party("p1"), (wire.Party{Number: "+84900000123", Name: "Lê Chi"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
