package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// proofRun is one run of the ledger proof.
type proofRun struct {
	*rig.House
	size  proofSize
	calls int
}

// proofSize is how large a run is.
type proofSize struct {
	calls, agents, sellers int
	perSecond              float64
	limit                  time.Duration // of the whole load
	edge                   bool          // wait for a quarter hour's cut
}

// runProof puts the load on the product and returns what the checker says.
func runProof(t *testing.T, seed uint64, size proofSize) (*proofRun, check.Result) {
	t.Helper()
	r := &proofRun{size: size}
	r.House = rig.Open(t, rig.Options{Agents: size.agents, Sellers: size.sellers, Cues: rig.Cues(t), Seed: seed})
	began := time.Now()
	r.callIn(t)
	r.Settle(size.limit)
	if size.edge {
		r.cut(t, began)
	}
	if calls := r.balanced(t, "--live"); calls != r.calls {
		t.Errorf("callstamp check --live saw %d calls, want %d", calls, r.calls)
	}
	if n := r.DesksLost(); n > 0 {
		t.Errorf("robots lost their desks %d times, though nothing was broken", n)
	}
	return r, r.Compare(rig.Allow{})
}

// callIn places every call; in full flight the product's own check is asked.
func (r *proofRun) callIn(t *testing.T) {
	t.Helper()
	l := r.Load(rig.Mix{PerSecond: r.size.perSecond, Count: r.size.calls})
	rig.Within(t, r.size.limit, "half of the calls are placed", func() bool { return l.Placed() > r.size.calls/2 }, nil)
	r.balanced(t, "--live")
	ctx, cancel := context.WithTimeout(t.Context(), r.size.limit)
	defer cancel()
	if err := l.Wait(ctx); err != nil {
		t.Errorf("calls are not placed after %s", r.size.limit)
	}
	for _, err := range l.Failed() {
		t.Error(err)
	}
	r.calls = l.Placed()
}

// cut waits for a quarter hour's end, and until it is settled and rolled.
func (r *proofRun) cut(t *testing.T, began time.Time) {
	t.Helper()
	edge := began.Truncate(15 * time.Minute).Add(15 * time.Minute).UnixMicro()
	rig.Within(t, 16*time.Minute, "a quarter hour is closed, settled and rolled", func() bool {
		return r.SQL.Count(`SELECT count(*) FROM records.buckets WHERE bucket + 900000000 >= $1 AND settled_seq > 0`, edge) > 0 &&
			r.SQL.Count(`SELECT count(*) FROM rolled WHERE bucket + 900000000 >= $1 AND basis = 'cohort'`, edge) > 0
	}, nil)
}
