package dialer

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Recover closes a run that a crash left open, at the node's last proof of
// life. stamps are all of the run's stamps, in order of N.
func Recover(stamps []stamp.Stamp, alive stamp.Instant) ([]stamp.Stamp, error) {
	if len(stamps) == 0 {
		return nil, fmt.Errorf("recover campaign run: no stamps")
	}
	first, last := stamps[0], stamps[len(stamps)-1]
	started, ok := first.Fact.(stamp.CampaignStarted)
	if !ok {
		return nil, fmt.Errorf("recover campaign run %s: begins with %s", first.Subject.ID, first.Kind())
	}
	if _, over := last.Fact.(stamp.CampaignStopped); over {
		return nil, nil
	}
	if alive.Before(last.Instant) {
		alive = last.Instant
	}
	return []stamp.Stamp{{
		Org: first.Org, Subject: first.Subject, N: last.N + 1, Instant: alive, Actor: stamp.System,
		Fact: stamp.CampaignStopped{Campaign: started.Campaign, Reason: "system"},
	}}, nil
}
