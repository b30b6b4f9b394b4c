package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

func outbound() []Def {
	attempts := Filter{
		Record: OfLegs, At: "invited_at",
		Where: []Cond{{"direction", OpEq, string(stamp.Out)}, {"leg", OpEq, int64(stamp.CustomerLeg)}},
	}
	human := Filter{Record: OfAttempts, At: "human_at"}
	met := Filter{Record: OfAttempts, At: "connected_at"}
	return []Def{{
		ID: "out.attempts", Version: 1, Names: Names{"Số cuộc gọi đi", "電話呼出量", "Outbound attempts"},
		Words:   "Outbound calls whose INVITE was sent; a call that tries a second route counts once.",
		Symbols: "n(first leg.invite_sent, out)", Unit: Count, Direction: Neither, Known: Measured, Dims: byCampaign(),
		Value: Expr{Num: plus(MOutAttempts)}, Of: attempts, Hit: attempts,
	}, {
		ID: "out.connected_human", Version: 1, Names: Names{"Số cuộc gọi đi gặp khách", "外撥接通真人數", "Humans reached"},
		Words:   "Outbound calls answered by a person who then had sound both ways with an agent.",
		Symbols: "n(dial.human ∧ segment.connected)", Unit: Count, Direction: Higher, Known: Measured,
		Dims:  []DimKind{DimOrg, DimAgent, DimCampaign},
		Value: Expr{Num: plus(MOutConnected)}, Of: met, Hit: met,
	}, {
		ID: "out.answer_rate", Version: 1, Names: Names{"Tỷ lệ khách nhấc máy", "外撥接聽率", "Answer rate"},
		Words:   "Attempts answered by a person, with or without an agent, out of all attempts.",
		Symbols: "human ÷ attempts", Unit: Percent, Direction: Higher, Known: Derived, Dims: byCampaign(),
		Value: Expr{Num: plus(MOutHuman), Den: plus(MOutAttempts)}, Of: attempts, Hit: human,
	}}
}

func handling() []Def {
	handled := Filter{Record: OfSegments, At: "handled_at"}
	def := func(id string, n Names, words, symbols string, us, whole Metric, of Filter) Def {
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Seconds, Direction: Neither, Known: Measured,
			Dims: byAll(), Value: Expr{Num: plus(us)}, Mean: Expr{Num: plus(whole), Den: plus(MHandled)}, Of: of, Hit: of,
		}
	}
	ended := Filter{Record: OfSegments, At: "ended_at"}
	wrapped := Filter{Record: OfSegments, At: "wrap_ended_at"}
	return []Def{
		def("c.connecting", Names{"Thời gian kết nối sau khi nhấc máy", "接起後接通時長", "Connecting time"},
			"Time from an agent's picking up, or a dialed customer's, to sound both ways. The mean is per handled segment.",
			"Σ phase connecting", MConnectingUS, MHandledConnectingUS, ended.sum("connecting_us")),
		def("c.talk", Names{"Thời gian đàm thoại", "通話時長", "Talk time"},
			"Time with sound both ways and nobody on hold, between segment.connected and segment.ended; mute is talk, hold and gaps are not, nor what follows the last packet of a customer whose silence ended the call. The mean is per handled segment.",
			"Σ phase talking", MTalkUS, MHandledTalkUS, ended.sum("talk_us")),
		def("c.hold", Names{"Thời gian giữ máy", "保留時長", "Hold time"},
			"Time in which either side held the other. The mean is per handled segment, held or not.",
			"Σ phase held", MHoldUS, MHandledHoldUS, ended.sum("hold_us")),
		def("c.consult", Names{"Thời gian tham vấn", "諮詢時長", "Consultation time"},
			"Time in which the agent spoke with a third party while the customer heard music, or was the one who was asked. The mean is per handled segment.",
			"Σ phase consulting", MConsultUS, MHandledConsultUS, ended.sum("consult_us")),
		def("c.conference", Names{"Thời gian đàm thoại ba bên", "三方通話時長", "Conference time"},
			"Time in which customer, agent and a third party heard each other. The mean is per handled segment.",
			"Σ phase conferencing", MConferenceUS, MHandledConferenceUS, ended.sum("conference_us")),
		def("c.wrap", Names{"Thời gian xử lý sau cuộc gọi", "後續處理時長", "Wrap-up time"},
			"After-call work, from wrap.started to wrap.ended. The mean is per handled segment.",
			"Σ (wrap ended − wrap started)", MWrapUS, MHandledWrapUS, wrapped.sum("wrap_us")),
		{
			ID: "c.aht", Version: 1, Names: Names{"Thời gian xử lý trung bình", "平均處理時間", "Average handle time"},
			Words:   "Mean of talk, hold, consultation, conference and wrap-up per handled segment: one that was connected and of which nothing is left to do. A gap in which the agent's page was lost is not counted.",
			Symbols: "Σ (talk + hold + consult + conference + wrap) ÷ handled", Unit: Seconds, Direction: Neither, Known: Derived, Dims: byAll(),
			Value: Expr{Num: plus(MHandledTalkUS, MHandledHoldUS, MHandledConsultUS, MHandledConferenceUS, MHandledWrapUS), Den: plus(MHandled)},
			Of:    handled, Hit: handled,
		},
	}
}
