package kpi

import (
	"time"
)

// onDay counts what the queue "care" was offered on the local day of the story's
// first stamp, in a zone that lies hours east of UTC.
func (s story) onDay(east int) string {
	zone := time.FixedZone("", east*3600)
	buckets, err := Day(time.UnixMicro(s.stamps[0].At).In(zone))
	if err != nil {
		s.t.Fatal(err)
	}
	return number(int(s.figures("queue care", Event, buckets...)[MInOffered]))
}

// rated counts the story's answers that meet a condition.
func (s story) rated(is func(SurveyAnswer) bool) (n int) {
	for _, a := range s.rec.Answers {
		if is(a) {
			n++
		}
	}
	return n
}

func timeComplaints() []complaint {
	return []complaint{{
		no: 57, source: "Brightmetrics, \"Time synchronization\", VICIdial QUEUEMETRICS.txt, the vendors; amazon-connect/amazon-connect-streams#764, a user",
		told: "With clocks that differ, an agent answers before the call has entered the queue, and the times are corrupt.",
		theirs: rule{"-2 s", "wall clock at the connection − wall clock at the entry", func(s story) string {
			return inSeconds(s.at("c1 segment.connected", 1).At - s.at("c1 queue.entered", 1).At)
		}},
		ours:   rule{"3 s", "`in.asa`: measured by one monotonic clock", func(s story) string { return s.kpi("in.asa", "queue care") }},
		proofs: []string{"kpi TestStampThatCrossesAStep", "kpi/ledger TestSteps", "store/postgres TestBooksBalanceWhereTheClockSteps"},
	}, {
		no: 58, source: "Wazo, change log 26.02 and wazo-stat 2b9d2e5, the vendor; Genesys community, agent performance against interactions, a user",
		told:   "The day is the server's: days of 23 and 25 hours and calls about midnight come out wrong.",
		theirs: rule{"3", "offered on Monday as the server has it (UTC)", func(s story) string { return s.onDay(0) }},
		ours:   rule{"2", "`in.offered` on Monday in Hanoi: a day is a union of quarter hours in the reader's zone", func(s story) string { return s.onDay(7) }},
		proofs: []string{"kpi TestDayIsAUnionOfBuckets", "cmd/callstamp TestDaysOf23And25Hours"},
	}, {
		no: 59, source: "fusionpbx/fusionpbx#2704, goautodial/ce-v3-www#8, erxes/erxes#9053, changes and users",
		told: "Statistics mix tenants; the export has other columns than the screen; who may see a queue is logged, not enforced.",
		theirs: rule{"2", "missed calls of the queue \"care\", whosever it is", func(s story) string {
			n := 0
			for _, c := range s.rec.Calls {
				if c.Queue == "care" && c.Missed {
					n++
				}
			}
			return number(n)
		}},
		ours: rule{"1", "`in.missed` of the organisation, which is part of every key", func(s story) string { return s.kpi("in.missed", "org o1") }},
		proofs: []string{
			"store/postgres TestEveryTableNamesItsOrganisation", "api TestEveryRouteForEveryRole", "api TestAgentsSeeTheirOwnFigures",
			"cmd/callstamp TestCallsBehindAddUp", "cmd/callstamp TestReportIsWhatWasCounted",
		},
	}, {
		no: 60, source: "department-of-veterans-affairs/va.gov-team#87053, freescout-help-desk/freescout#2064, chatwoot/chatwoot#12261, users and a change",
		told: "Who gave no rating is in the denominator; good % − bad % goes by the name of CSAT; summary and series count differently.",
		theirs: rule{"40 %", "satisfied ÷ asked", func(s story) string {
			return inPercent(s.rated(func(a SurveyAnswer) bool { return a.Satisfied }), s.rated(func(a SurveyAnswer) bool { return a.AskedAt != 0 }))
		}},
		ours: rule{"66.667 %", "`v.csat`: satisfied ÷ valid answers, `v.response_rate` beside it", func(s story) string {
			if rate := s.kpi("v.response_rate", "queue care"); rate != "60 %" {
				return "response rate " + rate
			}
			return s.kpi("v.csat", "queue care")
		}},
	}}
}
