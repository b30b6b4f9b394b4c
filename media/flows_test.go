package media_test

import (
	"testing"

	"github.com/callstamp/callstamp/media"
)

// TestFlowsOutliveTheirEnds: the engine's sums only grow, whichever ends come and go.
func TestFlowsOutliveTheirEnds(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	web, agent, _ := webTo(t, e)
	speak(t, media.PCMA, 440, 7, customer.write)
	speak(t, media.PCMA, 1000, 0, agent.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	live := e.Stats().Flows
	for name, f := range map[string]media.Flow{"trunk": live.Trunk, "web": live.Web} {
		if f.Received == 0 || f.Sent == 0 || f.ReceivedBytes < 160*f.Received || f.SentBytes < 160*f.Sent {
			t.Errorf("%s: %+v", name, f)
		}
	}
	trunk.Close(nil)
	web.Close(nil)
	trunk.Close(nil) // twice: it must not count twice
	after := e.Stats()
	if after.Ends != 0 || after.Flows.Trunk.Received < live.Trunk.Received || after.Flows.Web.Sent < live.Web.Sent {
		t.Errorf("after the end %+v, before %+v", after.Flows, live)
	}
	if limit := 2*live.Trunk.Received + 100; after.Flows.Trunk.Received > limit {
		t.Errorf("the trunk's %d packets are counted as %d", live.Trunk.Received, after.Flows.Trunk.Received)
	}
}
