package main

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func created(call stamp.ID, party stamp.PartyID) []stamp.Stamp {
	return []stamp.Stamp{{Subject: stamp.Subject{Kind: stamp.SubjectCall, ID: call}, Fact: stamp.CallCreated{Party: party}}}
}

func closedCall(call stamp.ID) []stamp.Stamp {
	return []stamp.Stamp{{Subject: stamp.Subject{Kind: stamp.SubjectCall, ID: call}, Fact: stamp.CallClosed{}}}
}

// A party is known while it has a call, and a minute longer.
func TestPartyStaysAsLongAsItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p parties
		knows := func(want ...stamp.PartyID) {
			t.Helper()
			p.closed("nobody's", time.Now()) // whoever is due goes now
			if len(p.by) != len(want) {
				t.Errorf("%d parties are known, want %v", len(p.by), want)
			}
			for _, id := range want {
				if p.get(id).Number != string(id) {
					t.Errorf("%s is %+v", id, p.get(id))
				}
			}
		}
		put := func(id stamp.PartyID) { p.put(id, wire.Party{Number: string(id)}) }
		if got := p.get("nobody"); got != (wire.Party{}) {
			t.Errorf("an unknown party: %+v", got)
		}
		put("long")
		p.heed(created("c1", "long"))
		put("lead")
		p.heed(created("c2", "lead"))
		put("refused") // no call came of it
		p.hold("before", wire.Party{Number: "before"})
		time.Sleep(time.Hour)
		knows("long", "lead", "before")

		p.heed(closedCall("c2"))
		time.Sleep(50 * time.Second)
		put("lead") // dialed again
		p.heed(created("c3", "lead"))
		time.Sleep(50 * time.Second)
		knows("long", "lead", "before")
		p.heed(closedCall("c3"))
		time.Sleep(59 * time.Second)
		knows("long", "lead", "before")
		time.Sleep(2 * time.Second)
		knows("long", "before")
		p.heed(closedCall("c1"))
		time.Sleep(61 * time.Second)
		knows("before")
		if len(p.of)+len(p.idle) > 0 {
			t.Errorf("%d calls and %d idle are left", len(p.of), len(p.idle))
		}
	})
}

// Calls that never close can't fill the memory.
func TestPartiesAreBounded(t *testing.T) {
	var p parties
	for i := range maxParties {
		id := stamp.PartyID(fmt.Sprint(i))
		p.put(id, wire.Party{})
		p.heed(created(stamp.ID(id), id))
	}
	p.put("last", wire.Party{Name: "Lê Chi"})
	if len(p.by) != 1 || p.get("last").Name != "Lê Chi" {
		t.Errorf("%d parties, the last is %+v", len(p.by), p.get("last"))
	}
}
