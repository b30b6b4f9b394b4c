package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// ended selects the offers that ended in one of some ways.
func ended(ends ...stamp.OfferEnd) Filter {
	if len(ends) == 1 {
		return Filter{Record: OfOffers, At: "ended_at", Where: []Cond{{"end", OpEq, string(ends[0])}}}
	}
	var words []string
	for _, e := range ends {
		words = append(words, string(e))
	}
	return Filter{Record: OfOffers, At: "ended_at", Where: []Cond{{"end", OpIn, words}}}
}

// ends adds the counters of these ends.
func ends(all ...stamp.OfferEnd) (s Sum) {
	for _, e := range all {
		s = append(s, plus(MOfferEnd+Metric(e))...)
	}
	return s
}

func offers() []Def {
	accepted, timedOut, declined := ended(stamp.OfferAcceptedEnd), ended(stamp.OfferTimedOut), ended(stamp.OfferDeclined)
	failed := []stamp.OfferEnd{stamp.OfferUnreachable, stamp.OfferNoMicrophone, stamp.OfferICEFailed}
	decided := []stamp.OfferEnd{stamp.OfferAcceptedEnd, stamp.OfferDeclined, stamp.OfferTimedOut}
	return []Def{{
		ID: "agt.answer_time", Version: 1, Names: Names{"Thời gian nhấc máy của nhân viên", "座席應答時間", "Agent answer time"},
		Words:   "Mean time from an agent's ring to the agent's acceptance. Ringing begins when the browser says that it rings, else when the offer was made.",
		Symbols: "Σ (accepted − ring started) ÷ accepted", Unit: Seconds, Direction: Lower, Known: Measured, Dims: byAll(),
		Value: Expr{Num: plus(MAnswerUS), Den: plus(MOfferEnd + Metric(stamp.OfferAcceptedEnd))},
		Of:    accepted, Hit: accepted.sum("ring_us"),
	}, {
		ID: "agt.missed_offers", Version: 1, Names: Names{"Số lần nhân viên không nhấc máy", "座席漏接次數", "Missed offers"}, // declined ones apart
		Words:   "Offers that an agent let ring until the limit. A call offered to three agents and answered by the third is two missed offers and no missed call.",
		Symbols: "n(offer.ended, end = timed_out)", Unit: Count, Direction: Lower, Known: Measured, Dims: byAll(),
		Value: Expr{Num: plus(MOfferEnd + Metric(stamp.OfferTimedOut))}, Of: timedOut, Hit: timedOut,
	}, {
		ID: "agt.declined_offers", Version: 1, Names: Names{"Số lần nhân viên từ chối", "座席拒接次數", "Declined offers"},
		Words:   "Offers that an agent turned down.",
		Symbols: "n(offer.ended, end = declined)", Unit: Count, Direction: Lower, Known: Measured, Dims: byAll(),
		Value: Expr{Num: plus(MOfferEnd + Metric(stamp.OfferDeclined))}, Of: declined, Hit: declined,
	}, {
		ID: "agt.unreachable_offers", Version: 1, Names: Names{"Số lần không gọi được nhân viên", "座席無法連通次數", "Offers that did not reach the agent"},
		Words:   "Offers that failed for the page, its microphone or its network. They are nobody's missed offers.",
		Symbols: "n(offer.ended, end ∈ {unreachable, no_microphone, ice_failed})", Unit: Count, Direction: Lower, Known: Measured, Dims: byAll(),
		Value: Expr{Num: ends(failed...)}, Of: ended(failed...), Hit: ended(failed...),
	}, {
		ID: "agt.accept_rate", Version: 1, Names: Names{"Tỷ lệ nhân viên nhận cuộc gọi", "座席接聽率", "Offer acceptance rate"},
		Words:   "Offers accepted out of those that were the agent's to accept. One whose customer went, that another agent took, or that failed for technical reasons is not among them.",
		Symbols: "accepted ÷ (accepted + declined + timed_out)", Unit: Percent, Direction: Higher, Known: Derived, Dims: byAll(),
		Value: Expr{Num: ends(stamp.OfferAcceptedEnd), Den: ends(decided...)}, Of: ended(decided...), Hit: accepted,
	}}
}
