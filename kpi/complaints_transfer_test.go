package kpi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/kpi/stamp"
)

func transferComplaints() []complaint {
	return []complaint{{
		no: 1, source: "FreePBX/issue-tracker#124, a user",
		told: "An agent who hands the customer on after two minutes is booked the whole hour that follows: the queue's log never hears of the transfer.",
		theirs: rule{"3725 s", "connected → the customer hangs up", func(s story) string {
			return s.between("c1 segment.connected", "c1 call.released")
		}},
		ours: rule{"120 s", "`c.talk` of the agent: her own segment", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 2, source: "asterisk/asterisk#759, a user",
		told: "An attended transfer is written under the call of the consultation, with the wrong queue and agent.",
		theirs: rule{"bob of no queue", "agent and queue of the latest call, which is the consultation", func(s story) string {
			latest := s.at("c1 offer.created", -1).Fact.(stamp.OfferCreated)
			if latest.Queue == "" {
				return string(latest.Agent) + " of no queue"
			}
			return string(latest.Agent) + " of " + string(latest.Queue)
		}},
		ours: rule{"ann of care to bob", "the transfer's record: who gave the customer away, of which queue, to whom, into which segment; `transfer.out.attended` counts it for her, `transfer.in` for him", func(s story) string {
			out := s.figures("agent ann", Event, s.buckets()...)[MTransfersOut+stamp.Attended]
			in := s.figures("agent bob", Event, s.buckets()...)[MTransfersIn]
			for _, a := range s.call("c1").Asks {
				if a.Kind == stamp.Attended && a.End == AskCompleted && s.part("c1", int(a.Into)).Agent == "bob" && out == 1 && in == 1 {
					return string(a.Agent) + " of " + string(a.Queue) + " to " + a.Target.Name
				}
			}
			return fmt.Sprintf("%+v, %d out, %d in", s.call("c1").Asks, out, in)
		}},
	}, {
		no: 3, source: "QueueMetrics, \"Understanding transfers\", 2024-10-30, the vendor",
		told: "After a transfer the agent may still show as busy until the transferred call is over, by design.",
		theirs: rule{"1800 s", "busy from connected until the call is over", func(s story) string {
			return s.between("c1 segment.connected", "c1 call.released")
		}},
		ours: rule{"120 s", "state talking, which ends with the agent's leg", func(s story) string { return s.inState("ann", stamp.StateTalking) }},
	}, {
		no: 4, source: "asterisk/asterisk#607, a user",
		told: "An attended transfer resets `lastcall` to 0, and the wrap-up that is reckoned from it does not happen.",
		theirs: rule{"0 s", "what is left of lastcall + 10 s, lastcall being 0", func(s story) string {
			lastcall, wrapuptime := int64(0), 10*second
			return inSeconds(max(lastcall+wrapuptime-s.at("c1 segment.ended", 1).At, 0))
		}},
		ours: rule{"10 s", "`c.wrap`: a phase with a begin and an end of its own", func(s story) string { return s.kpi("c.wrap", "agent ann") }},
	}, {
		no: 5, source: "MicrosoftDocs/OfficeDocs-SkypeForBusiness#9540, a user",
		told:   "Transfers within the house come in as further calls, so that timelines and call counts are wrong.",
		theirs: rule{"2", "every entry into a queue is a call", func(s story) string { return number(len(s.all("queue.entered"))) }},
		ours: rule{"1", "`in.offered`: first entries; `transfer.out.blind` and `transfer.in` count the transfer", func(s story) string {
			out := s.figures("agent ann", Event, s.buckets()...)[MTransfersOut+stamp.Blind]
			in := s.figures("agent bob", Event, s.buckets()...)[MTransfersIn]
			if out != 1 || in != 1 {
				return fmt.Sprintf("%d out, %d in", out, in)
			}
			return s.kpi("in.offered", "org o1")
		}},
	}, {
		no: 6, source: "mikopbx/Core#741, #316, #307, users",
		told: "The record of a transferred queue call names an extension that never took part.",
		theirs: rule{"ann, bob, cid", "who was rung, and who was dialed last", func(s story) string {
			var names []string
			for _, x := range append(s.all("offer.created"), s.all("segment.opened")...) {
				switch fact := x.Fact.(type) {
				case stamp.OfferCreated:
					names = append(names, string(fact.Agent))
				case stamp.SegmentOpened:
					names = append(names, string(fact.Agent))
				}
			}
			slices.Sort(names)
			return strings.Join(slices.Compact(names), ", ")
		}},
		ours: rule{"bob, cid", "segments that were connected", func(s story) string {
			var names []string
			for _, g := range s.rec.Segments {
				if g.ConnectedAt != 0 {
					names = append(names, string(g.Agent))
				}
			}
			slices.Sort(names)
			return strings.Join(names, ", ")
		}},
	}, {
		no: 7, source: "CallScripter, \"Reconciling dialler reports\", the vendor",
		told: "A dialed call that was transferred is logged against the agent it began with, longer than that agent's time on it.",
		theirs: rule{"330 s", "connected → over, for the first agent", func(s story) string {
			return s.between("c1 segment.connected", "c1 call.released")
		}},
		ours: rule{"30 s", "`c.talk` of the first agent", func(s story) string { return s.kpi("c.talk", "agent ann") }},
	}, {
		no: 8, source: "callcentrevoice.com, topic 5804 (Avaya), users",
		told: "An agent who asks an expert is booked the same seconds twice: as hold, and as AUX.",
		theirs: rule{"80 s", "time on hold + time in a second call", func(s story) string {
			began, ended := s.at("c1 consult.started", 1), s.at("c1 consult.ended", 1)
			onHold, inAux := ended.Sub(began.Instant), ended.Sub(began.Instant)
			return inSeconds(onHold + inAux)
		}},
		ours: rule{"40 s", "`c.hold` + `c.consult`: one phase at a time; the agent's state stays talking, and all states add up to the login", func(s story) string {
			hold, consult := *s.over("c.hold", "agent ann", Event).Value, *s.over("c.consult", "agent ann", Event).Value
			if talking := s.inState("ann", stamp.StateTalking); talking != "210 s" {
				return "talking for " + talking
			}
			both := hold + consult
			return printed(&both) + " s"
		}},
	}, {
		no: 9, source: "forum.sggu.com, topic 1017 (Genesys), a user",
		told: "Handle time is not talk + hold + after-call work: dialing and more is inside, by a list that nobody has.",
		theirs: rule{"20 s", "unexplained: handle (dialing → wrap-up ended) − its parts", func(s story) string {
			g := s.part("c1", 1)
			handle := s.at("c1 wrap.ended", 1).Sub(s.at("c1 call.created", 1).Instant)
			return inSeconds(handle - g.TalkUS - g.HoldUS - g.WrapUS)
		}},
		ours: rule{"0 s", "unexplained: `c.aht` − (`c.talk` + `c.hold` + `c.consult` + `c.conference` + `c.wrap`)", func(s story) string {
			left := *s.over("c.aht", "agent ann", Event).Value
			for _, part := range []string{"c.talk", "c.hold", "c.consult", "c.conference", "c.wrap"} {
				left -= *s.over(part, "agent ann", Event).Value
			}
			return printed(&left) + " s"
		}},
	}, {
		no: 10, source: "amazon-connect/amazon-connect-streams#323, a user",
		told: "A call that is offered again after a miss gets a new time of queueing.",
		theirs: rule{"6 s", "latest offer → connected", func(s story) string {
			return inSeconds(s.at("c1 segment.connected", 1).Sub(s.at("c1 offer.created", -1).Instant))
		}},
		ours: rule{"31 s", "`in.asa`: first entry → connected", func(s story) string { return s.kpi("in.asa", "queue care") }},
	}, {
		no: 11, source: "prog-it/Asterisk-CDR-Viewer-Mod#141, a user",
		told: "A customer who is sent round the queue in a loop is shown as entering it at the moment of leaving.",
		theirs: rule{"0 s", "leaving − entering, entering being overwritten with leaving", func(s story) string {
			entered := s.at("c1 queue.entered", 1).Instant
			for _, exit := range s.all("c1 queue.exited") {
				entered = exit.Instant
			}
			return inSeconds(s.at("c1 queue.exited", -1).Sub(entered))
		}},
		ours: rule{"278 s", "`in.abandon_wait`: first entry → exit, over all rounds", func(s story) string { return s.kpi("in.abandon_wait", "queue soft") }},
	}, {
		no: 12, source: "MicrosoftDocs/OfficeDocs-SkypeForBusiness#9902, a user",
		told: "A caller who overflows or times out goes to the back of the next queue, and the wait begins anew.",
		theirs: rule{"30 s", "entry into the answering queue → connected", func(s story) string {
			return inSeconds(s.at("c1 segment.connected", 1).Sub(s.at("c1 queue.entered", -1).Instant))
		}},
		ours: rule{"150 s", "`in.asa`: first entry → connected", func(s story) string { return s.kpi("in.asa", "org o1") }},
	}}
}
