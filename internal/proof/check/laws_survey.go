package check

import "fmt"

// surveys checks each survey's account and that of its questions: it was offered
// or suppressed, whoever was offered has answered or has one word for it, and so
// has every question; an answer stands on its scale and has one class.
func surveys(f *findings, s *store, parts map[string]map[string][]row) {
	over := map[string]bool{}
	for _, c := range s.rows["records.calls"] {
		over[c.str("call")] = c.int("released_at") != 0
	}
	for call, runs := range parts["survey_runs"] {
		for _, v := range runs {
			key := fmt.Sprintf("%s/%d", call, v.int("segment"))
			const table = "records.survey_runs"
			if (v.int("offered_at") != 0) == (v.str("suppressed") != "") {
				f.sayf(table, key, LawSurvey, "offered or suppressed", v.str("suppressed"))
			}
			if v.str("suppressed") == "" && over[call] && v.str("end") == "" {
				f.say(table, key, LawSurvey, "an end", "open")
			}
			f.same(table, key, LawSurvey, silence(v), v.str("silent"))
			asked, answered := int64(0), int64(0)
			for _, a := range parts["survey_answers"][call] {
				if a.int("segment") != v.int("segment") {
					continue
				}
				asked++
				if a.int("responded_at") != 0 {
					answered++
				}
				answer(f, a, v)
			}
			f.same(table, key, LawSurvey, v.int("asked"), asked)
			f.same(table, key, LawSurvey, v.int("answered"), answered)
		}
	}
}

// silence is the word for what ended without a valid answer.
func silence(r row) string {
	if r.int("responded_at") != 0 {
		return ""
	}
	return r.str("end")
}

func answer(f *findings, a, v row) {
	const table = "records.survey_answers"
	key := fmt.Sprintf("%s/%d/%s", a.str("call"), a.int("segment"), a.str("question"))
	f.same(table, key, LawSurvey, v.str("end"), a.str("end"))
	f.same(table, key, LawSurvey, silence(a), a.str("silent"))
	class, value := a.str("class"), a.int("value")
	if (a.int("responded_at") != 0) != (class == "good" || class == "neutral" || class == "bad") {
		f.say(table, key, LawSurvey, "a class with each answer, and none without", class)
	}
	if value < 0 || value > a.int("scale") {
		f.sayf(table, key, LawSurvey, fmt.Sprintf("0 to %d", a.int("scale")), value)
	}
	if a.is("lead") && a.int("asked_at") != v.int("asked_at") {
		f.sayf(table, key, LawSurvey, v.int("asked_at"), a.int("asked_at"))
	}
}
