package kpi

import "github.com/callstamp/callstamp/kpi/stamp"

// survey checks the account of one survey and of its questions: it was offered
// or suppressed, it has one end, and whoever was offered has responded or has
// one word for not doing so.
func (k *checker) survey(p *callParts, v *SurveyRun) {
	row := v.row()
	if (v.OfferedAt == 0) != (v.Suppressed != "") {
		k.say(LawSurveys, row, "offered at %d and suppressed for %q", v.OfferedAt, v.Suppressed)
	}
	if (v.EndedAt == 0) != (v.End == "") {
		k.say(LawSurveys, row, "ended at %d with %q", v.EndedAt, v.End)
	}
	if v.EndedAt == 0 && v.Suppressed == "" && p.call.ReleasedAt != 0 {
		k.say(LawSurveys, row, "is open, but the call is over")
	}
	k.silent(row, v.EndedAt, v.RespondedAt, v.End, v.Silent)
	asked, answered, first := 0, 0, 0
	for _, a := range p.answers {
		if a.Segment != v.Segment {
			continue
		}
		asked++
		if a.RespondedAt != 0 {
			answered++
		}
		if a.FirstAnswer {
			first++
			if a.RespondedAt != v.RespondedAt {
				k.say(LawSurveys, a.row(), "first answer at %d, the survey says %d", a.RespondedAt, v.RespondedAt)
			}
		}
		if a.End != v.End || a.EndedAt != v.EndedAt {
			k.say(LawSurveys, a.row(), "ended %q at %d, its survey %q at %d", a.End, a.EndedAt, v.End, v.EndedAt)
		}
		k.silent(a.row(), a.EndedAt, a.RespondedAt, a.End, a.Silent)
		k.scored(a)
	}
	if v.Asked != asked || v.Answered != answered || first != min(answered, 1) {
		k.say(LawSurveys, row, "%d questions, %d answered, %d of them first; the rows are %d, %d", v.Asked, v.Answered, first, asked, answered)
	}
}

// silent: what has ended without a valid answer carries the end's word, and
// nothing else does.
func (k *checker) silent(row string, ended, responded int64, end, silent string) {
	want := ""
	if ended != 0 && responded == 0 {
		want = end
	}
	if silent != want {
		k.say(LawSurveys, row, "silent %q, responded at %d, ended %q at %d", silent, responded, end, ended)
	}
}

// scored: an answer lies on its scale and has one class, silence has none.
func (k *checker) scored(a *SurveyAnswer) {
	if a.RespondedAt == 0 {
		if a.Class != "" || a.Value != 0 || a.Points != 0 {
			k.say(LawSurveys, a.row(), "not answered, with value %d", a.Value)
		}
		return
	}
	if a.Value < 0 || a.Value > a.Scale || a.Class == "" {
		k.say(LawSurveys, a.row(), "value %d of %d is %q", a.Value, a.Scale, a.Class)
	}
	if a.Satisfied != (a.Class == stamp.AnswerGood) || a.Balance != balance(a.Class) {
		k.say(LawSurveys, a.row(), "%q counts as satisfied %v, %d", a.Class, a.Satisfied, a.Balance)
	}
}
