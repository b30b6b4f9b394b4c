package e2e

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// summary is a result in a few lines.
func summary(seed uint64, r check.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d calls, %d dialogs, %d offers, %d stamps, %d figures, %d findings; %d of %d ticks stalled, %d ms missed\n",
		seed, r.Calls, r.Dialogs, r.Offers, r.Stamps, r.Figures, len(r.Findings), r.Stalled, r.Ticks, r.StallUS/1000)
	for _, s := range r.Spreads {
		fmt.Fprintf(&b, "%-8s n %4d  p50 %6d  p99 %6d  max %6d µs  over 20 ms %d\n", s.Name, s.N, s.P50, s.P99, s.Max, s.Over)
	}
	fmt.Fprintf(&b, "planned %v\ncame to %v", r.Plans, r.Outcomes)
	return b.String()
}

// writeReport writes docs/proofs/ledger.md.
func writeReport(t *testing.T, path string, seed uint64, r check.Result, verdict, again string, controls []control) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# The ledger proof\n\n")
	fmt.Fprintf(&b, "Calls of mixed fates against robots on the real binary. The witness is a packet capture with the kernel's times; the\n"+
		"checker (`internal/proof/check`, which shares no code with the product) compares it, the load's own ledger written before\n"+
		"each act, and SQL. Repeat with `PROOF_SEED=%d make proof-ledger`.\n\n", seed)
	fmt.Fprintf(&b, "| | |\n|---|---|\n| commit | %s |\n| when | %s |\n| machine | %d cores, %s, %s/%s |\n| seed | %d |\n", os.Getenv("PROOF_COMMIT"),
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, seed)
	fmt.Fprintf(&b, "| calls | %d, on the wire %d |\n| offers | %d |\n| stamps | %d, chain and numbering whole |\n| figures of closed quarter hours | %d, frozen = folded = recomputed |\n",
		r.Calls, r.Dialogs, r.Offers, r.Stamps, r.Figures)
	fmt.Fprintf(&b, "| the journal once more | %s |\n", again)
	fmt.Fprintf(&b, "| findings | %d |\n| `callstamp check` | %s; with `--live` in full flight and at rest too |\n| stalled ticks of the load | %d of %d, %d ms missed |\n\n", len(r.Findings), verdict, r.Stalled, r.Ticks, r.StallUS/1000)
	fmt.Fprintf(&b, "## Error of each duration\n\nRecorded against witnessed, ms. `length` call, `answer` and `leg` of the customer's leg, `wait` in the queue, `ring` at a desk,\n"+
		"`talk`, `hold`, `wrap` of an agent's part.\n\n| duration | n | p50 | p99 | max | beyond 20 ms |\n|---|---:|---:|---:|---:|---:|\n")
	for _, s := range r.Spreads {
		fmt.Fprintf(&b, "| %s | %d | %.2f | %.2f | %.2f | %d |\n", s.Name, s.N, ms(s.P50), ms(s.P99), ms(s.Max), s.Over)
	}
	fmt.Fprintf(&b, "\n## Fates\n\n| planned | calls |\n|---|---:|\n")
	for _, name := range slices.Sorted(maps.Keys(r.Plans)) {
		fmt.Fprintf(&b, "| %s | %d |\n", name, r.Plans[name])
	}
	fmt.Fprintf(&b, "\n| came to | calls |\n|---|---:|\n")
	for _, name := range slices.Sorted(maps.Keys(r.Outcomes)) {
		fmt.Fprintf(&b, "| %s | %d |\n", name, r.Outcomes[name])
	}
	fmt.Fprintf(&b, "\n## Negative controls\n\nOne row of each table broken in a copy of the database, then each law alone: does each checker name it?\n\n| table or law | broken | checker | `callstamp check` |\n|---|---|---|---|\n")
	for _, c := range controls {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.table, c.kind, c.checker, c.own)
	}
	must(t, os.WriteFile(path, []byte(b.String()), 0o644))
}

func ms(us int64) float64 { return float64(us) / 1000 }
