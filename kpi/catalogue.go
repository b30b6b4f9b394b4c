package kpi

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Catalogue returns every KPI, in the order in which pages list them.
func Catalogue() []Def {
	return slices.Concat(inboundCounts(), inboundRates(), serviceLevels(), inboundWaits(), outbound(), offers(), handling(), voice())
}

// Find returns the KPI with that id.
func Find(id string) (Def, bool) {
	for _, d := range Catalogue() {
		if d.ID == id {
			return d, true
		}
	}
	return Def{}, false
}

// Behind returns the filter of the records that make up a KPI's numerator.
func Behind(id string) (Filter, bool) {
	d, ok := Find(id)
	return d.Hit, ok
}

func byQueue() []DimKind    { return []DimKind{DimOrg, DimQueue} }
func byAgent() []DimKind    { return []DimKind{DimOrg, DimQueue, DimAgent} }
func byCampaign() []DimKind { return []DimKind{DimOrg, DimCampaign} }
func byAll() []DimKind      { return []DimKind{DimOrg, DimQueue, DimAgent, DimCampaign} }

// inbound selects inbound calls that the instant at exists of.
func inbound(at string, more ...Cond) Filter {
	where := append([]Cond{{"direction", OpEq, string(stamp.In)}}, more...)
	return Filter{Record: OfCalls, Where: where, At: at}
}

func (f Filter) sum(field string) Filter {
	f.Sum = field
	return f
}

// offered are the calls of the usual denominator: offered − short.
func offered() Filter {
	return inbound("entered_at", Cond{"exit", OpNot, string(stamp.ExitAbandonedShort)})
}

func connected() Filter { return inbound("connected_at", Cond{"entered_at", OpNot, int64(0)}) }

// abandoned are the calls given up in the queue after the short limit.
func abandoned() Filter {
	return inbound("exited_at",
		Cond{"connected_at", OpEq, int64(0)},
		Cond{"exit", OpIn, []string{
			string(stamp.ExitAbandoned), string(stamp.ExitAbandonedAtOffer), string(stamp.ExitAbandonedAtWhisper),
		}})
}

func missed() Filter { return inbound("released_at", Cond{"missed", OpEq, true}) }

func inboundCounts() []Def {
	def := func(id string, n Names, better Better, words, symbols string, dims []DimKind, m Metric, of Filter) Def {
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Count, Direction: better,
			Known: Measured, Dims: dims, Value: Expr{Num: plus(m)}, Of: of, Hit: of,
		}
	}
	return []Def{
		def("in.offered", Names{"Số cuộc gọi vào hàng đợi", "進線數", "Calls offered"}, Neither,
			"Inbound calls at their first entry into a queue.",
			"n(first entry)", byQueue(), MInOffered, inbound("entered_at")),
		def("in.connected", Names{"Số cuộc gọi được trả lời", "已接電話數", "Calls connected"}, Higher,
			"Inbound calls at the first instant with sound both ways between customer and agent; counted in the queue of their first entry.",
			"n(first segment.connected)", byAgent(), MInConnected, connected()),
		def("in.abandoned", Names{"Số cuộc gọi bỏ giữa chừng", "放棄數", "Calls abandoned"}, Lower,
			"Offered calls whose customer left the queue, waiting, while an agent was rung or before the agent who had picked up was heard, not sooner than the queue's short limit.",
			"n(exit ∈ {abandoned, abandoned_at_offer, abandoned_at_whisper}, never connected)", byQueue(), MInAbandoned, abandoned()),
		def("in.abandoned_short", Names{"Số cuộc gọi bỏ sớm", "短放棄數", "Short abandons"}, Neither,
			"Offered calls whose customer left sooner than the queue's short limit.",
			"n(exit = abandoned_short, never connected)", byQueue(), MInAbandonedSoon,
			inbound("exited_at", Cond{"connected_at", OpEq, int64(0)}, Cond{"exit", OpEq, string(stamp.ExitAbandonedShort)})),
		def("in.missed", Names{"Số cuộc gọi bị nhỡ", "未接來電數", "Missed calls"}, Lower,
			"Offered calls that are over and never reached an agent, short abandons apart. The customer's view: offers that an agent let ring are agt.missed_offers.",
			"offered − connected − short, of calls that are over", byQueue(), MInMissed, missed()),
	}
}

func inboundRates() []Def {
	denominator := plus(MInOffered).minus(MInAbandonedSoon)
	def := func(id string, n Names, better Better, words, symbols string, m Metric, hit Filter) Def {
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Percent, Direction: better,
			Known: Derived, Dims: byQueue(), Value: Expr{Num: plus(m), Den: denominator}, Of: offered(), Hit: hit,
		}
	}
	return []Def{
		def("in.missed_rate", Names{"Tỷ lệ cuộc gọi bị nhỡ", "未接率", "Missed-call rate"}, Lower,
			"Missed calls out of those offered, short abandons apart.",
			"missed ÷ (offered − short)", MInMissed, missed()),
		def("in.abandon_rate", Names{"Tỷ lệ bỏ cuộc gọi", "放棄率", "Abandon rate"}, Lower,
			"Abandoned calls out of those offered, short abandons apart.",
			"abandoned ÷ (offered − short)", MInAbandoned, abandoned()),
		def("in.sl_off(T)", Names{"Mức phục vụ (T)", "服務水準 (T)", "Service level (T)"}, Higher,
			"Calls connected within T out of those offered, short abandons apart. T is the limit that the queue had when the call entered; a wait of exactly T is within.",
			"n(connected, wait ≤ T) ÷ (offered − short)", MInWithin,
			inbound("connected_at", Cond{"within", OpEq, true})),
	}
}

func inboundWaits() []Def {
	wait := connected().sum("wait_us")
	mean := Expr{Num: plus(MInWaitUS), Den: plus(MInConnected)}
	gone := abandoned()
	return []Def{{
		ID: "in.wait", Version: 1, Names: Names{"Thời gian khách chờ", "客戶等待時間", "Customer wait time"},
		Words:   "Time from a call's first entry into a queue to sound both ways with an agent, summed over connected calls; credited whole at the connection.",
		Symbols: "Σ (connected − first entry)", Unit: Seconds, Direction: Lower, Known: Measured, Dims: byAgent(),
		Value: Expr{Num: plus(MInWaitUS)}, Mean: mean, Of: wait, Hit: wait,
	}, {
		ID: "in.asa", Version: 1, Names: Names{"Thời gian chờ trả lời trung bình", "平均等待接聽時間", "Average speed of answer"},
		Words:   "Mean wait of the connected calls.",
		Symbols: "Σ in.wait ÷ in.connected", Unit: Seconds, Direction: Lower, Known: Derived, Dims: byAgent(),
		Value: mean, Of: connected(), Hit: wait,
	}, {
		ID: "in.pickup", Version: 1, Names: Names{"Thời gian chờ nhân viên nhấc máy", "等待座席接起時間", "Wait until picked up"},
		Words:   "Mean time from first entry until the agent who was then connected picked up. What comes between picking up and sound both ways, an announcement too, is c.connecting; in.asa is both.",
		Symbols: "Σ (segment opened − first entry) ÷ in.connected", Unit: Seconds, Direction: Lower, Known: Measured, Dims: byAgent(),
		Value: Expr{Num: plus(MInPickupUS), Den: plus(MInConnected)}, Of: connected(), Hit: connected().sum("pickup_us"),
	}, {
		ID: "in.abandon_wait", Version: 1, Names: Names{"Thời gian chờ trước khi bỏ", "放棄前等待時間", "Wait before abandoning"},
		Words:   "Mean time from first entry to exit of the abandoned calls, short ones apart.",
		Symbols: "Σ (exit − first entry) ÷ abandoned", Unit: Seconds, Direction: Lower, Known: Measured, Dims: byQueue(),
		Value: Expr{Num: plus(MInAbandonedUS), Den: plus(MInAbandoned)}, Of: gone, Hit: gone.sum("wait_us"),
	}, {
		ID: "in.longest_waiting_now", Version: 1, Names: Names{"Chờ lâu nhất hiện tại", "目前最長等待", "Longest waiting now"},
		Words:   "Age of the oldest first entry among the calls that stand in a queue at this moment.",
		Symbols: "max (now − first entry)", Unit: Seconds, Direction: Lower, Known: Measured, Dims: byQueue(),
		Of: waiting(), Hit: waiting(),
	}}
}

// waiting selects the calls that stand in a queue now.
func waiting() Filter {
	return inbound("", Cond{"released_at", OpEq, int64(0)}, Cond{"entered_at", OpNot, int64(0)}, Cond{"exited_at", OpEq, int64(0)})
}
