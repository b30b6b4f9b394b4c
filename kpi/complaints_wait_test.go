package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

func waitComplaints() []complaint {
	return []complaint{{
		no: 31, source: "NethServer/dev#7049, a user",
		told:   "Conversation time begins with the entry into the queue.",
		theirs: rule{"180 s", "entry → over", func(s story) string { return s.between("c1 queue.entered", "c1 call.released") }},
		ours:   rule{"60 s", "`c.talk`: from sound both ways with the agent", func(s story) string { return s.kpi("c.talk", "queue care") }},
	}, {
		no: 32, source: "roramirez/qpanel#203, a user",
		told: "The average of one call of 1:49 is given as 0:49.",
		theirs: rule{"49 s", "as if the minutes were left out", func(s story) string {
			us := s.at("c1 segment.ended", 1).Sub(s.at("c1 segment.connected", 1).Instant)
			return inSeconds(us % minute)
		}},
		ours:   rule{"109 s", "the mean of `c.talk`; the calls behind a number are listed with it", func(s story) string { return s.mean("c.talk", "queue care") }},
		proofs: []string{"kpi TestNumbersStandOnTheirRecords", "store/postgres TestCallsBehindAddUpToTheFigure"},
	}, {
		no: 33, source: "asterisk app_queue, recalc_holdtime, the source",
		told: "The average hold time is no average: it is (3 × old + new) ÷ 4, in whole seconds, and begins at 0.",
		theirs: rule{"16 s", "(3 × old + new) ÷ 4 for each call", func(s story) string {
			old := int64(0)
			for _, x := range s.all("queue.exited") {
				old = (3*old + x.Fact.(stamp.QueueExited).WaitUS/second) / 4
			}
			return inSeconds(old * second)
		}},
		ours: rule{"20 s", "`in.asa`: Σ wait ÷ calls, both kept", func(s story) string { return s.kpi("in.asa", "queue care") }},
	}, {
		no: 34, source: "Amazon Connect, average speed of answer, the vendor",
		told: "The agent is charged with the announcement that is played after picking up.",
		theirs: rule{"14 s", "first entry → connected, the announcement in it", func(s story) string {
			return s.between("c1 queue.entered", "c1 segment.connected")
		}},
		ours: rule{"8 s", "`in.pickup`: first entry → the agent picked up; the rest is `c.connecting`", func(s story) string {
			return s.kpi("in.pickup", "queue care")
		}},
	}, {
		no: 35, source: "thevoiceguy/siphon-ai#331, fonoster/fonoster#884, RestComm/Restcomm-Connect#445, #2401, users",
		told:   "The duration of a call contains its ringing, and when it was answered is not in the record.",
		theirs: rule{"78 s", "INVITE → BYE", func(s story) string { return s.between("c1 leg.invite_sent", "c1 leg.ended") }},
		ours: rule{"60 s", "`c.talk`; the instants invited, ringing, answered, ended are in the leg's record", func(s story) string {
			l := s.leg("c1", 1)
			if l.InvitedAt == 0 || l.RingingAt == 0 || l.AnsweredAt == 0 || l.EndedAt == 0 {
				return "an instant is missing"
			}
			return s.kpi("c.talk", "agent ann")
		}},
	}, {
		no: 36, source: "2600hz/kazoo#5097, a change",
		told:   "The seconds of ringing are those before it rang.",
		theirs: rule{"3 s", "INVITE → 180", func(s story) string { return s.between("c1 leg.invite_sent", "c1 leg.ringing") }},
		ours: rule{"15 s", "180 → 200; INVITE → 180 is the delay before it", func(s story) string {
			l := s.leg("c1", 1)
			return inSeconds(l.AnsweredAt - l.RingingAt)
		}},
	}, {
		no: 37, source: "hnimminh/libresbc#221, a change; Star2Billing/a2billing#129, users",
		told:   "`billsec` is stored as the duration: the two are one number.",
		theirs: rule{"60 s", "duration = billsec = answered → BYE", func(s story) string { return s.between("c1 leg.answered", "c1 leg.ended") }},
		ours: rule{"78 s", "the call's length; `c.talk` is another number with its own definition", func(s story) string {
			return inSeconds(s.call("c1").LengthUS)
		}},
		proofs: []string{"kpi TestCatalogueHoldsEach"},
	}}
}
