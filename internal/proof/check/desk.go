package check

import "fmt"

// offers checks each offer against what the desk saw and did, both ways.
func (x *witness) offers(pairs []pair) {
	wire := map[string]*dialog{}
	for _, p := range pairs {
		wire[p.id] = p.d
	}
	segments := map[string]int{}
	for _, g := range x.s.rows["records.segments"] {
		segments[g.str("offer")]++
	}
	rows := map[string]bool{}
	for _, o := range x.s.rows["records.offers"] {
		id := o.str("offer")
		rows[id] = true
		saw := x.byOffer[id]
		rang, there := saw["ringing"]
		blind := func() bool { return x.faults.blind(o.str("agent"), o.int("created_at"), o.int("ended_at")) }
		if there != (o.int("ring_at") != 0) && !(there && o.str("end") == "customer_gone") && !blind() {
			x.f.sayf("records.offers", id, LawDesk, fmt.Sprintf("rang at the desk: %t", there), o.int("ring_at") != 0)
		}
		want := 0
		if o.str("end") == "accepted" {
			want = 1
		}
		x.f.same("records.offers", id, LawDesk, fmt.Sprintf("%d segments", want), fmt.Sprintf("%d segments", segments[id]))
		if want, got := ended(o, saw); want != "" && !blind() {
			x.f.say("records.offers", id, LawDesk, want, got)
		}
		if there && o.int("ring_at") != 0 {
			if end, ok := rangUntil(o, saw, wire[o.str("call")]); ok {
				x.measure("ring", whose{"records.offers", id, o.str("agent"), o.is("estimated")}, rang.Exact, end, o.int("ring_us"))
			}
		}
	}
	for id, saw := range x.byOffer {
		n := saw["ringing"]
		if !rows[id] && !x.faults.loose(n.Exact, n.Exact) { // a death may take the last 5 ms of what was not yet on disk
			x.f.say("records.offers", id, LawDesk, fmt.Sprintf("a row: %s saw it", n.Name), "none")
		}
	}
}

// ended checks an offer's end against the desk's act.
func ended(o row, saw map[string]Note) (want, got string) {
	end := o.str("end")
	_, accepted := saw["accept"]
	_, declined := saw["decline"]
	switch {
	case end == "accepted" && !accepted, end == "declined" && !declined:
		return "an end that the desk knows of", end
	case accepted && end != "accepted" && end != "customer_gone" && end != "timed_out":
		return "accepted", end
	case declined && end != "declined" && end != "customer_gone" && end != "timed_out":
		return "declined", end
	}
	if n, ok := saw["ringing"]; ok && n.Name != o.str("agent") {
		return "agent " + n.Name, o.str("agent")
	}
	return "", ""
}

// rangUntil is when an offer stopped ringing, as far as somebody outside knows.
func rangUntil(o row, saw map[string]Note, d *dialog) (int64, bool) {
	switch o.str("end") {
	case "accepted":
		n, ok := saw["accept"]
		return n.Exact, ok
	case "declined":
		n, ok := saw["decline"]
		return n.Exact, ok
	case "customer_gone":
		return d.end(), d != nil && d.end() != 0
	case "timed_out":
		n, ok := saw["unring"]
		return n.Exact, ok
	}
	return 0, false
}

// logins checks that each desk that went ready has its session.
func (x *witness) logins() {
	sessions := map[string]int{}
	for _, l := range x.s.rows["records.agent_sessions"] {
		sessions[l.str("agent")]++
	}
	for agent, notes := range x.agents {
		for _, n := range notes {
			if n.What == "ready" {
				sessions[agent]--
			}
		}
	}
	for agent, n := range sessions {
		if n != 0 && max(n, -n) <= x.faults.returns(agent) {
			x.faults.used++
			continue
		}
		x.f.same("records.agent_sessions", agent, LawDesk, "as many sessions as logins", fmt.Sprint("as many sessions as logins", plus(n)))
	}
}

// parts checks each agent's part against what the agent perceived and did:
// who talked, who hung up, what was said of it afterwards.
func (x *witness) parts(pairs []pair) {
	for _, p := range pairs {
		x.endedBy(p)
		talked := map[string]int{}
		for _, n := range x.byCall[p.id] {
			if n.What == "connected" {
				talked[n.Name]++
			}
		}
		for _, g := range x.s.of("records.segments", p.id) {
			key := fmt.Sprintf("%s/%d", p.id, g.int("segment"))
			if g.int("connected_at") != 0 {
				talked[g.str("agent")]--
			}
			if n, ok := x.did(p, g, "dispose"); ok && g.str("disposition") == "" && !x.faults.blind(n.Name, n.Exact, n.Exact) {
				x.f.say("records.segments", key, LawDesk, "a disposition", "none")
			}
			const crossing = tolerance // who was first can't be told from outside
			if n, ok := x.did(p, g, "hangup"); ok && (p.d.end() == 0 || n.Exact < p.d.end()-crossing) && g.str("by") != "agent" && !x.faults.blind(n.Name, n.Exact, n.Exact) {
				x.f.same("records.segments", key, LawDesk, "ended by agent", "ended by "+g.str("by"))
			}
		}
		for agent, n := range talked {
			if n != 0 && !x.faults.blind(agent, p.call.int("arrived_at"), p.call.int("released_at")) {
				x.f.sayf("records.segments", p.id, LawDesk, fmt.Sprintf("%s talked as often as the desk saw", agent), fmt.Sprintf("%+d at the desk", n))
			}
		}
	}
}

// endedBy checks who ended the call, as far as the wire tells.
func (x *witness) endedBy(p pair) {
	if x.droppedUnheard(p, p.d.last()) {
		return // whoever ended it there did not know
	}
	d, want := p.d, ""
	switch {
	case d.bye != 0 && !d.byUs, d.inbound && d.cancel != 0 && d.bye == 0:
		want = "customer"
	case !d.inbound && d.code >= 300 && d.cancel == 0:
		want = "network"
	}
	if want != "" && want != p.call.str("ended_by") && !(p.call.is("estimated") && x.faults.loose(d.end(), d.end())) {
		x.f.same("records.calls", p.id, LawLeg, "ended by "+want, "ended by "+p.call.str("ended_by"))
	}
}
