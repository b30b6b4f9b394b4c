package check

func (g *figures) survey(v row) {
	w := whom{v.str("queue"), v.str("agent"), v.str("campaign")}
	g.point(v, w, v.int("offered_at"), "survey.offered", 1)
	g.point(v, w, v.int("asked_at"), "survey.asked", 1)
	g.point(v, w, v.int("responded_at"), "survey.responded", 1)
	if reason := v.str("suppressed"); reason != "" {
		g.point(v, w, v.int("due_at"), "survey.suppressed."+reason, 1)
	}
	if end := v.str("silent"); end != "" {
		g.point(v, w, v.int("ended_at"), "survey.silent."+end, 1)
	}
}

// answer counts a question where it belongs: with the agent it is about.
func (g *figures) answer(a row) {
	w := whom{a.str("queue"), a.str("agent"), a.str("campaign")}
	kind, class := a.str("type"), a.str("class")
	g.point(a, w, a.int("asked_at"), "answer.asked."+kind, 1)
	if end := a.str("silent"); end != "" {
		g.point(a, w, a.int("ended_at"), "answer.silent."+kind+"."+end, 1)
	}
	at := a.int("responded_at")
	g.point(a, w, at, "answer.valid."+kind, 1)
	g.point(a, w, at, "answer.points."+kind, a.int("points"))
	if class == "good" || class == "bad" {
		g.point(a, w, at, "answer."+class+"."+kind, 1)
	}
	if kind != "csat" {
		return
	}
	g.point(a, w, at, "survey.csat", 1)
	if class == "good" {
		g.point(a, w, at, "survey.satisfied", 1)
	}
}
