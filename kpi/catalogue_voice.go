package kpi

import (
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// voice is what customers say. Surveys and questions each have their account:
// offered = responded + the ends without an answer + not ended, and of each
// question asked = valid + the same.
func voice() []Def { return slices.Concat(surveys(), scores()) }

func surveys() []Def {
	run := func(at string, where ...Cond) Filter { return Filter{Record: OfSurveys, At: at, Where: where} }
	count := func(id string, n Names, better Better, known Known, words, symbols string, of Filter, m ...Metric) Def {
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Count, Direction: better, Known: known, Dims: byAll(),
			Value: Expr{Num: plus(m...)}, Of: of, Hit: of,
		}
	}
	silent := func(id string, n Names, end, words string) Def {
		return count(id, n, Lower, Measured, words, "n(survey.ended, end = "+end+", no valid answer)",
			run("ended_at", Cond{"silent", OpEq, end}), MSilent+Metric(end))
	}
	offered, asked, responded := run("offered_at"), run("asked_at"), run("responded_at")
	return []Def{
		count("v.suppressed", Names{"Số khảo sát không mời", "未邀請的問卷數", "Surveys not offered"}, Neither, Measured,
			"Surveys that were due after an agent's part and were not offered: switched off, outside of the share, the customer asked not long ago, too new or unwilling, or nobody could say so in time.",
			"n(survey.suppressed)", run("due_at", Cond{"suppressed", OpNot, ""}), suppressed()...),
		count("v.offered", Names{"Số khảo sát đã mời", "已邀請的問卷數", "Surveys offered"}, Neither, Measured,
			"Surveys that began: the agent had gone and the customer was still there.", "n(survey.offered)", offered, MSurveyOffered),
		silent("v.declined", Names{"Số khách từ chối khảo sát", "拒絕問卷客戶數", "Customers who declined"}, "declined",
			"Surveys whose customer, asked for permission, said no."),
		{
			ID: "v.asked", Version: 2, Names: Names{"Số khách được hỏi", "已詢問客戶數", "Customers asked"},
			Words:   "Surveys whose first question began to play.",
			Symbols: "n(first survey.asked)", Unit: Count, Direction: Neither, Known: Measured, Dims: byAll(),
			Value: Expr{Num: plus(MAsked)}, Of: asked, Hit: asked,
		}, {
			ID: "v.responded", Version: 2, Names: Names{"Số khách trả lời", "已回覆客戶數", "Customers who responded"},
			Words:   "Surveys with at least one valid answer.",
			Symbols: "n(first survey.responded)", Unit: Count, Direction: Higher, Known: Answered, Dims: byAll(),
			Value: Expr{Num: plus(MResponded)}, Of: responded, Hit: responded,
		},
		silent("v.invalid", Names{"Số khách bấm sai", "按鍵無效客戶數", "Customers with invalid keys only"}, "invalid",
			"Surveys that ended after keys that are no answer, without any valid one."),
		silent("v.no_input", Names{"Số khách không bấm phím", "未按鍵客戶數", "Customers without a key"}, "no_input",
			"Surveys that ended because no key came, without any valid one."),
		silent("v.hung_up", Names{"Số khách gác máy khi khảo sát", "問卷中掛斷客戶數", "Customers who hung up"}, "hung_up",
			"Surveys in which the customer hung up before any valid answer."),
		silent("v.failed", Names{"Số khảo sát lỗi", "問卷故障數", "Surveys that failed"}, "failed",
			"Surveys that a fault of ours or the end of the node cut off before any valid answer."),
		{
			ID: "v.response_rate", Version: 2, Names: Names{"Tỷ lệ phản hồi khảo sát", "問卷回覆率", "Response rate"},
			Words:   "Surveys with a valid answer out of those whose first question was put.",
			Symbols: "responded ÷ asked", Unit: Percent, Direction: Higher, Known: Derived, Dims: byAll(), Interval: Wilson,
			Value: Expr{Num: plus(MResponded), Den: plus(MAsked)}, Of: asked, Hit: responded,
		},
	}
}

func suppressed() []Metric {
	var all []Metric
	for _, reason := range []stamp.Suppressed{
		stamp.SuppressedOff, stamp.SuppressedShare, stamp.SuppressedSpacing, stamp.SuppressedNewCustomer, stamp.SuppressedOptOut, stamp.SuppressedStoreAway,
	} {
		all = append(all, MSuppressed+Metric(reason))
	}
	return all
}

// answers selects the questions of a type.
func answers(kind, at string, more ...Cond) Filter {
	return Filter{Record: OfAnswers, At: at, Where: append([]Cond{{"type", OpEq, kind}}, more...)}
}

func scores() []Def {
	isGood := Cond{"class", OpEq, string(stamp.AnswerGood)}
	share := func(id, kind string, n Names, words string) Def {
		k := Metric(kind)
		return Def{
			ID: id, Version: 1, Names: n, Words: words + " Which answers count as good is the question's; invalid keys and silence are no answers.",
			Symbols: "n(good) ÷ n(valid answers)", Unit: Percent, Direction: Higher, Known: Answered, Dims: byAll(), Interval: Wilson,
			Value: Expr{Num: plus(MGood + k), Den: plus(MValid + k)}, Of: answers(kind, "responded_at"), Hit: answers(kind, "responded_at", isGood),
		}
	}
	mean := func(id, kind string, n Names, words string) Def {
		k := Metric(kind)
		return Def{
			ID: id, Version: 1, Names: n, Words: words + " An answer on another scale is brought to five.",
			Symbols: "Σ (5 · value ÷ scale) ÷ n(valid answers)", Unit: OfFive, Direction: Higher, Known: Answered, Dims: byAll(),
			Value: Expr{Num: plus(MPoints + k), Den: plus(MValid + k)}, Of: answers(kind, "responded_at"), Hit: answers(kind, "responded_at").sum("points"),
		}
	}
	list := []Def{{
		ID: "v.csat", Version: 2, Names: Names{"Mức độ hài lòng của khách hàng (CSAT)", "客戶滿意度 (CSAT)", "Customer satisfaction (CSAT)"},
		Words:   "Good answers to questions of type csat out of their valid answers: the upper two of five, unless the question says otherwise. Invalid keys and silence are no answers.",
		Symbols: "n(good) ÷ n(valid answers)", Unit: Percent, Direction: Higher, Known: Answered, Dims: byAll(), Interval: Wilson,
		Value: Expr{Num: plus(MSatisfied), Den: plus(MCSAT)}, Of: answers(csat, "responded_at"), Hit: answers(csat, "responded_at", isGood),
	},
		mean("v.csat_mean", csat, Names{"Điểm hài lòng trung bình", "平均滿意度分數", "Mean satisfaction"}, "Mean answer to questions of type csat."),
		share("v.resolved", "resolved", Names{"Tỷ lệ khách nói đã được giải quyết", "客戶認為已解決率", "Resolved, says the customer"}, "Customers who said that their matter is settled."),
		share("v.expectation", "expectation", Names{"Tỷ lệ đáp ứng kỳ vọng", "期望達成率", "Expectation met"}, "Customers whose expectation was met or surpassed."),
		share("v.attitude", "attitude", Names{"Thái độ phục vụ", "服務態度", "Service attitude"}, "Good answers to the question about the agent's attitude."),
		share("v.professional", "professionalism", Names{"Mức độ chuyên nghiệp", "專業程度", "Professionalism"}, "Good answers to the question how professional the service was."),
		share("v.problem_solving", "problem_solving", Names{"Khả năng giải quyết vấn đề", "問題解決能力", "Problem solving"}, "Good answers to the question how well the problem was solved."),
		mean("v.ces", "effort", Names{"Mức độ dễ dàng (CES)", "客戶費力度 (CES)", "Customer ease (CES)"}, "Mean answer to the question how easy it was, 5 being the easiest."),
	}
	return append(list, promoters()...)
}

// promoters are the net promoter score and its parts.
func promoters() []Def {
	const nps = "nps"
	valid := answers(nps, "responded_at")
	part := func(id string, n Names, better Better, class stamp.AnswerClass, words, symbols string, num Sum) Def {
		of := answers(nps, "responded_at", Cond{"class", OpEq, string(class)})
		return Def{
			ID: id, Version: 1, Names: n, Words: words, Symbols: symbols, Unit: Count, Direction: better, Known: Answered, Dims: byAll(),
			Value: Expr{Num: num}, Of: of, Hit: of,
		}
	}
	return []Def{
		{
			ID: "v.nps", Version: 1, Names: Names{"Chỉ số người ủng hộ ròng (NPS)", "淨推薦值 (NPS)", "Net promoter score (NPS)"},
			Words:   "Promoters less detractors, out of the valid answers to the question whether they would recommend us, 0 to 10.",
			Symbols: "(n(9–10) − n(0–6)) ÷ n(valid answers)", Unit: Points, Direction: Higher, Known: Answered, Dims: byAll(), Interval: AdjustedWald,
			Value: Expr{Num: plus(MGood + nps).minus(MBad + nps), Den: plus(MValid + nps)}, Of: valid, Hit: valid.sum("balance"),
		},
		part("v.promoters", Names{"Người ủng hộ", "推薦者", "Promoters"}, Higher, stamp.AnswerGood, "Answers 9 and 10.", "n(9–10)", plus(MGood+nps)),
		part("v.passives", Names{"Người trung lập", "被動者", "Passives"}, Neither, stamp.AnswerNeutral, "Answers 7 and 8: fairly satisfied.", "n(7–8)",
			plus(MValid+nps).minus(MGood+nps).minus(MBad+nps)),
		part("v.detractors", Names{"Người không ủng hộ", "貶損者", "Detractors"}, Lower, stamp.AnswerBad, "Answers 0 to 6: neutral to unhappy.", "n(0–6)", plus(MBad+nps)),
	}
}

// ScoreOf returns the KPI that is the score of questions of a type.
func ScoreOf(kind string) (Def, bool) {
	id, ok := map[string]string{
		csat: "v.csat", "nps": "v.nps", "resolved": "v.resolved", "expectation": "v.expectation", "attitude": "v.attitude",
		"professionalism": "v.professional", "problem_solving": "v.problem_solving", "effort": "v.ces",
	}[kind]
	if !ok {
		return Def{}, false
	}
	return Find(id)
}

// AnswerFigures are the counters of some answers to questions of one type, for
// Evaluate.
func AnswerFigures(kind string, valid, good, bad, points int64) Figures {
	k := Metric(kind)
	f := Figures{MValid + k: valid, MGood + k: good, MBad + k: bad, MPoints + k: points}
	if kind == csat {
		f[MCSAT], f[MSatisfied] = valid, good
	}
	return f
}
