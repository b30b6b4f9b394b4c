package replay

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestReplay proves what the package's doc says; with PROOF=full on larger days.
func TestReplay(t *testing.T) {
	t.Parallel()
	rep := &report{}
	t.Cleanup(func() { rep.write(t) })
	t.Run("in memory", func(t *testing.T) { inMemoryTrials(t, rep) })
	t.Run("through the stores", func(t *testing.T) { throughTheStores(t, rep) })
	t.Run("broken laws", func(t *testing.T) { brokenLaws(t, rep) })
}

// tally counts what was done to journals on their way.
type tally struct{ batches, repeated, early, deaths, cut atomic.Int64 }

func (n *tally) String() string {
	text := fmt.Sprintf("%d batches, %d of them in part again, %d too early, %d deaths", n.batches.Load(), n.repeated.Load(), n.early.Load(), n.deaths.Load())
	if cut := n.cut.Load(); cut > 0 {
		text += fmt.Sprintf(", %d in the middle of a transaction", cut)
	}
	return text
}

// report is docs/proofs/replay.md.
type report struct {
	mu     sync.Mutex
	rows   [][2]string
	hashes map[string]string
	laws   []string
}

func (r *report) row(what, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, [2]string{what, fmt.Sprintf(format, args...)})
}

func (r *report) tables(hashes map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hashes = hashes
}

func (r *report) law(name, checker, own string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.laws = append(r.laws, fmt.Sprintf("| %s | %s | %s |", name, checker, own))
}

// write writes the report to the file that PROOF_REPORT names, once all has
// held; without it nothing is written.
func (r *report) write(t *testing.T) {
	path := os.Getenv("PROOF_REPORT")
	if path == "" || t.Failed() {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Replay\n\nTwo nodes live days in fake time: the real switchboard and floor, with a crash in the middle. Their journals are brought to\n"+
		"the followers in every disorder that delivery allows, and written in other orders and late; the tables must be the same. What is\n"+
		"asserted, and why: the doc of `internal/proof/replay`. Repeat with `make proof-replay`.\n\n")
	fmt.Fprintf(&b, "| | |\n|---|---|\n| commit | %s |\n| when | %s |\n| machine | %d cores, %s, %s/%s |\n", os.Getenv("PROOF_COMMIT"),
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	slices.SortStableFunc(r.rows, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	for _, row := range r.rows {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	fmt.Fprintf(&b, "\n## The tables\n\nWhatever the order of their rows:\n\n| table | rows and hash |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(r.hashes)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, r.hashes[name])
	}
	fmt.Fprintf(&b, "\n## Negative controls\n\nEach law broken alone in a copy of the books. Second exits and ends, odd moves and missing stamps are forged: the chain is whole again.\n\n| broken | the checker names | `callstamp check` names |\n|---|---|---|\n")
	slices.Sort(r.laws)
	for _, law := range r.laws {
		b.WriteString(law + "\n")
	}
	must(t, os.WriteFile(path, []byte(b.String()), 0o644))
}
