package check

import "fmt"

func (c *teller) surveyed(a *fact) {
	d := a.Data
	segment := fmt.Sprint(d.Segment)
	if a.Kind == "survey.offered" || a.Kind == "survey.suppressed" {
		c.surveys[segment] = c.due(a)
		return
	}
	v := c.surveys[segment]
	if v == nil {
		return // the fold refuses it
	}
	switch {
	case a.Kind == "survey.accepted":
		v["accepted_at"] = a.At
	case a.Kind == "survey.declined":
	case a.Kind == "survey.ended":
		c.surveyEnded(a, v)
	case d.Question == "" && a.Kind == "survey.invalid":
		v["invalid"] = v.int("invalid") + 1
	case d.Question == "" && a.Kind == "survey.no_input":
		v["no_input"] = v.int("no_input") + 1
	default:
		c.answered(a, v)
	}
}

// due tells a survey from its first stamp.
func (c *teller) due(a *fact) row {
	d, v := a.Data, c.part(a)
	for _, col := range []string{"offered_at", "accepted_at", "asked_at", "responded_at", "ended_at", "invalid", "no_input", "asked", "answered"} {
		v[col] = int64(0)
	}
	v["segment"], v["survey"], v["language"], v["agent"], v["queue"] = d.Segment, d.Survey, d.Language, d.Agent, d.Queue
	v["due_at"], v["suppressed"], v["end"], v["silent"] = a.At, d.Reason, "", ""
	if a.Kind == "survey.offered" {
		v["offered_at"] = a.At
	}
	return v
}

func (c *teller) surveyEnded(a *fact, v row) {
	if v.str("end") != "" {
		return
	}
	ended := []row{v}
	for _, r := range c.answers {
		if r.int("segment") == a.Data.Segment {
			ended = append(ended, r)
		}
	}
	for _, r := range ended {
		r["end"], r["ended_at"] = a.Data.End, a.At
		if r.int("responded_at") == 0 {
			r["silent"] = a.Data.End
		}
	}
}

// answered tells a question that was put.
func (c *teller) answered(a *fact, v row) {
	d := a.Data
	key := fmt.Sprintf("%d/%s", d.Segment, d.Question)
	r := c.answers[key]
	if r == nil {
		r = c.question(a, v)
		c.answers[key] = r
	}
	switch a.Kind {
	case "survey.asked":
		r["attempts"] = max(r.int("attempts")+1, d.attemptNo())
	case "survey.responded":
		if once(r, "responded_at", a.At) {
			r["value"], r["scale"] = d.Value, d.Scale
			classify(r, d)
			r["first_answer"] = once(v, "responded_at", a.At)
			v["answered"] = v.int("answered") + 1
		}
	case "survey.invalid":
		r["invalid"] = r.int("invalid") + 1
	case "survey.no_input":
		r["no_input"] = r.int("no_input") + 1
	}
}

// classify says what an answer counts as. Stamps of before there were classes
// leave it to the scale: the upper two of five are good, all others bad.
func classify(r row, d payload) {
	class := d.Class
	if class == "" {
		class = "bad"
		if d.Scale > 0 && 5*d.Value >= 4*d.Scale {
			class = "good"
		}
	}
	r["class"], r["satisfied"] = class, class == "good"
	r["balance"] = map[string]int64{"good": 1, "bad": -1}[class]
	if d.Scale > 0 {
		r["points"] = 1000 * d.Value / d.Scale
	}
}

func (c *teller) question(a *fact, v row) row {
	d, r := a.Data, c.part(a)
	for _, col := range []string{"attempts", "responded_at", "value", "scale", "invalid", "no_input", "balance", "points", "ended_at"} {
		r[col] = int64(0)
	}
	r["segment"], r["question"], r["asked_at"], r["lead"] = d.Segment, d.Question, a.At, v.int("asked") == 0
	r["type"] = d.Type
	if d.Type == "" {
		r["type"] = d.Question
	}
	r["survey"], r["language"], r["agent"], r["queue"], r["about"] = v["survey"], v["language"], v["agent"], v["queue"], d.Segment
	if d.About != nil {
		r["agent"], r["queue"], r["about"] = d.About.Agent, d.About.Queue, d.About.Segment
	}
	r["first_answer"], r["satisfied"], r["class"], r["end"], r["silent"] = false, false, "", "", ""
	once(v, "asked_at", a.At)
	v["asked"] = v.int("asked") + 1
	return r
}
