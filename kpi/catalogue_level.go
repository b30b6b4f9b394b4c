package kpi

// serviceLevels are the other forms of the service level, each by a name of its
// own. in.sl_off(T) is the one that pages show.
func serviceLevels() []Def {
	fate := func(services ...Service) Filter {
		var words []string
		for _, s := range services {
			words = append(words, string(s))
		}
		return inbound("fate_at", Cond{"service", OpIn, words})
	}
	within := fate(AnsweredWithin)
	def := func(id string, n Names, words, symbols string, value Expr, of, hit Filter) Def {
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Percent, Direction: Higher,
			Known: Derived, Dims: byQueue(), Value: value, Of: of, Hit: hit,
		}
	}
	given := plus(MInConnected, MInAbandoned, MInAbandonedSoon)
	return []Def{
		def("in.sl_ans(T)", Names{"Mức phục vụ (T), trên cuộc đã trả lời", "服務水準 (T)，佔已接", "Service level (T) of answered"},
			"Calls connected within T out of those connected: what Asterisk calls service level. Who gave up is not in it.",
			"n(connected, wait ≤ T) ÷ connected", Expr{Num: plus(MInWithin), Den: plus(MInConnected)}, connected(), within),
		def("in.sl_all(T)", Names{"Mức phục vụ (T), trên cuộc trả lời và bỏ", "服務水準 (T)，佔已接及放棄", "Service level (T) of answered and abandoned"},
			"Calls connected within T out of those connected or given up, short abandons not excepted.",
			"n(connected, wait ≤ T) ÷ (connected + given up)", Expr{Num: plus(MInWithin), Den: given},
			fate(AnsweredWithin, AnsweredLate, GoneWithin, GoneLate), within),
		def("in.sl_exin(T)", Names{"Mức phục vụ (T), không tính bỏ trong T", "服務水準 (T)，不計 T 內放棄", "Service level (T) without those gone within"},
			"Calls connected within T out of those connected or given up later than T: who gave up within T is left out.",
			"n(connected, wait ≤ T) ÷ (connected + n(given up, wait > T))",
			Expr{Num: plus(MInWithin), Den: given.minus(MInGoneWithin)},
			fate(AnsweredWithin, AnsweredLate, GoneLate), within),
		def("in.sl_credit(T)", Names{"Mức phục vụ (T), tính cả bỏ trong T", "服務水準 (T)，計入 T 內放棄", "Service level (T) with credit"},
			"Calls that were connected or given up within T, out of all offered: who gave up within T counts as served. Others print this by default.",
			"n(connected or given up, wait ≤ T) ÷ offered", Expr{Num: plus(MInWithin, MInGoneWithin), Den: plus(MInOffered)},
			inbound("entered_at"), fate(AnsweredWithin, GoneWithin)),
	}
}
