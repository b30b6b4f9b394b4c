package acd

import (
	"fmt"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Recover closes a session that a crash left open: unreachable and logged out
// at the last proof of life of the node, marked as estimated (error ≤ 1 s).
// stamps are all of the session's stamps, in order of N.
func Recover(stamps []stamp.Stamp, alive stamp.Instant) ([]stamp.Stamp, error) {
	if len(stamps) == 0 {
		return nil, fmt.Errorf("recover agent session: no stamps")
	}
	login, ok := stamps[0].Fact.(stamp.AgentLogin)
	if !ok {
		return nil, fmt.Errorf("recover agent session %s: begins with %s", stamps[0].Subject.ID, stamps[0].Kind())
	}
	seat := call.Seat{Agent: login.Agent, Session: stamps[0].Subject.ID}
	m, err := Replay(seat, 0, stamps)
	if err != nil || m.ended {
		return nil, err
	}
	d := &decision{m: m, at: alive}
	d.to(stamp.System, stamp.StateUnreachable, stamp.AgentStateChanged{})
	d.stamp(stamp.System, stamp.StateOffline, stamp.AgentLogout{Agent: seat.Agent, By: "system", Estimated: true})
	return d.stamps, nil
}
