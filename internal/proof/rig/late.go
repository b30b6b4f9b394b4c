package rig

import (
	"fmt"
	"strings"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Late allows durations to be off by at most d, for Allow.Finding. A proof of
// faults wants to know what was lost; at 10 calls a second with their robots on
// a machine that does other things, too, the product is let near late, and the
// load's own witness does not see by how much. How exact durations are is the
// ledger proof's to say.
func Late(d time.Duration) func(check.Finding) bool {
	return func(f check.Finding) bool {
		if f.Law != check.LawTime {
			return false
		}
		if f.Table == "capture" && f.Key == "" {
			return true // how many are beyond 20 ms, all together
		}
		off, ok := off(f)
		return ok && off <= d
	}
}

// off is by how much a duration missed what was witnessed: the finding says
// "name 1234 µs ± 20000" and "1300".
func off(f check.Finding) (time.Duration, bool) {
	var name string
	var want, tolerance, got int64
	if _, err := fmt.Sscanf(strings.TrimSpace(f.Want), "%s %d µs ± %d", &name, &want, &tolerance); err != nil {
		return 0, false
	}
	if _, err := fmt.Sscan(f.Got, &got); err != nil {
		return 0, false
	}
	return (time.Duration(max(want-got, got-want)) * time.Microsecond), true
}
