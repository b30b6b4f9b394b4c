package e2e

import (
	"os"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestProofLedger: calls of mixed fates against robots; a packet capture, the
// load's ledger and SQL must agree on each. 50 calls, or with PROOF=full 500
// and a quarter hour's cut. PROOF_SEED repeats a run.
func TestProofLedger(t *testing.T) {
	size := proofSize{calls: 50, agents: 10, sellers: 4, perSecond: 5.5, limit: time.Minute}
	if rig.Full() {
		size = proofSize{calls: 500, agents: 12, sellers: 4, perSecond: 3, limit: 12 * time.Minute, edge: true}
	}
	rig.Precedence(t)
	seed := rig.Seed(t)
	run, result := runSteadily(t, seed, size)
	for _, f := range result.Findings {
		t.Error(f)
	}
	t.Log(summary(seed, result))
	if t.Failed() {
		t.Log(run.Dossier(result.Findings))
		return
	}
	run.SQL.Pool.Close() // the controls copy the database
	verdict := run.ownVerdict(t)
	controls := run.controls(t, seed)
	if size.edge {
		controls = append(controls, run.brokenLaws(t)...)
	}
	again := run.replayed(t, seed)
	if path := os.Getenv("PROOF_REPORT"); path != "" {
		writeReport(t, path, seed, result, verdict, again, controls)
	}
}

// runSteadily repeats a run in which the load itself was stalled: what a
// stalled witness says of others is worth nothing.
func runSteadily(t *testing.T, seed uint64, size proofSize) (*proofRun, check.Result) {
	t.Helper()
	const attempts = 3
	for i := range attempts {
		t.Logf("PROOF_SEED=%d, run %d", seed, i+1)
		run, result := runProof(t, seed, size)
		if result.Stalled*100 <= result.Ticks || t.Failed() {
			return run, result
		}
		t.Logf("%d of %d ticks stalled: the run is repeated", result.Stalled, result.Ticks)
	}
	t.Fatalf("the machine is too busy for a proof: more than 1 %% of the ticks stalled in %d runs", attempts)
	return nil, check.Result{}
}
