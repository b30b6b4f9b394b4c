package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Resting is the error of Dial while a trunk wants no INVITEs: it answered one with 503 and a Retry-After (RFC 3261
// §21.5.4). Calls in progress go on.
type Resting struct {
	Trunk stamp.TrunkID
	Asked time.Duration // what the trunk asked for
	For   time.Duration // what is left of it
}

// Error implements error.
func (e Resting) Error() string {
	return fmt.Sprintf("trunk %s asked for a rest of %s (503 with Retry-After)", e.Trunk, e.Asked)
}

// longestRest is how long one answer of a trunk may silence us. Some write a day for "later"; after an hour one INVITE
// finds out.
const longestRest = time.Hour

// retryAfterOf reads a Retry-After header: whole seconds, perhaps a comment and parameters behind them (RFC 3261 §20.33).
// 0: none that says anything.
func retryAfterOf(res *sip.Response) time.Duration {
	for _, value := range headerValues(res, "Retry-After") {
		end := strings.IndexFunc(value, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(value)
		}
		if n, err := strconv.ParseUint(value[:end], 10, 31); err == nil {
			return min(time.Duration(n)*time.Second, longestRest)
		}
	}
	return 0
}

// rest keeps new INVITEs from the trunk from now on. A later answer never shortens the rest: of calls sent at once each
// is answered for itself.
func (t *trunk) rest(at time.Time, asked time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until := at.Add(asked); until.After(t.state.RestsUntil) {
		t.state.RestsUntil, t.asked = until, asked
	}
}

// resting says what is left of the trunk's rest; nil: calls are welcome.
func (t *trunk) resting(now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if left := t.state.RestsUntil.Sub(now); left > 0 {
		return Resting{Trunk: t.ID, Asked: t.asked, For: left}
	}
	return nil
}

// Resting says whether the trunk wants no INVITEs for a while: nil or a Resting. Unknown trunks do not rest.
func (u *UA) Resting(id stamp.TrunkID) error {
	if t := u.trunk(id); t != nil {
		return t.resting(time.Now())
	}
	return nil
}
