package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

func (t *tally) survey(v *SurveyRun) {
	g := v.group(v.Queue, v.Agent)
	t.at(&v.Ref, g, v.OfferedAt, MSurveyOffered, 1)
	if v.Suppressed != "" {
		t.at(&v.Ref, g, v.DueAt, MSuppressed+Metric(v.Suppressed), 1)
	}
	t.at(&v.Ref, g, v.AskedAt, MAsked, 1)
	t.at(&v.Ref, g, v.RespondedAt, MResponded, 1)
	if v.Silent != "" {
		t.at(&v.Ref, g, v.EndedAt, MSilent+Metric(v.Silent), 1)
	}
}

// answer counts a question for the agent and the queue that it is about.
func (t *tally) answer(a *SurveyAnswer) {
	g := a.group(a.Queue, a.Agent)
	kind := Metric(a.Type)
	t.at(&a.Ref, g, a.AskedAt, MPut+kind, 1)
	if a.Silent != "" {
		t.at(&a.Ref, g, a.EndedAt, MAnswerSilent+kind+"."+Metric(a.Silent), 1)
	}
	for _, m := range answered(a.Type, a.Class, a.Points) {
		t.at(&a.Ref, g, a.RespondedAt, m.metric, m.value)
	}
}

type counted struct {
	metric Metric
	value  int64
}

// answered is what a valid answer counts as, live and in history.
func answered(kind string, class stamp.AnswerClass, points int) []counted {
	k := Metric(kind)
	list := []counted{{MValid + k, 1}, {MPoints + k, int64(points)}}
	switch class {
	case stamp.AnswerGood:
		list = append(list, counted{MGood + k, 1})
	case stamp.AnswerBad:
		list = append(list, counted{MBad + k, 1})
	}
	if kind == csat {
		list = append(list, counted{MCSAT, 1})
		if class == stamp.AnswerGood {
			list = append(list, counted{MSatisfied, 1})
		}
	}
	return list
}

// csat is the type of question that asks for satisfaction.
const csat = "csat"
