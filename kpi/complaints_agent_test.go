package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// shown counts the agents that the live wall shows in a state.
func (s story) shown(at, state string) string {
	l, _ := liveUntil(s.t, s.stamps, at)
	n := 0
	for _, a := range l.Now().Agents {
		if a.State == state {
			n++
		}
	}
	return number(n)
}

// intervals are the agent's, of one state, in their order.
func (s story) intervals(session, state string) (all []AgentInterval) {
	for n := 1; ; n++ {
		a, there := s.shelf.agents[[2]string{session, string(rune('0' + n))}]
		if !there {
			return all
		}
		if a.State == state {
			all = append(all, a)
		}
	}
}

// interval is the n-th of them, from 0.
func (s story) interval(session, state string, n int) AgentInterval {
	s.t.Helper()
	all := s.intervals(session, state)
	if n >= len(all) {
		s.t.Fatalf("session %s was %d times in state %s", session, len(all), state)
	}
	return all[n]
}

func agentComplaints() []complaint {
	return []complaint{{
		no: 45, source: "VICIdial, the clean-up script and its change log, the vendor",
		told:   "Half a percent of the agent log's updates arrive out of order; since 2006 an hourly job repairs the rows.",
		theirs: rule{by: "rows are updated in place and repaired afterwards"},
		ours:   rule{by: "stamps are appended and numbered without gap; one that is missing or out of order is refused by name, and a changed one is found"},
		proofs: []string{"kpi TestApplyNamesWhatIsWrong", "kpi TestCheckStamps", "kpi/ledger TestSeqGoesOnOverBoots", "kpi/ledger TestForgeryIsNamed"},
	}, {
		no: 46, source: "VICIdial, agent reports, the source",
		told: "Reports leave out whatever took 65,000 s or longer.",
		theirs: rule{"0 s", "Σ of intervals under 65,000 s", func(s story) string {
			us := int64(0)
			for _, a := range s.rec.Agents {
				if a.Length() < 65_000*second {
					us += a.Length()
				}
			}
			return inSeconds(us)
		}},
		ours: rule{"72000 s", "the state's time, split at the quarter hours and whole", func(s story) string {
			return inSeconds(s.figures("agent ann", Event, s.buckets()...)[MAgentUS+stamp.StateReady])
		}},
	}, {
		no: 47, source: "asterisk/asterisk#1760, a user",
		told: "A second pause is counted from the beginning of the very first one.",
		theirs: rule{"7800 s", "the pause's end − lastpause, which is set only while it is 0", func(s story) string {
			lastpause, paused := int64(0), int64(0)
			for _, a := range s.intervals("a1", stamp.StatePaused) {
				if lastpause == 0 {
					lastpause = a.From
				}
				paused = a.To - lastpause
			}
			return inSeconds(paused)
		}},
		ours: rule{"600 s", "the second interval of the state paused", func(s story) string {
			return inSeconds(s.interval("a1", stamp.StatePaused, 1).Length())
		}},
	}, {
		no: 48, source: "asterisk/asterisk#1377, a change",
		told: "On wallboards an agent who is writing up a call looks available.",
		theirs: rule{"1", "available at 09:03: logged in and in no call", func(s story) string {
			l, _ := liveUntil(s.t, s.stamps, "09:03")
			now, calls := l.Now(), 0
			for _, c := range now.Calls {
				if c.Agent == "ann" {
					calls++
				}
			}
			return number(len(now.Agents) - calls)
		}},
		ours: rule{"0", "agents in the state ready at 09:03", func(s story) string { return s.shown("09:03", stamp.StateReady) }},
	}, {
		no: 49, source: "asterisk/asterisk#1006, a user",
		told: "Wrap-up ends early where an agent serves several queues: each queue knows only its own last call.",
		theirs: rule{"0 s", "what is left of 30 s since the last call of the queue that calls next", func(s story) string {
			lastcall := s.at("c0 segment.ended", 1)
			return inSeconds(max(30*second-s.at("c1 segment.ended", 1).Sub(lastcall.Instant), 0))
		}},
		ours:   rule{"30 s", "`c.wrap`: the agent's own, whichever queue calls", func(s story) string { return s.kpi("c.wrap", "agent ann") }},
		proofs: []string{"call/acd TestALeftOverWrapUpWaitsForTheAgent"},
	}, {
		no: 50, source: "2600hz/kazoo#1331, a change",
		told: "An agent who pauses in the wrap-up is paused in the statistics and in the wrap-up for the state machine.",
		theirs: rule{"90 s", "in two states at once: from the request until the wrap-up ends", func(s story) string {
			for _, x := range s.all("a1 agent.state_changed") {
				if fact := x.Fact.(stamp.AgentStateChanged); fact.To == stamp.StatePaused {
					return inSeconds(s.at("c1 wrap.ended", 1).At - fact.RequestedAt)
				}
			}
			return "no pause"
		}},
		ours: rule{"0 s", "states that overlap: the request is kept, the state changes once", func(s story) string {
			wrap, pause := s.interval("a1", stamp.StateWrap, 0), s.interval("a1", stamp.StatePaused, 0)
			if pause.Length() != 960*second || pause.Aux != "lunch" {
				return "paused for " + inSeconds(pause.Length())
			}
			return inSeconds(wrap.To - pause.From)
		}},
		proofs: []string{"call/acd TestPresence"},
	}, {
		no: 51, source: "amazon-connect/amazon-connect-streams#241, a user",
		told: "A dialed call that fails turns a break into Available.",
		theirs: rule{"1200 s", "available from the failure on", func(s story) string {
			return inSeconds(s.at("a1 agent.logout", 1).Sub(s.at("c1 leg.rejected", 1).Instant))
		}},
		ours: rule{"0 s", "state ready after the break began: the state returned to is stamped", func(s story) string {
			us := int64(0)
			for _, a := range s.intervals("a1", stamp.StateReady) {
				if a.From >= s.interval("a1", stamp.StatePaused, 0).From {
					us += a.Length()
				}
			}
			return inSeconds(us)
		}},
	}, {
		no: 52, source: "amazon-connect/amazon-connect-streams#493, a user; vicifast.com, \"agent session\"",
		told: "Whoever closes the browser stays Available.",
		theirs: rule{"28800 s", "available from the login until the next login", func(s story) string {
			return inSeconds(s.at("a2 agent.login", 1).Sub(s.at("a1 agent.login", 1).Instant))
		}},
		ours: rule{"600 s", "state ready of that session: until the last proof of life", func(s story) string {
			return inSeconds(s.interval("a1", stamp.StateReady, 0).Length())
		}},
		proofs: []string{"call/acd TestSilenceIsUnreachableFromTheLastProofOn", "call/acd TestUnreachableIsLoggedOut"},
	}, {
		no: 53, source: "freeswitch mod_callcenter, on the status Available, the source",
		told: "Becoming available sets the agent's talk time and answered calls back to 0.",
		theirs: rule{"60 s", "Σ talk since the last change to available", func(s story) string {
			us, since := int64(0), s.at("a1 agent.state_changed", -1).At
			for _, g := range s.rec.Segments {
				if g.ConnectedAt >= since {
					us += g.EndedAt - g.ConnectedAt
				}
			}
			return inSeconds(us)
		}},
		ours: rule{"180 s", "`c.talk`: nothing sets it back", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 54, source: "signalwire/freeswitch#2540, #1062, #1973, #2529, OpenSIPS/opensips#3123, #2679, users",
		told: "Agents stick in Reserved or Receiving for hours.",
		theirs: rule{"28500 s", "reserved until somebody says otherwise: the next login", func(s story) string {
			return inSeconds(s.at("a2 agent.login", 1).Sub(s.at("c1 offer.created", 1).Instant))
		}},
		ours:   rule{"15 s", "state ringing: an offer has an end of its own", func(s story) string { return s.inState("ann", stamp.StateRinging) }},
		proofs: []string{"call/acd TestAReservationExpires", "call/acd TestAnOfferFailsAtADeadPage", "call/switchboard TestNudgeFindsTheStuckCall"},
	}, {
		no: 55, source: "aws-samples/aws-serverless-connect-wallboard#14, a user; Amazon Connect, agent contact time, the vendor",
		told: "Time on a contact that was begun in a custom status is no contact time.",
		theirs: rule{"0 s", "Σ talk of segments that began in no pause", func(s story) string {
			us := int64(0)
			for _, g := range s.rec.Segments {
				inPause := false
				for _, a := range s.intervals("a1", stamp.StatePaused) {
					inPause = inPause || a.To == g.ConnectedAt
				}
				if !inPause {
					us += g.TalkUS
				}
			}
			return inSeconds(us)
		}},
		ours: rule{"120 s", "`c.talk`, whatever the state was before", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 56, source: "2600hz/kazoo#1268, a change",
		told:   "Who hung up is not known.",
		theirs: rule{"over, over", "that the calls are over", func(s story) string { return s.call("c1").outcome() + ", " + s.call("c2").outcome() }},
		ours: rule{"customer, agent", "who sent the BYE, on each leg and each call", func(s story) string {
			if s.leg("c1", 1).By != s.call("c1").EndedBy || s.leg("c2", 1).By != s.call("c2").EndedBy {
				return "leg and call disagree"
			}
			return string(s.call("c1").EndedBy) + ", " + string(s.call("c2").EndedBy)
		}},
	}}
}

// outcome is all that a record without its end's author can say.
func (c Call) outcome() string {
	if c.ReleasedAt != 0 {
		return "over"
	}
	return "going on"
}
