package rig

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Allow is what a scenario expects to be found.
type Allow struct {
	Log     []string                           // patterns of errors in the server's log
	Finding func(check.Finding) (because bool) // nil: none
	Stop    time.Duration                      // how long a stop may take; 0 = 30 s
}

// Result is what the checker says of a run, less what was allowed.
type Result struct {
	check.Result
	Lost    int // calls on the wire without a record
	Doubled int // records without a call on the wire
	Own     string
}

// Check lets everybody go, stops the product well, completes the witnesses and
// compares. Each finding fails the test, as does `callstamp check` where it does
// not balance; what the servers' logs say is judged when the test ends.
func (h *House) Check(a Allow) Result {
	h.t.Helper()
	r := Result{Result: h.Compare(a)}
	var left []check.Finding
	for _, f := range r.Findings {
		if a.Finding == nil || !a.Finding(f) {
			left = append(left, f)
			h.t.Error(f)
		}
	}
	r.Findings = left
	r.Lost, r.Doubled = lostAndDoubled(left)
	if len(left) > 0 {
		h.t.Log(h.Dossier(left))
	}
	r.Own = "balanced"
	if _, err := h.Balanced(); err != nil {
		r.Own = "not balanced"
		h.t.Error(err)
	}
	return r
}

// Compare is Check without its judgement of the findings.
func (h *House) Compare(a Allow) check.Result {
	h.t.Helper()
	h.finish(a)
	return h.compare()
}

// lostAndDoubled counts the findings that break the bijection of calls and
// records.
func lostAndDoubled(found []check.Finding) (lost, doubled int) {
	for _, f := range found {
		switch {
		case f.Law == check.LawCall && f.Table == "records.calls" && strings.HasPrefix(f.Key, "INVITE "):
			lost++
		case f.Law == check.LawCall && f.Table == "records.calls" && strings.HasPrefix(f.Want, "an INVITE"),
			f.Law == check.LawOnce && f.Got != "none": // two rows, or one that no stamp tells of
			doubled++
		}
	}
	return lost, doubled
}

func (h *House) finish(a Allow) {
	h.t.Helper()
	h.Expect(a.Log...)
	limit := cmp.Or(a.Stop, StopLimit)
	h.goHome()
	if h.Server != nil {
		h.StopWell(limit)
	}
	h.close()
}

// goHome ends the load and all robots.
func (h *House) goHome() {
	h.robots.cut()
	h.robots.wg.Wait()
	h.leads.busy.Wait()
	for _, err := range h.robots.failed {
		h.t.Error(err)
	}
	h.robots.failed = nil
}

// close completes the witnesses, once.
func (h *House) close() {
	h.closed.Do(func() {
		h.goHome()
		if h.ticks != nil {
			h.ticks.Stop()
		}
		err := h.Net.Close()
		if h.capture != nil {
			lost, cerr := h.capture.Close()
			h.Ledger.Saw(check.Note{Who: "load", What: "capture", At: time.Now().UnixMicro(), Lost: lost})
			err = errors.Join(err, cerr)
		}
		if err := errors.Join(err, h.Ledger.Close()); err != nil {
			h.t.Error(err)
		}
	})
}

// compare hands everything to the checker.
func (h *House) compare() check.Result {
	h.t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, h.DSN)
	must(h.t, err)
	defer db.Close(ctx)
	if h.capture == nil {
		found, err := check.Records(ctx, db)
		must(h.t, err)
		return check.Result{Findings: found}
	}
	capture, err := os.Open(h.captureFile())
	must(h.t, err)
	defer capture.Close()
	ledger, err := os.Open(h.ledgerFile())
	must(h.t, err)
	defer ledger.Close()
	result, err := check.Run(ctx, check.Input{Capture: capture, Ledger: ledger, Product: h.product(), DB: db})
	must(h.t, err)
	return result
}
