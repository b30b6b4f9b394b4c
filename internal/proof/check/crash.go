package check

import "fmt"

// closed checks what became of every call: none is open when the run is over,
// what a death of the product cut is abnormal and ends at the last proof of
// life, and nothing else is.
func (x *witness) closed(pairs []pair) {
	for _, c := range x.s.rows["records.calls"] {
		if c.int("released_at") == 0 || !c.is("closed") {
			x.f.say("records.calls", c.str("call"), LawEnd, "closed", fmt.Sprintf("released at %d, closed %t", c.int("released_at"), c.is("closed")))
		}
	}
	paired := map[string]bool{}
	for _, p := range pairs {
		paired[p.id] = true
		// Not before the record's own beginning: an INVITE is repeated until the product is back.
		if w, cut := x.faults.death(max(p.d.invite, p.call.int("arrived_at")), p.d.end()); cut {
			x.cut(p, w)
		} else {
			x.unhurt(p.call, p.d.end())
		}
	}
	for _, c := range x.s.rows["records.calls"] {
		if !paired[c.str("call")] && !x.silent[c.str("call")] {
			x.unhurt(c, c.int("released_at"))
		}
	}
}

// unhurt wants a call that ended by itself. One that ended within the last
// second before a death may not have been on disk yet.
func (x *witness) unhurt(c row, end int64) {
	abnormal := c.is("estimated") || c.str("outcome") == "abnormal"
	if !abnormal {
		return
	}
	if _, ok := x.faults.any(end, end, func(w window) bool { return w.dead }); ok {
		x.faults.used++
		return
	}
	x.f.say("records.calls", c.str("call"), LawCrash, "an end of its own", fmt.Sprintf("%s, estimated %t", c.str("outcome"), c.is("estimated")))
}

// cut wants what recovery makes of a call: abnormal, estimated, ended in the
// last second of the product's life; its trunk leg was let go soon after.
func (x *witness) cut(p pair, w window) {
	c := p.call
	if end := p.d.end(); end != 0 && end < w.from+crossing && !c.is("estimated") && c.str("outcome") != "abnormal" {
		return // it ended first
	}
	if !c.is("estimated") || c.str("outcome") != "abnormal" {
		x.f.say("records.calls", p.id, LawCrash, "abnormal and estimated", fmt.Sprintf("%s, estimated %t", c.str("outcome"), c.is("estimated")))
	}
	if at := c.int("released_at"); at > w.from+crossing || at < max(w.from-2*margin, c.int("arrived_at")) {
		x.f.sayf("records.calls", p.id, LawCrash, fmt.Sprintf("an end within a second before %d", w.from), at)
	}
	if p.d.answered() != 0 && (p.d.end() == 0 || p.d.end() > w.from+longestLeg) {
		x.f.say("capture", p.d.number, LawCrash, fmt.Sprintf("a leg that is let go by %d", w.from+longestLeg), fmt.Sprint(p.d.end()))
	}
}

// unended reports whether a dialog may lack an end on the wire: nobody ever
// answered it and the product died, or signalling was lost.
func (x *witness) unended(p pair) bool {
	if _, cut := x.faults.death(p.d.invite, 0); cut && p.d.answered() == 0 {
		x.faults.used++
		return true
	}
	at := p.call.int("released_at")
	return x.faults.excuses(at, at, func(w window) bool { return w.slack > 0 })
}

// asked is when the customer's INVITE reached the product: its last repetition,
// where the first ones came in a window in which nobody could answer.
func (x *witness) asked(d *dialog) int64 {
	if end := d.last(); d.asked != d.invite && (end == 0 || d.asked < end) { // who has given up asks no more
		if _, ok := x.faults.any(d.invite, d.asked, window.loose); ok {
			return d.asked
		}
	}
	return d.invite
}
