package kpi

import (
	"bytes"
	"fmt"
	"math"
	"strings"

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

// publishedDay is the day of callcentrehelper.com: 1000 answered, 860 of them
// within 20 s; 60 give up, 10 within 5 s, 10 more within 20 s, 40 later.
func publishedDay() []stamp.Stamp {
	d, n := newDiary(), 0
	call := func(wait int64, reason stamp.ExitReason) {
		n++
		at := int64(n) * 3 * second
		sub := stamp.Subject{Kind: stamp.SubjectCall, ID: stamp.ID(fmt.Sprintf("c%04d", n))}
		d.tell(at, 0, sub, stamp.PhaseArriving, stamp.CallCreated{Direction: stamp.In, Trunk: "t1"})
		d.tell(at, 0, sub, stamp.PhaseWaiting, stamp.QueueEntered{Entry: 1, Queue: "care", First: true})
		at += wait
		if reason == stamp.ExitConnected {
			d.tell(at, 0, sub, stamp.PhaseConnecting, stamp.SegmentOpened{Segment: 1, Agent: "ann", Queue: "care"})
		}
		d.tell(at, 0, sub, "", stamp.QueueExited{Entry: 1, Queue: "care", Reason: reason, WaitUS: wait})
		if reason == stamp.ExitConnected {
			d.tell(at, 0, sub, stamp.PhaseTalking, stamp.SegmentConnected{Segment: 1, Agent: "ann", WaitUS: wait})
			at += minute
			d.tell(at, 0, sub, "", stamp.SegmentEnded{Segment: 1, Agent: "ann", By: stamp.Customer, Connected: true})
		}
		d.tell(at, 0, sub, stamp.PhaseOver, stamp.CallReleased{EndedBy: stamp.Customer})
		d.tell(at, 0, sub, stamp.PhaseClosed, stamp.CallClosed{})
	}
	for _, some := range []struct {
		calls  int
		wait   int64
		reason stamp.ExitReason
	}{
		{860, 10 * second, stamp.ExitConnected}, {140, 45 * second, stamp.ExitConnected},
		{10, 4 * second, stamp.ExitAbandonedShort}, {10, 15 * second, stamp.ExitAbandoned}, {40, 60 * second, stamp.ExitAbandoned},
	} {
		for range some.calls {
			call(some.wait, some.reason)
		}
	}
	return d.journal()
}

func levelComplaints() []complaint {
	return []complaint{{
		no: 13, source: "Amazon Connect, metrics definitions, the vendor",
		told: "Service level counts whoever left the queue within the limit as served: who gave up and who asked to be called back, too.",
		theirs: rule{"75 %", "out of the queue within 20 s ÷ all", func(s story) string {
			return inPercent(s.exits(func(x stamp.QueueExited) bool { return x.WaitUS <= 20*second }), len(s.all("queue.exited")))
		}},
		ours: rule{"25 %", "`in.sl_off(T)`: connected within 20 s ÷ (offered − short)", func(s story) string { return s.kpi("in.sl_off(T)", "queue care") }},
	}, {
		no: 14, source: "goautodial, goGetSLAPercentage, the source",
		told: "`sum(queue_seconds<=20)/count(*)` is labelled \"answered within 20 s\", with those who gave up and those who came after hours in it.",
		theirs: rule{"75 %", "sum(queue_seconds ≤ 20) ÷ count(*)", func(s story) string {
			return inPercent(s.exits(func(x stamp.QueueExited) bool { return x.WaitUS <= 20*second }), len(s.rec.Calls))
		}},
		ours: rule{"25 %", "`in.sl_off(T)`: only who was connected is in the numerator", func(s story) string { return s.kpi("in.sl_off(T)", "queue care") }},
	}, {
		no: 15, source: "callcentrehelper.com, service level calculations",
		told: "Five formulas go by the name of service level; the same day is 83, 86, 81 or 83 %.",
		day:  publishedDay,
		theirs: rule{"83.019, 86, 81.132 or 82.692 %", "one name for all: of offered with who gave up in time, of answered, of answered and given up, of those without who gave up in time", func(s story) string {
			in := func(r stamp.ExitReason, within bool) int {
				return s.exits(func(x stamp.QueueExited) bool {
					return (x.Reason == stamp.ExitConnected) == (r == stamp.ExitConnected) && (!within || x.WaitUS <= 20*second)
				})
			}
			answered, inTime := in(stamp.ExitConnected, false), in(stamp.ExitConnected, true)
			gone, goneInTime := in(stamp.ExitAbandoned, false), in(stamp.ExitAbandoned, true)
			level := func(part, whole int) string { return strings.TrimSuffix(inPercent(part, whole), " %") }
			return level(inTime+goneInTime, answered+gone) + ", " + level(inTime, answered) + ", " +
				level(inTime, answered+gone) + " or " + inPercent(inTime, answered+gone-goneInTime)
		}},
		ours: rule{"81.905 %", "`in.sl_off(T)`; the four others have ids of their own, `in.sl_credit(T)`, `in.sl_ans(T)`, `in.sl_all(T)`, `in.sl_exin(T)`, and come to the four", func(s story) string {
			var others []string
			for _, form := range []string{"credit", "ans", "all", "exin"} {
				others = append(others, s.kpi("in.sl_"+form+"(T)", "queue care"))
			}
			if all := strings.Join(others, ", "); all != "83.019 %, 86 %, 81.132 %, 82.692 %" {
				return all
			}
			return s.kpi("in.sl_off(T)", "queue care")
		}},
		proofs: []string{"kpi TestPublishedVectors"},
	}, {
		no: 16, source: "community.genesys.com, \"Service level calculation and definition\" 2018, \"SL and abandon formula\" 2025, users",
		told: "What is this threshold? The formula on the help page is not the product's.",
		theirs: rule{"100 %", "the help page's: (offered − over the limit) ÷ offered", func(s story) string {
			over := s.exits(func(x stamp.QueueExited) bool { return x.WaitUS > 20*second })
			offered := len(s.all("queue.entered"))
			return inPercent(offered-over, offered)
		}},
		ours: rule{"50 %", "`in.sl_off(T)`, and its records counted by the formula printed with it; page, number and records are made of one definition", func(s story) string {
			d, _ := Find("in.sl_off(T)")
			all, hit, of := tables(s.t, s.rec), 0, 0
			for _, b := range s.buckets() {
				hit += len(selected(all, d.Hit, b, Event, Dim{DimQueue, "care"}))
				of += len(selected(all, d.Of, b, Event, Dim{DimQueue, "care"}))
			}
			if number := s.kpi(d.ID, "queue care"); number != inPercent(hit, of) || !bytes.Contains(Page(), []byte(d.Symbols)) {
				return number + ", by the printed formula " + inPercent(hit, of)
			}
			return inPercent(hit, of)
		}},
		proofs: []string{"kpi TestPageIsFresh", "kpi TestNumbersStandOnTheirRecords", "cmd/callstamp TestKPIList"},
	}, {
		no: 17, source: "Genesys Cloud, \"Configure the service level calculation\", the vendor",
		told: "Switches of the formula act backwards: reports that were sent differ from the view of today.",
		theirs: rule{"100 %", "connected within the limit that the queue has now ÷ offered", func(s story) string {
			now := s.at("queue.entered", -1).Fact.(stamp.QueueEntered).TargetUS
			within := s.exits(func(x stamp.QueueExited) bool { return x.Reason == stamp.ExitConnected && x.WaitUS <= now })
			return inPercent(within, len(s.all("queue.entered")))
		}},
		ours: rule{"50 %", "`in.sl_off(T)`: T is the limit that the queue had when the call entered, stamped with it; the value carries the version of its definition", func(s story) string {
			return s.kpi("in.sl_off(T)", "queue care")
		}},
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
