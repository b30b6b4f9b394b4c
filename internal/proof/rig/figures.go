package rig

import (
	"fmt"
	"slices"
	"time"
)

// Spread sums up lengths of time.
type Spread struct {
	N             int
	P50, P99, Max time.Duration
}

// SpreadOf sums up d in any order.
func SpreadOf(d []time.Duration) Spread {
	if len(d) == 0 {
		return Spread{}
	}
	d = slices.Sorted(slices.Values(d))
	return Spread{len(d), d[(len(d)-1)/2], d[(len(d)-1)*99/100], d[len(d)-1]}
}

func (s Spread) String() string {
	if s.N == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %s, p99 %s, max %s of %d", milli(s.P50), milli(s.P99), milli(s.Max), s.N)
}

// milli writes a length of time in ms.
func milli(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// Setups sums up how long the calls in that began within the stretch took from
// the INVITE to the first 18x or 200, as the customers saw it. unanswered is
// how many never got one, refusals and cancelled calls left out.
func Setups(calls []Call, from, to time.Time) (s Spread, unanswered int) {
	var d []time.Duration
	for _, c := range calls {
		switch {
		case c.Out || c.Invite.Before(from) || !c.Invite.Before(to):
		case !c.Setup.IsZero():
			d = append(d, c.Setup.Sub(c.Invite))
		case c.How == "cut" || c.End.IsZero():
			unanswered++
		}
	}
	return SpreadOf(d), unanswered
}

// Refused counts the calls in that began within the stretch and were refused,
// by SIP status.
func Refused(calls []Call, from, to time.Time) map[int]int {
	all := map[int]int{}
	for _, c := range calls {
		if c.How == "refused" && !c.Out && !c.Invite.Before(from) && c.Invite.Before(to) {
			all[c.Code]++
		}
	}
	return all
}

// LastEnd is when the last call that had begun before the instant was over for
// the network; open is how many still are not.
func LastEnd(calls []Call, began time.Time) (last time.Time, open int) {
	for _, c := range calls {
		switch {
		case !c.Invite.Before(began):
		case c.End.IsZero():
			open++
		case c.End.After(last):
			last = c.End
		}
	}
	return last, open
}

// AllClosed waits until every call that had begun before the instant has a
// closed record, and returns how long after the instant from that was.
func (h *House) AllClosed(began, from time.Time, limit time.Duration) time.Duration {
	h.t.Helper()
	Within(h.t, limit, "every record of before is closed", func() bool {
		return h.CaughtUp(from) && h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE NOT closed AND arrived_at < $1`, began.UnixMicro()) == 0
	}, func() string {
		return fmt.Sprint(h.SQL.Rows(`SELECT call, outcome, released_at FROM records.calls WHERE NOT closed AND arrived_at < $1`, began.UnixMicro()))
	})
	return time.Since(from)
}
