package check

import (
	"fmt"
	"slices"
)

// tolerance of a duration, µs; share of those that may be over it by what the
// load was stalled.
const (
	tolerance = 20_000
	share     = 100 // one in so many
)

// measure is one duration, witnessed and recorded.
type measure struct {
	name       string // length, wait, ring, talk, hold, wrap, answer, leg
	table, key string
	want, got  int64
	stall      int64 // near its two ends
	slack      int64 // of the windows that it touches
}

// whose names the row that holds a duration.
type whose struct {
	table, key string
	agent      string // whose desk is one of its witnesses; "" = the wire alone
	estimated  bool   // its end is the last proof of life
}

func (m measure) error() int64 { return max(m.got-m.want, m.want-m.got) }

// measure compares a recorded duration with the witnessed from … to.
func (x *witness) measure(name string, of whose, from, to, got int64) {
	x.spent(name, of, to-from, got, from, to)
}

// spent is measure for a duration that is not one stretch; edges are all the
// instants that it depends on.
func (x *witness) spent(name string, of whose, want, got int64, edges ...int64) {
	stall := int64(0)
	for _, e := range edges {
		stall += x.stalls.near(e)
	}
	x.measures = append(x.measures, measure{name, of.table, of.key, want, got, stall, x.faults.slack(of.agent, of.estimated, edges)})
}

// durations measures every call of the run.
func (x *witness) durations(pairs []pair) {
	for _, p := range pairs {
		end := p.d.last()
		if x.droppedUnheard(p, end) {
			continue
		}
		if end == 0 {
			if !x.unended(p) && !p.gaveUp() {
				x.f.say("records.calls", p.id, LawCall, "an end on the wire", "none")
			}
			continue
		}
		x.measure("length", whose{"records.calls", p.id, "", p.call.is("estimated")}, x.asked(p.d)-x.unsent(p), x.ended(p, end), p.call.int("length_us"))
		x.customer(p)
		x.wait(p)
		segments := sortedBy(x.s.of("records.segments", p.id), "segment")
		for _, g := range segments {
			x.segment(p, g)
		}
		x.holds(p)
	}
}

// giveUp is how long the product waits for a word to its CANCEL (64·T1) and a
// margin.
const giveUp = 33_000_000

// droppedUnheard reports whether the product gave up a line that rang while nothing
// passed: the far side, which never heard the CANCEL, ended it by itself later.
func (x *witness) droppedUnheard(p pair, end int64) bool {
	released := p.call.int("released_at")
	return !p.d.inbound && p.d.answered() == 0 && released != 0 && released+tolerance < end && x.faults.loose(released-giveUp, released)
}

// unsent is how long a dialed call had lasted when its INVITE was sent, which
// waits for the journal's disk. No witness sees the decision to dial.
func (x *witness) unsent(p pair) int64 {
	if p.d.inbound {
		return 0
	}
	for _, l := range x.s.of("records.legs", p.id) {
		if l.int("leg") == 1 && l.int("invited_at") != 0 {
			return max(0, l.int("invited_at")-p.call.int("arrived_at"))
		}
	}
	return 0
}

// legLimit is how long after the product's death the wire may show the call: who
// picks up meanwhile repeats the 200 every 4 s until a product hangs up.
const legLimit = 35_000_000

// ended is until when the product can have known the call: one that it died in
// is recorded up to its death, however long the far side goes on.
func (x *witness) ended(p pair, at int64) int64 {
	w, died := x.faults.death(p.d.invite, at)
	if !died || !p.call.is("estimated") || at > w.from+legLimit {
		return at
	}
	return w.from
}

// end is when the customer's leg ended: the first word of it on the wire.
func (d *dialog) end() int64 {
	if d == nil {
		return 0
	}
	return d.last()
}

// customer measures the customer's leg against the wire.
func (x *witness) customer(p pair) {
	for _, l := range x.s.of("records.legs", p.id) {
		if l.int("leg") != 1 || l.int("invited_at") == 0 {
			continue
		}
		of := whose{"records.legs", p.id + "/1", "", l.is("estimated")}
		if at := l.int("answered_at"); (at != 0) != (p.d.answered() != 0) {
			if !x.faults.loose(at, max(at, p.d.answered())) {
				x.f.sayf(of.table, of.key, LawLeg, fmt.Sprintf("answered %t", p.d.answered() != 0), at != 0)
			}
		} else if at != 0 {
			x.measure("answer", of, x.asked(p.d), p.d.answered(), at-l.int("invited_at"))
		}
		// Our own time-out counts as 408; the 487 to its CANCEL says nothing new.
		timedOut := p.d.cancel != 0 && p.d.code == 487 && l.int("code") == 408
		if p.d.code >= 300 && !p.d.inbound && !timedOut && !(of.estimated && x.faults.loose(p.d.end(), p.d.end())) {
			x.f.same(of.table, of.key, LawLeg, int64(p.d.code), l.int("code"))
		}
		x.measure("leg", of, x.asked(p.d), x.ended(p, p.d.end()), l.int("ended_at")-l.int("invited_at"))
	}
}

// wait measures how long a customer waited: from the 200 to sound both ways,
// or to the hanging up. Who only hears ringing until an agent accepts waits
// from the INVITE on.
func (x *witness) wait(p pair) {
	from := p.d.answered()
	if p.d.inbound && (p.d.ringing != 0 || from == 0) { // one who gave up before anything was said waited too
		from = x.asked(p.d)
	}
	for _, e := range x.s.of("records.entries", p.id) {
		key := fmt.Sprintf("%s/%d", p.id, e.int("entry"))
		switch e.str("reason") {
		case "connected":
			g := ledTo(x.s.of("records.segments", p.id), e.int("exited_at"))
			if g == nil {
				x.f.say("records.entries", key, LawTime, "a segment that connected then", "none")
				continue
			}
			if at, ok := x.soundOf(p, g); ok {
				x.measure("wait", whose{"records.entries", key, g.str("agent"), e.is("estimated")}, from, at, e.int("wait_us"))
			}
		case "abandoned", "abandoned_short", "abandoned_at_offer", "abandoned_at_whisper":
			x.measure("wait", whose{"records.entries", key, "", e.is("estimated")}, from, p.d.end(), e.int("wait_us"))
		}
	}
}

// ledTo returns the segment that came to talk when a stay in the queue ended.
func ledTo(segments []row, exited int64) row {
	for _, g := range segments {
		if at := g.int("connected_at"); at != 0 && at == exited {
			return g
		}
	}
	return nil
}

// soundOf is when a segment's talk began, by the definition in the doc.
func (x *witness) soundOf(p pair, g row) (int64, bool) {
	from := p.d.answered()
	if offer := g.str("offer"); offer != "" {
		n, ok := x.byOffer[offer]["accept"]
		if !ok {
			return 0, false // said by offers already
		}
		from = n.Exact
	}
	at, ok := x.w.sound(p.d, from)
	if !ok && !x.faults.loose(from, p.d.end()) {
		x.f.sayf("capture", p.d.number, LawWitness, "sound both ways", "none")
	}
	return at, ok
}

// segment measures an agent's part: talk, holds, wrap-up.
func (x *witness) segment(p pair, g row) {
	key := fmt.Sprintf("%s/%d", p.id, g.int("segment"))
	if g.int("connected_at") == 0 {
		return
	}
	sound, ok := x.soundOf(p, g)
	if !ok {
		return
	}
	end := x.partEnd(p, g)
	held, edges := x.held(p, g, end)
	edges = append(edges, sound, end)
	of := whose{"records.segments", key, g.str("agent"), g.is("estimated")}
	x.spent("talk", of, x.heardUntil(p, g, end)-sound-held, g.int("talk_us"), edges...)
	if len(edges) > 2 {
		x.spent("hold", of, held, g.int("hold_us"), edges[:len(edges)-2]...)
	} else if g.int("hold_us") != 0 && !x.faults.blind(of.agent, sound, end) {
		x.f.same("records.segments", key, LawTime, "no hold", fmt.Sprint("no hold", plus(int(g.int("hold_us")))))
	}
	switch g.str("wrap_by") {
	case "agent":
		if n, ok := x.did(p, g, "wrap_end"); ok {
			x.measure("wrap", of, end, n.Exact, g.int("wrap_us"))
		} else if !x.faults.blind(of.agent, end, g.int("wrap_ended_at")) {
			x.f.say("records.segments", key, LawDesk, "wrap-up ended by the agent's act", "no such act")
		}
	case "timeout":
		limit := x.wrapUS["queue "+g.str("queue")]
		if g.str("campaign") != "" {
			limit = x.wrapUS["campaign "+g.str("campaign")]
		}
		x.spent("wrap", of, limit, g.int("wrap_us"))
	}
}

// partEnd is when the agent's part ended: the agent's hanging up or the
// customer's BYE, whichever was first.
func (x *witness) partEnd(p pair, g row) int64 {
	end := p.d.end()
	if n, ok := x.did(p, g, "hangup"); ok && (end == 0 || n.Exact < end) {
		end = n.Exact
	}
	return end
}

// heardUntil is the end of a part's talk: its end, or the customer's last packet
// where the product ended it since none came any more.
func (x *witness) heardUntil(p pair, g row, end int64) int64 {
	for _, c := range x.s.of("records.calls", p.id) {
		for _, span := range c.list("spans") {
			if span.str("phase") != "silent" || span.int("segment") != g.int("segment") {
				continue
			}
			if at, ok := x.w.flows[flowKey{p.d.customer, p.d.product}].lastUntil(end); ok {
				return at
			}
		}
	}
	return end
}

func (x *witness) did(p pair, g row, what string) (Note, bool) {
	i := slices.IndexFunc(x.byCall[p.id], func(n Note) bool { return n.What == what && n.Name == g.str("agent") })
	if i < 0 {
		return Note{}, false
	}
	return x.byCall[p.id][i], true
}

// held sums the holds of a part until its end; edges are their instants.
func (x *witness) held(p pair, g row, end int64) (us int64, edges []int64) {
	from := int64(0)
	for _, n := range x.byCall[p.id] {
		if n.Name != g.str("agent") || n.Exact >= end {
			continue
		}
		switch {
		case n.What == "hold" && from == 0:
			from = n.Exact
			edges = append(edges, from)
		case n.What == "unhold" && from != 0:
			us += n.Exact - from
			edges = append(edges, n.Exact)
			from = 0
		}
	}
	if from != 0 {
		us += end - from
		edges = append(edges, end)
	}
	return us, edges
}

// holds checks that each hold of an agent was signalled to the customer, and
// taken back.
func (x *witness) holds(p pair) {
	const usual = 500_000 // a call that ends sooner may end unsignalled
	for _, n := range x.byCall[p.id] {
		settle := usual + x.stalls.within(n.Exact, n.Exact+usual)
		want := map[string]string{"hold": "sendonly", "unhold": "sendrecv"}[n.What]
		if p.d.inbound && n.Exact < p.d.ack {
			continue // no re-INVITE before the ACK (RFC 3261 §14.1), which a bad line may lose
		}
		if want == "" || p.d.end() != 0 && p.d.end() < n.Exact+settle || x.hungUp(p, n.Exact, settle) {
			continue
		}
		free := p.d.free(n.Exact)
		found := slices.ContainsFunc(p.d.offers, func(o reinvite) bool {
			return o.byUs && o.dir == want && o.at >= n.Exact && o.at <= free+settle && (o.status == 200 || o.status == 491 && p.d.afterGlare(o))
		})
		if !found && !x.faults.blind(n.Name, n.Exact, n.Exact+settle) && !x.faults.loose(n.Exact, n.Exact+settle) {
			x.f.say("capture", p.d.number, LawHold, fmt.Sprintf("a re-INVITE with %s after %s", want, n.What), fmt.Sprint(p.d.offers))
		}
	}
}

// free is when the product may send a re-INVITE that it wants to send at the
// instant at: not before the one that is under way is answered (RFC 3261 §14.1),
// which takes its time on a line that loses.
func (d *dialog) free(at int64) int64 {
	for _, o := range d.offers {
		if o.at <= at && o.okAt > at {
			at = o.okAt
		}
	}
	return at
}

// afterGlare reports whether what a re-INVITE refused by 491 wanted came about
// all the same: by another one within 5 s (RFC 3261 §14.1 waits 4 at most), or
// by the product's answer to the one that it met.
func (d *dialog) afterGlare(o reinvite) bool {
	const limit = 5_000_000
	return slices.ContainsFunc(d.offers, func(r reinvite) bool {
		return r.at > o.at && r.at <= o.at+limit && r.status == 200 && (r.byUs && r.dir == o.dir || !r.byUs && r.okDir == o.dir)
	})
}

// gaveUp reports whether the product called a network that never answered: its
// INVITEs just end, and the call must have failed, not before the last one.
func (p pair) gaveUp() bool {
	return !p.d.inbound && p.d.heard == 0 && p.call.str("outcome") == "failed" && p.call.int("length_us") >= p.d.asked-p.d.invite
}

// hungUp reports whether the agent hung up within us after the instant at.
func (x *witness) hungUp(p pair, at, us int64) bool {
	return slices.ContainsFunc(x.byCall[p.id], func(n Note) bool { return n.What == "hangup" && n.Exact >= at && n.Exact < at+us })
}

// judge holds the measures against the tolerance: 99 in 100 within it, the
// rest within it and the stall. What touches a window has its slack besides.
func (x *witness) judge() {
	over, of := 0, 0
	for _, m := range x.measures {
		if limit := tolerance + m.stall + m.slack; m.error() > limit {
			x.f.sayf(m.table, m.key, LawTime, fmt.Sprintf("%s %d µs ± %d", m.name, m.want, limit), m.got)
		}
		if m.slack > 0 {
			continue // a fault's, not the load's
		}
		of++
		if m.error() > tolerance {
			over++
		}
	}
	if over*share > of {
		x.f.sayf("capture", "", LawTime, fmt.Sprintf("1 in %d durations beyond %d µs at most", share, tolerance), fmt.Sprintf("%d of %d", over, of))
	}
}
