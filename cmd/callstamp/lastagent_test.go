package main

import (
	"testing"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Who speaks with a customer is who their next call is kept for; agents who
// never got to speak are not.
func TestLastAgentIsWhoSpoke(t *testing.T) {
	p := &people{}
	p.now.Store(&configuration{})
	p.parties.put("p1", wire.Party{Number: "+84900000001"})
	call := stamp.Subject{Kind: stamp.SubjectCall, ID: "c1"}
	tell := func(f stamp.Fact) { p.heed([]stamp.Stamp{{Subject: call, Fact: f}}) }
	tell(stamp.CallCreated{Direction: stamp.In, Party: "p1"})
	tell(stamp.SegmentOpened{Segment: 1, Agent: "an"})
	if got := p.last.of("+84900000001"); got != "" {
		t.Errorf("%q has not spoken yet", got)
	}
	tell(stamp.SegmentConnected{Segment: 1, Agent: "an"})
	tell(stamp.SegmentConnected{Segment: 2, Agent: "bo"})
	tell(stamp.CallClosed{})
	if got := p.last.of("+84900000001"); got != "bo" {
		t.Errorf("spoke last: %q, want bo", got)
	}
	if _, prefer := p.caller("+84900000001"); prefer != "bo" {
		t.Errorf("preferred: %q, want bo", prefer)
	}
}

func TestLastAgentsAreBounded(t *testing.T) {
	var l lastAgents
	for range 3 {
		for i := range maxLastAgents {
			l.put(string(rune(i)), "an")
		}
	}
	if len(l.by) > maxLastAgents {
		t.Errorf("%d numbers are remembered", len(l.by))
	}
}
