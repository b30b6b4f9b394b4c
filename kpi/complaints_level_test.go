package kpi

import (
	"math"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// exits counts the story's exits from queues that meet a condition.
func (s story) exits(is func(stamp.QueueExited) bool) (n int) {
	for _, x := range s.all("queue.exited") {
		if is(x.Fact.(stamp.QueueExited)) {
			n++
		}
	}
	return n
}

func levelComplaints() []complaint {
	return []complaint{{
		no: 13, source: "Amazon Connect, metrics definitions, the vendor",
		told: "Service level counts whoever left the queue within the limit as served: those who gave up too.",
		theirs: rule{"66.667 %", "out of the queue within 20 s ÷ all", func(s story) string {
			return inPercent(s.exits(func(x stamp.QueueExited) bool { return x.WaitUS <= 20*second }), len(s.all("queue.exited")))
		}},
		ours: rule{"33.333 %", "`in.sl_off(T)`: connected within 20 s ÷ (offered − short)", func(s story) string { return s.kpi("in.sl_off(T)", "queue care") }},
	}, {
		no: 14, source: "goautodial, goGetSLAPercentage, the source",
		told: "`sum(queue_seconds<=20)/count(*)` is labelled \"answered within 20 s\", with those who gave up and those who came after hours in it.",
		theirs: rule{"75 %", "sum(queue_seconds ≤ 20) ÷ count(*)", func(s story) string {
			return inPercent(s.exits(func(x stamp.QueueExited) bool { return x.WaitUS <= 20*second }), len(s.rec.Calls))
		}},
		ours: rule{"25 %", "`in.sl_off(T)`: only who was connected is in the numerator", func(s story) string { return s.kpi("in.sl_off(T)", "queue care") }},
	}, {
		no: 15, source: "callcentrehelper.com, service level calculations",
		told:   "Five formulas go by the name of service level; the same day is 83, 86, 81 or 83 %.",
		theirs: rule{by: "one name for all"},
		ours:   rule{by: "`in.sl_off(T)` says in its name what it divides by, and is held against the published day"},
		proofs: []string{"kpi TestPublishedVectors"},
	}, {
		no: 16, source: "community.genesys.com, \"Service level calculation and definition\" 2018, \"SL and abandon formula\" 2025, users",
		told:   "What is this threshold? The formula on the help page is not the product's.",
		theirs: rule{by: "a help page apart from the number"},
		ours:   rule{by: "the formula travels with the number, and page and number are made of one definition"},
		proofs: []string{"kpi TestPageIsFresh", "kpi TestNumbersStandOnTheirRecords", "cmd/callstamp TestKPIList"},
	}, {
		no: 17, source: "Genesys Cloud, \"Configure the service level calculation\", the vendor",
		told:   "Switches of the formula act backwards: reports that were sent differ from the view of today.",
		theirs: rule{by: "one formula for all times, whatever it is today"},
		ours:   rule{by: "each value carries the version of its definition; the limit that a queue had is stamped with the call"},
		proofs: []string{"kpi TestTargetIsThatOfTheEntry", "kpi TestValuesNameTheirDefinition"},
	}, {
		no: 18, source: "Swyx VisualGroups 1.90, manual, the vendor",
		told: "Service level is 100 % when nobody called.",
		theirs: rule{"100 %", "100 − late ÷ offered, of nothing", func(s story) string {
			late, offered := 0, len(s.all("queue.entered"))
			left := 100 - 100*float64(late)/math.Max(float64(offered), 1)
			return printed(&left) + " %"
		}},
		ours: rule{"no value", "`in.sl_off(T)`: nothing to divide by is no value", func(s story) string { return s.kpi("in.sl_off(T)", "org o1") }},
	}}
}
