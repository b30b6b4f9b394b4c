package rig

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Report is a suite's table.
type Report struct {
	Title   string
	Intro   string // what was done, in a paragraph
	Command string // that repeats it
	Seed    uint64
	rows    []*Row
	notes   []string
}

// Row is one fault of a suite.
type Row struct {
	Fault    string
	How      string // it is injected
	Calls    int
	Lost     int
	Doubled  int
	Findings int
	Figures  []string
	Result   string // held, FAILED, not run: why

	t *testing.T
}

// Scenario runs one fault as a subtest and keeps its row, whatever becomes of
// it.
func (r *Report) Scenario(t *testing.T, fault, how string, run func(t *testing.T, row *Row)) {
	t.Helper()
	row := &Row{Fault: fault, How: how}
	r.rows = append(r.rows, row)
	t.Run(strings.ReplaceAll(fault, " ", "_"), func(t *testing.T) {
		row.t = t
		ended := false
		t.Cleanup(func() {
			switch {
			case t.Failed() || !ended && !t.Skipped(): // a panic has not failed it yet
				row.Result = "FAILED"
			case row.Result == "":
				row.Result = "held"
			}
			t.Logf("%s: %s; %d calls, %d lost, %d doubled, %d findings; %s", fault, row.Result, row.Calls, row.Lost, row.Doubled, row.Findings,
				strings.Join(row.Figures, "; "))
		})
		run(t, row)
		ended = true
	})
}

// NotRun keeps a fault in the table that nobody could inject here, and never
// as passed.
func (r *Report) NotRun(t *testing.T, fault, how, why string) {
	t.Helper()
	r.rows = append(r.rows, &Row{Fault: fault, How: how, Result: "not run: " + why})
	t.Logf("%s: not run: %s", fault, why)
}

// NotRun ends the scenario: the fault can't be injected on this machine.
func (row *Row) NotRun(why string) {
	row.t.Helper()
	row.Result = "not run: " + why
	row.t.Skip(row.Result)
}

// Take fills the row from a check's result.
func (row *Row) Take(r Result) {
	row.Calls, row.Lost, row.Doubled, row.Findings = r.Calls, r.Lost, r.Doubled, len(r.Findings)
}

// Figure adds a measured figure.
func (row *Row) Figure(format string, args ...any) {
	row.Figures = append(row.Figures, fmt.Sprintf(format, args...))
}

// Note adds a paragraph below the table.
func (r *Report) Note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// Write writes the report to the file that PROOF_REPORT names; without it, or
// where another process of OwnNetwork has run the scenarios, nothing.
func (r *Report) Write(t *testing.T) {
	t.Helper()
	path := os.Getenv("PROOF_REPORT")
	if path == "" || len(r.rows) == 0 {
		return
	}
	must(t, os.WriteFile(path, []byte(r.markdown()), 0o644))
}

func (r *Report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n| | |\n|---|---|\n| commit | %s |\n| when | %s |\n| machine | %d cores, %s, %s/%s |\n",
		r.Title, r.Intro, os.Getenv("PROOF_COMMIT"), time.Now().UTC().Format("2006-01-02 15:04 UTC"), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(&b, "| seed | %d |\n| command | `%s` |\n\n", r.Seed, r.Command)
	fmt.Fprintf(&b, "| fault | how it is injected | calls | lost | doubled | findings | figures | result |\n|---|---|---:|---:|---:|---:|---|---|\n")
	var calls, lost, doubled, findings int
	for _, row := range r.rows {
		switch row.Result {
		case "": // -run chose others
			continue
		case "held", "FAILED":
		default:
			fmt.Fprintf(&b, "| %s | %s | – | – | – | – | %s | %s |\n", row.Fault, row.How, strings.Join(row.Figures, "; "), row.Result)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %s | %s |\n", row.Fault, row.How, row.Calls, row.Lost, row.Doubled, row.Findings,
			strings.Join(row.Figures, "; "), row.Result)
		calls, lost, doubled, findings = calls+row.Calls, lost+row.Lost, doubled+row.Doubled, findings+row.Findings
	}
	fmt.Fprintf(&b, "| all | | %d | %d | %d | %d | | |\n", calls, lost, doubled, findings)
	for _, n := range r.notes {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	return b.String()
}
