package check

import (
	"fmt"
	"maps"
)

// teller tells one call.
type teller struct {
	t    told
	id   string
	call row
	base row // what every part knows of its call

	born  *fact
	last  *fact
	first *fact // first entry in a queue

	legs, entries, offers, segments, surveys, answers map[string]row
	begun                                             map[string]*fact // by part: where its duration begins
	attempt                                           row
	quiet                                             *fact // nothing came from the customer, while nothing comes

	asks   []row
	beside map[string]row // the open piece of an agent who is in it too, by part
	spans  []row
	phase  string
	span   row // open
	spanAt *fact
}

// tellCall tells all rows of a call from its stamps, in order of N.
func tellCall(t told, stamps []*fact) {
	a := stamps[0]
	d := a.Data
	c := &teller{t: t, id: a.Subject.ID, born: a, last: a, legs: map[string]row{}, entries: map[string]row{}, offers: map[string]row{},
		segments: map[string]row{}, surveys: map[string]row{}, answers: map[string]row{}, beside: map[string]row{}, begun: map[string]*fact{}}
	c.base = row{"organisation_id": a.Org, "node": a.Node, "call": c.id, "direction": d.Direction, "campaign": d.Campaign, "arrived_at": a.At}
	c.call = c.part(a)
	for _, col := range []string{"answered_at", "entered_at", "connected_at", "human_at", "released_at", "closed_at", "exited_at",
		"wait_us", "talk_us", "hold_us", "alone_us", "survey_us", "menu_us", "wrap_us", "length_us", "target_us", "fate_at", "pickup_us"} {
		c.call[col] = int64(0)
	}
	for _, col := range []string{"queue", "agent", "exit", "outcome", "ended_by", "pre_phase", "refused", "service"} {
		c.call[col] = ""
	}
	c.call["trunk"], c.call["route"], c.call["party"], c.call["lead"] = d.Trunk, d.Route, d.Party, d.Lead
	c.call["attempt"] = d.attemptID()
	c.call["missed"], c.call["within"] = false, false
	c.phase = a.Phase
	for _, s := range stamps {
		c.take(s)
	}
	c.done()
}

// part begins a row of the call that begins with a.
func (c *teller) part(a *fact) row {
	r := row{"since_us": a.since(c.born), "first_seq": a.Seq, "closed": false, "estimated": false}
	maps.Copy(r, c.base)
	return r
}

// take lets one stamp change the rows, then the phase.
func (c *teller) take(a *fact) {
	switch {
	case a.Kind == "media.rtp_timeout" && a.Data.Leg == 1:
		c.quiet = a
	case a.Kind == "media.resumed" && a.Data.Leg == 1:
		c.quiet = nil
	case a.Kind == "segment.ended" && a.Cause != nil && a.Cause.Proto == "rtp" && a.Cause.Text == "silence":
		c.cutSilence(a)
	}
	switch a.Kind {
	case "call.released":
		c.released(a)
	case "call.closed":
		c.call["closed_at"], c.call["outcome"] = a.At, a.Data.Outcome
		c.final(a)
	case "queue.entered", "queue.exited":
		c.queued(a)
	case "queue.refused":
		c.call["refused"] = a.Data.Reason
	case "queue.announced":
		c.announced(a)
	case "offer.created", "offer.ring_started", "offer.accepted", "offer.ended":
		c.offered(a)
	case "segment.opened", "segment.connected", "segment.ended", "wrap.started", "wrap.ended", "disposition.set", "note.saved":
		c.segment(a)
	case "survey.offered", "survey.suppressed", "survey.accepted", "survey.declined", "survey.asked", "survey.responded",
		"survey.invalid", "survey.no_input", "survey.ended":
		c.surveyed(a)
	case "dial.attempt_started", "dial.reassigned", "dial.human", "dial.abandoned", "dial.result":
		c.dialed(a)
	case "consult.started", "consult.answered", "consult.ended", "transfer.started", "transfer.completed", "transfer.failed",
		"park.started", "park.ended":
		c.asked(a)
	case "conference.joined", "conference.left": // of the phases alone
	default:
		c.leg(a)
	}
	if a.Phase != "" {
		c.phase = a.Phase
	}
	c.place(a)
	c.besides(a)
	c.last = a
	c.call["last_seq"] = a.Seq
}

// place ends the open span and begins another where phase, segment or queue
// changed. A span of no length is none.
func (c *teller) place(a *fact) {
	next := row{"phase": c.phase, "from": a.At}
	if g := c.openSegment(); g != nil {
		next["segment"], next["agent"], next["queue"] = g["segment"], g["agent"], g["queue"]
	} else if e := c.openEntry(); e != nil {
		next["queue"] = e["queue"]
	}
	over := c.phase == "over" || c.phase == "closed"
	if c.span != nil {
		same := c.span.str("phase") == c.phase && c.span.int("segment") == next.int("segment") && c.span.str("queue") == next.str("queue")
		if same && !over {
			return
		}
		us := a.since(c.spanAt)
		c.span["to"] = c.span.int("from") + us
		if us != 0 {
			c.spans = append(c.spans, c.span)
		}
		c.span = nil
	}
	if !over {
		c.span, c.spanAt = next, a
	}
}

// cutSilence: the call is given up since nothing came from the customer. What
// came after the last packet was silence.
func (c *teller) cutSilence(a *fact) {
	if c.span == nil || c.quiet == nil || c.span.str("phase") != "talking" && c.span.str("phase") != "held" {
		return
	}
	us := a.since(c.spanAt)
	spoken := max(us-c.quiet.Data.LastRxAgo-a.since(c.quiet), 0)
	if spoken >= us {
		return
	}
	silent := maps.Clone(c.span)
	silent["phase"], silent["from"], silent["to"] = "silent", c.span.int("from")+spoken, c.span.int("from")+us
	if c.span["to"] = silent["from"]; spoken > 0 {
		c.spans = append(c.spans, c.span)
	}
	c.spans, c.span = append(c.spans, silent), nil
}

func (c *teller) openSegment() row {
	for n := 1; n <= len(c.segments); n++ { // the first who takes part has the customer
		if g := c.segments[fmt.Sprint(n)]; g != nil && g.int("ended_at") == 0 {
			return g
		}
	}
	return nil
}

func (c *teller) openEntry() row {
	for n := len(c.entries); n > 0; n-- {
		if e := c.entries[fmt.Sprint(n)]; e != nil && e.int("exited_at") == 0 {
			return e
		}
	}
	return nil
}

func (c *teller) released(a *fact) {
	r, d := c.call, a.Data
	r["released_at"], r["ended_by"], r["pre_phase"], r["estimated"] = a.At, d.EndedBy, d.PrePhase, d.Estimated
	r["length_us"] = a.since(c.born)
	r["missed"] = r.str("direction") == "in" && r.int("entered_at") != 0 && r.int("connected_at") == 0 && r.str("exit") != "abandoned_short"
	if !d.Estimated {
		return
	}
	ends := map[string]map[string]row{"ended_at": c.legs, "exited_at": c.entries}
	for col, rows := range ends {
		for _, p := range rows {
			p["estimated"] = p.int(col) == a.At
		}
	}
	for _, rows := range []map[string]row{c.offers, c.segments} {
		for _, p := range rows {
			p["estimated"] = p.int("ended_at") == a.At
		}
	}
}

// final marks every row as one that no stamp can change any more.
func (c *teller) final(a *fact) {
	c.call["closed"] = true
	for _, rows := range []map[string]row{c.legs, c.entries, c.offers, c.segments, c.surveys, c.answers} {
		for _, p := range rows {
			p["closed"] = true
		}
	}
	for _, g := range c.segments {
		if g.int("connected_at") != 0 && g.int("handled_at") == 0 {
			g["handled_at"] = a.At
		}
	}
	if c.attempt != nil {
		c.attempt["closed"] = true
	}
}

// done books the spans and puts every row where it is compared.
func (c *teller) done() {
	if c.span != nil {
		c.spans = append(c.spans, c.span)
	}
	sums := map[string]int64{}
	bySegment := map[string]int64{}
	for _, s := range c.spans {
		if s.int("to") != 0 {
			sums[s.str("phase")] += s.int("to") - s.int("from")
			bySegment[fmt.Sprint(s.int("segment"), s.str("phase"))] += s.int("to") - s.int("from")
		}
	}
	for col, phase := range map[string]string{"talk_us": "talking", "hold_us": "held", "alone_us": "alone", "survey_us": "surveying", "menu_us": "menu",
		"consult_us": "consulting", "conference_us": "conferencing", "parked_us": "parked", "outside_us": "outside"} {
		c.call[col] = sums[phase]
	}
	for n, g := range c.segments {
		for _, p := range g["beside"].([]row) {
			if p.int("to") != 0 {
				bySegment[fmt.Sprint(g.int("segment"), p.str("phase"))] += p.int("to") - p.int("from")
			}
		}
		for col, phase := range map[string]string{"connecting_us": "connecting", "talk_us": "talking", "hold_us": "held", "gap_us": "alone",
			"consult_us": "consulting", "conference_us": "conferencing"} {
			g[col] = bySegment[fmt.Sprint(g.int("segment"), phase)]
		}
		g["gap_us"] = g.int("gap_us") + bySegment[fmt.Sprint(g.int("segment"), "silent")]
		c.call["wrap_us"] = c.call.int("wrap_us") + g.int("wrap_us")
		c.t.put("records.segments", c.id+"/"+n, g)
	}
	c.call["spans"], c.call["asks"] = c.spans, c.asks
	counts := map[string]map[string]row{"leg_count": c.legs, "entry_count": c.entries, "offer_count": c.offers, "segment_count": c.segments, "survey_count": c.surveys, "answer_count": c.answers}
	for col, rows := range counts {
		c.call[col] = int64(len(rows))
	}
	c.t.put("records.calls", c.id, c.call)
	for n, r := range c.legs {
		c.t.put("records.legs", c.id+"/"+n, r)
	}
	for n, r := range c.entries {
		c.t.put("records.entries", c.id+"/"+n, r)
	}
	for n, r := range c.offers {
		c.t.put("records.offers", n, r)
	}
	for n, r := range c.surveys {
		c.t.put("records.survey_runs", c.id+"/"+n, r)
	}
	for n, r := range c.answers {
		c.t.put("records.survey_answers", c.id+"/"+n, r)
	}
	if c.attempt != nil {
		c.t.put("records.dial_attempts", c.attempt.str("attempt"), c.attempt)
	}
}
