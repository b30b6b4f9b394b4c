package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

func talkComplaints() []complaint {
	return []complaint{{
		no: 38, source: "vicimikec/ViciPhone#9, versatica/JsSIP#142, onsip/SIP.js#185, #302, #851, users",
		told:   "The call is connected but sound comes after half a minute; the dead air counts as talk.",
		theirs: rule{"90 s", "answered → over", func(s story) string { return s.between("c1 leg.answered", "c1 call.released") }},
		ours: rule{"60 s", "`c.talk`: begins with the first packets both ways; the rest is the phase connecting", func(s story) string {
			return s.kpi("c.talk", "agent ann")
		}},
	}, {
		no: 39, source: "irontec/ivozprovider#983, a user",
		told: "A call whose BYE was lost stands with 10,800 s in the record; the carrier says 306 s.",
		theirs: rule{"10800 s", "connected → the customer's BYE, or three hours", func(s story) string {
			talked := 3 * hour
			for _, x := range s.all("c1 leg.ended") {
				if fact := x.Fact.(stamp.LegEnded); fact.Leg == stamp.CustomerLeg && fact.By == stamp.Customer {
					talked = min(talked, x.Sub(s.at("c1 segment.connected", 1).Instant))
				}
			}
			return inSeconds(talked)
		}},
		ours: rule{"306 s", "`c.talk`: until the last packet; the silence after it is a gap", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 40, source: "VICIdial, dead_sec within talk_sec, the source",
		told:   "Talk goes on after the customer has gone, until the agent clicks.",
		theirs: rule{"300 s", "connected → the agent clicks", func(s story) string { return s.between("c1 segment.connected", "c1 disposition.set") }},
		ours:   rule{"60 s", "`c.talk`: ends with the customer's BYE", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 41, source: "Amazon Connect, contact records, AgentInteractionDuration, the vendor",
		told:   "For dialed calls the agent's time counts as interaction though no customer is there.",
		theirs: rule{"85 s", "the agent's line stands → over", func(s story) string { return s.between("c1 leg.answered", "c1 call.released") }},
		ours:   rule{"60 s", "`c.talk`: sound both ways", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 42, source: "MicrosoftDocs/OfficeDocs-SkypeForBusiness#9451, a user",
		told: "27 calls a week with a mean of five hours.",
		theirs: rule{"18000 s", "connected → the restart that finds the call", func(s story) string {
			return inSeconds(s.at("node.started", 1).At - s.at("c1 segment.connected", 1).At)
		}},
		ours: rule{"300 s, flagged", "`c.talk`: until the last proof of life, marked as estimated", func(s story) string {
			if !s.part("c1", 1).Estimated || !s.call("c1").Estimated {
				return s.kpi("c.talk", "agent ann")
			}
			return s.kpi("c.talk", "agent ann") + ", flagged"
		}},
		proofs: []string{"kpi TestRecoveryIsMarked", "call TestGiveUpClosesEverything"},
	}, {
		no: 43, source: "asterisk app_queue, freeswitch mod_callcenter, the sources",
		told:   "Hold is not told apart from talk.",
		theirs: rule{"210 s", "connected → ended", func(s story) string { return s.between("c1 segment.connected", "c1 segment.ended") }},
		ours: rule{"180 s", "`c.talk`; `c.hold` has the other 30 s", func(s story) string {
			if hold := s.kpi("c.hold", "agent ann"); hold != "30 s" {
				return "hold " + hold
			}
			return s.kpi("c.talk", "agent ann")
		}},
	}, {
		no: 44, source: "CallScripter, \"Reconciling dialler reports\", the vendor",
		told: "One or two seconds of each dialed call are in the telephone's time and in nobody else's.",
		theirs: rule{"2 s", "lost: (answered → BYE) − (connected → ended)", func(s story) string {
			line := s.at("c1 leg.ended", 1).Sub(s.at("c1 leg.answered", 1).Instant)
			return inSeconds(line - s.at("c1 segment.ended", 1).Sub(s.at("c1 segment.connected", 1).Instant))
		}},
		ours: rule{"0 s", "lost: (answered → BYE) − `c.connecting` − `c.talk`: one clock, no gap", func(s story) string {
			l := s.leg("c1", 1)
			left := float64(l.EndedAt-l.AnsweredAt) / 1e6
			left -= *s.over("c.connecting", "agent ann", Event).Value + *s.over("c.talk", "agent ann", Event).Value
			return printed(&left) + " s"
		}},
	}}
}
