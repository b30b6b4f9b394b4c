package acd

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

func serves(queues ...stamp.QueueID) Profile {
	var p Profile
	for _, q := range queues {
		p.Queues = append(p.Queues, Member{Queue: q})
	}
	return p
}

// Whoever is logged in serves another queue at once, and is no longer rung for
// the one that was left.
func TestQueuesChangeWhileLoggedIn(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.ready(t, "lan")
		w := waitingCall(b)
		w.Queue = "sales"
		b.floor.Enqueue(w)
		b.quiet(t, "she does not serve sales")
		b.floor.Configure(Policy{Agents: map[stamp.AgentID]Profile{"lan": serves("sales")}})
		if m := b.lastOffer(t); m.Seat.Agent != "lan" || m.Why != "longest_idle" {
			t.Errorf("offered %+v", m)
		}
		var kinds []stamp.Kind
		for _, s := range b.recorded() {
			if s.Phase == "" {
				kinds = append(kinds, s.Kind())
			}
		}
		if len(kinds) != 2 || kinds[0] != "agent.queue_left" || kinds[1] != "agent.queue_joined" {
			t.Errorf("stamps %v", kinds)
		}
		b.floor.Configure(Policy{Agents: map[stamp.AgentID]Profile{"lan": serves("sales")}})
		synctest.Wait()
		if n := len(b.recorded()); n != 4 {
			t.Errorf("%d stamps after a policy that changes nothing", n)
		}
	})
}

// A skill that somebody is given brings them the call that waited for it; and a
// need that relaxes does, by itself.
func TestSkillsChangeWhileLoggedIn(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		needs := Queue{Needs: []Need{{Skill: "vi", Steps: []Step{{0, 8}, {30e6, 3}}}}}
		p := Policy{Queues: map[stamp.QueueID]Queue{"care": needs}, Agents: map[stamp.AgentID]Profile{"lan": serves("care")}}
		b.floor.Configure(p)
		b.ready(t, "lan")
		b.floor.Enqueue(waitingCall(b))
		b.quiet(t, "she speaks no Vietnamese")

		able := serves("care")
		able.Skills = []stamp.Skill{{Skill: "vi", Level: 3}}
		b.floor.Configure(Policy{Queues: p.Queues, Agents: map[stamp.AgentID]Profile{"lan": able}})
		b.quiet(t, "not enough of it")
		b.alive("lan", 29*time.Second)
		b.quiet(t, "the call has not waited long enough")
		b.alive("lan", 2*time.Second)
		b.lastOffer(t)
	})
}

// All who are free ring; who comes free while they do rings too, and nobody
// rings for a call that somebody has taken.
func TestRingAllTakesInWhoComesFree(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {Strategy: RingAll}}})
		b.ready(t, "lan")
		b.floor.Enqueue(waitingCall(b))
		first := b.lastOffer(t)
		b.ready(t, "minh")
		if second := b.lastOffer(t); second.Seat.Agent != "minh" || second.Entry != first.Entry {
			t.Fatalf("offered %+v", second)
		}
		b.floor.Move(call.Move{Seat: first.Seat, To: stamp.StateRinging, At: b.clock.Now(), Offer: first.Offer, Call: "c1"})
		b.floor.Move(call.Move{Seat: first.Seat, To: stamp.StateConnecting, At: b.clock.Now(), Offer: first.Offer, Call: "c1"})
		b.ready(t, "hoa")
		b.quiet(t, "Lan has the call")
	})
}

// The preferred agent is waited for, and only for so long.
func TestCallIsKeptForTheLastAgent(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {LastAgentUS: 20e6}}})
		b.ready(t, "lan")
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "lan"}, To: stamp.StateTalking, At: b.clock.Now(), Call: "c0"})
		b.ready(t, "minh")
		w := waitingCall(b)
		w.Prefer = "lan"
		b.floor.Enqueue(w)
		b.quiet(t, "it is kept for Lan")
		b.floor.Beat(time.Now(), "lan")
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "lan"}, To: stamp.StateReady, At: b.clock.Now(), Call: "c0"})
		if m := b.lastOffer(t); m.Seat.Agent != "lan" || m.Why != WhyLastAgent {
			t.Errorf("offered %+v", m)
		}
	})
}

func TestCallIsKeptNoLonger(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {LastAgentUS: 20e6}}})
		b.ready(t, "lan")
		b.floor.Move(call.Move{Seat: call.Seat{Agent: "lan"}, To: stamp.StateTalking, At: b.clock.Now(), Call: "c0"})
		b.ready(t, "minh")
		w := waitingCall(b)
		w.Prefer = "lan"
		b.floor.Enqueue(w)
		for range 10 {
			b.floor.Beat(time.Now(), "lan")
			b.floor.Beat(time.Now(), "minh")
			b.quiet(t, "it is kept for Lan")
			time.Sleep(2 * time.Second)
		}
		if m := b.lastOffer(t); m.Seat.Agent != "minh" || m.Why != "longest_idle" {
			t.Errorf("offered %+v", m)
		}
	})
}

// Agents are taken for calls out only while their customers can spare them.
func TestBlend(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {Blend: Blend{MinFree: 1}}}})
		b.ready(t, "lan")
		b.ready(t, "minh")
		counted, took := 0, []call.Seat(nil)
		b.floor.Count("care", func(n int) { counted = n })
		b.floor.Reserve("care", 2, func(seats []call.Seat) { took = seats }, nil)
		synctest.Wait()
		if counted != 1 || len(took) != 1 {
			t.Errorf("%d counted, %d taken of 2 of whom one has to stay", counted, len(took))
		}
	})
}

func TestBlendAllows(t *testing.T) {
	for name, c := range map[string]struct {
		b    Blend
		l    Load
		want bool
	}{
		"no limits":               {Blend{}, Load{Waiting: 9, LongestUS: 9e6, Free: 1, Level: 0}, true},
		"somebody waits too long": {Blend{MaxWaitUS: 5e6}, Load{Waiting: 1, LongestUS: 5e6 + 1}, false},
		"somebody waits":          {Blend{MaxWaitUS: 5e6}, Load{Waiting: 1, LongestUS: 5e6}, true},
		"badly served":            {Blend{MinLevel: 80}, Load{Level: 79}, false},
		"served well enough":      {Blend{MinLevel: 80}, Load{Level: 80}, true},
		"no calls yet":            {Blend{MinLevel: 80}, Load{Level: -1}, true},
		"the last one stays":      {Blend{MinFree: 2}, Load{Free: 2}, false},
		"one too many":            {Blend{MinFree: 2}, Load{Free: 3}, true},
	} {
		ok, because := c.b.Allows(c.l)
		if ok != c.want || ok != (because == "") {
			t.Errorf("%s: %t %q, want %t", name, ok, because, c.want)
		}
	}
}

// The strategies' counters begin anew at the organisation's midnight.
func TestCallsOfTheDay(t *testing.T) {
	run(t, func(t *testing.T, b *bench) {
		b.floor.Configure(Policy{Queues: map[stamp.QueueID]Queue{"care": {Strategy: FewestCalls}}})
		talk := func(id stamp.AgentID, d time.Duration) {
			b.floor.Move(call.Move{Seat: call.Seat{Agent: id}, To: stamp.StateTalking, At: b.clock.Now(), Call: "c0"})
			b.alive(id, d)
			b.floor.Move(call.Move{Seat: call.Seat{Agent: id}, To: stamp.StateReady, At: b.clock.Now(), Call: "c0"})
		}
		b.ready(t, "lan")
		talk("lan", time.Second)
		b.ready(t, "minh") // is ready for a shorter time, but has had no call
		b.floor.Enqueue(waitingCall(b))
		m := b.lastOffer(t)
		if m.Seat.Agent != "minh" || m.Why != "fewest_calls" {
			t.Fatalf("offered %+v", m)
		}
		b.floor.Dequeue("c1", 1)
		b.floor.Move(call.Move{Seat: m.Seat, To: stamp.StateReady, At: b.clock.Now(), Offer: m.Offer, End: stamp.OfferCustomerGone})
		y, mo, d := time.Now().UTC().Date()
		for until := time.Date(y, mo, d+1, 0, 0, 1, 0, time.UTC); time.Now().Before(until); {
			time.Sleep(2 * time.Second)
			b.floor.Beat(time.Now(), "lan")
			b.floor.Beat(time.Now(), "minh")
		}
		b.floor.Enqueue(waitingCall(b))
		if m := b.lastOffer(t); m.Seat.Agent != "lan" {
			t.Errorf("the next day %s is rung, the longest idle is Lan", m.Seat.Agent)
		}
	})
}
