package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ended counts the story's offers with one of some ends.
func (s story) ended(ends ...stamp.OfferEnd) (n int) {
	for _, o := range s.rec.Offers {
		if slices.Contains(ends, o.End) {
			n++
		}
	}
	return n
}

func missedComplaints() []complaint {
	return []complaint{{
		no: 19, source: "Amazon Connect, agent non-response, the vendor; asterisk app_queue RINGNOANSWER, the source",
		told: "An agent is charged with customers who hung up while the agent was being rung.",
		theirs: rule{"2", "the agent's offers that were not accepted", func(s story) string {
			n := 0
			for _, o := range s.rec.Offers {
				if o.Agent == "ann" && o.End != stamp.OfferAcceptedEnd {
					n++
				}
			}
			return number(n)
		}},
		ours: rule{"1", "`agt.missed_offers`: those that rang until the limit", func(s story) string { return s.kpi("agt.missed_offers", "agent ann") }},
	}, {
		no: 20, source: "Amazon Connect, the vendor; Swyx, users; Expert Statistics, \"solicitations\"",
		told:   "One customer missed by three agents is three missed calls.",
		theirs: rule{"3", "each offer that timed out is a missed call", func(s story) string { return number(s.ended(stamp.OfferTimedOut)) }},
		ours:   rule{"0", "`in.missed`: customers who never reached an agent; offers have a counter of their own", func(s story) string { return s.kpi("in.missed", "queue care") }},
	}, {
		no: 21, source: "ringcentral/hubspot-embeddable-ringcentral-phone#164, irontec/ivozprovider#1096, users",
		told: "Where several ring at once, everybody who was not the first has missed a call.",
		theirs: rule{"2", "rung − picked up", func(s story) string {
			return number(len(s.all("offer.created")) - len(s.all("offer.accepted")))
		}},
		ours: rule{"0", "`agt.missed_offers`: answered elsewhere is nobody's miss", func(s story) string { return s.kpi("agt.missed_offers", "queue care") }},
	}, {
		no: 22, source: "fusionpbx/fusionpbx#1386, a user",
		told: "The queue answers the line to play music, so a call that no agent took has `billsec > 0` and is not missed.",
		theirs: rule{"0", "missed: calls whose line was never answered", func(s story) string {
			n := 0
			for _, c := range s.rec.Calls {
				if c.AnsweredAt == 0 {
					n++
				}
			}
			return number(n)
		}},
		ours: rule{"1", "`in.missed`: connected means sound both ways with an agent", func(s story) string { return s.kpi("in.missed", "queue care") }},
	}, {
		no: 23, source: "fusionpbx/fusionpbx#5778, a change",
		told: "Dialed calls that nobody picked up count as missed, and each rung member of a group as one more.",
		theirs: rule{"3", "every leg that was not answered", func(s story) string {
			return number(len(s.all("leg.rejected")) + len(s.all("offer.ended")))
		}},
		ours: rule{"1", "`in.missed`: calls, not legs, and only inbound ones", func(s story) string { return s.kpi("in.missed", "org o1") }},
	}, {
		no: 24, source: "fusionpbx/fusionpbx#2313, a user",
		told:   "A caller who hangs up while the group rings is not reported as missed at all.",
		theirs: rule{"0", "missed: the group's time was up", func(s story) string { return number(s.ended(stamp.OfferTimedOut)) }},
		ours:   rule{"1", "`in.abandoned`: left while an agent was rung", func(s story) string { return s.kpi("in.abandoned", "queue group") }},
	}, {
		no: 25, source: "IssabelFoundation/callcenter#41, a user",
		told: "All calls answered by static agents are shown as abandoned.",
		theirs: rule{"1", "abandoned: calls of agents who did not log in", func(s story) string {
			n := 0
			for _, g := range s.rec.Segments {
				if !slices.ContainsFunc(s.rec.Sessions, func(a AgentSession) bool { return a.Agent == g.Agent }) {
					n++
				}
			}
			return number(n)
		}},
		ours: rule{"0", "`in.abandoned`: what became of a call is told by its connection", func(s story) string { return s.kpi("in.abandoned", "queue care") }},
	}, {
		no: 26, source: "asterisk app_queue, record_abandoned and EXITWITHKEY, the source",
		told: "Timeouts and withdrawals count as abandoned; who leaves by a key is in no counter at all.",
		theirs: rule{"3 of 4, 1 nowhere", "callsabandoned: left by giving up, by time, by an empty queue; a key touches no counter", func(s story) string {
			left := s.exits(func(x stamp.QueueExited) bool {
				return slices.Contains([]stamp.ExitReason{stamp.ExitAbandoned, stamp.ExitTimeout, stamp.ExitEmpty, stamp.ExitClosed}, x.Reason)
			})
			return fmt.Sprintf("%d of %d, %d nowhere", left, len(s.all("queue.entered")), len(s.all("queue.entered"))-left)
		}},
		ours: rule{"1 of 4, 0 nowhere", "`in.abandoned`; each entry has one exit, and each reason its counter", func(s story) string {
			f := s.figures("queue care", Event, s.buckets()...)
			left := f[MEntered]
			for _, reason := range []stamp.ExitReason{stamp.ExitAbandoned, stamp.ExitTimeout, stamp.ExitEmpty, stamp.ExitKey} {
				left -= f[MExited+Metric(reason)]
			}
			return fmt.Sprintf("%s of %d, %d nowhere", s.kpi("in.abandoned", "queue care"), f[MEntered], left)
		}},
	}, {
		no: 27, source: "amazon-connect/amazon-connect-streams#658, #551, users",
		told: "A missed contact comes out as ERROR.",
		theirs: rule{"ERROR, ERROR", "whatever was not accepted", func(s story) string {
			return strings.TrimSuffix(strings.Repeat("ERROR, ", len(s.all("offer.ended"))), ", ")
		}},
		ours: rule{"no_microphone, timed_out", "the end of each offer, from a closed set", func(s story) string {
			return string(s.offer("o1").End) + ", " + string(s.offer("o2").End)
		}},
	}, {
		no: 28, source: "amazon-connect/amazon-connect-streams#559, a user",
		told: "A customer who does not answer is recorded as AGENT_DISCONNECT.",
		theirs: rule{"agent", "whoever's side is left when the call is over", func(s story) string {
			reserved := s.at("c1 dial.attempt_started", 1).Fact.(stamp.DialAttemptStarted).Agent
			if reserved != "" && len(s.all("c1 leg.answered")) == 0 {
				return "agent"
			}
			return "customer"
		}},
		ours: rule{"network, no_answer", "who ended it and why, from the signalling", func(s story) string {
			return string(s.call("c1").EndedBy) + ", " + s.shelf.attempts["d1"].Result
		}},
	}, {
		no: 29, source: "Genesys Cloud, \"Offered is not always equal to answered plus abandoned\", the vendor",
		told: "Offered is not answered + abandoned.",
		theirs: rule{"1", "offered − connected − abandoned in the quarter hour from 07:15, each where it happened", func(s story) string {
			f := s.figures("queue care", Event, s.buckets()[0])
			return number(int(f[MInOffered] - f[MInConnected] - f[MInAbandoned]))
		}},
		ours: rule{"0", "offered − connected − short − missed of those who came in that quarter hour (cohort)", func(s story) string {
			f := s.figures("queue care", Cohort, s.buckets()[0])
			if f[MInOffered] == 0 {
				return "nobody came"
			}
			return number(int(f[MInOffered] - f[MInConnected] - f[MInAbandonedSoon] - f[MInMissed]))
		}},
		proofs: []string{"kpi TestOfferedIsItsFates"},
	}, {
		no: 30, source: "asterisk app_queue.c, try_calling, the source",
		told: "A caller who goes while the agent, who has picked up, hears an announcement is logged against that agent.",
		theirs: rule{"abandoned, charged to ann", "the exit, and who was busy with the offer then", func(s story) string {
			return string(stamp.ExitAbandoned) + ", charged to " + string(s.offer("o1").Agent)
		}},
		ours: rule{"abandoned_at_whisper, charged to nobody", "the exit has a reason of its own, `in.abandoned` counts it, and the offer was accepted: `agt.missed_offers` doesn't", func(s story) string {
			charged := "nobody"
			if s.kpi("agt.missed_offers", "agent ann") != "0" || s.offer("o1").End != stamp.OfferAcceptedEnd {
				charged = "ann"
			}
			if n := s.kpi("in.abandoned", "queue care"); n != "1" {
				return "abandoned: " + n
			}
			return string(s.call("c1").Exit) + ", charged to " + charged
		}},
		proofs: []string{"call TestScripts"},
	}}
}
