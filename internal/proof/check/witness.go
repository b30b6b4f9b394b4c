package check

import (
	"fmt"
	"slices"
	"strings"
)

// witness holds what was seen and heard outside beside what was recorded.
type witness struct {
	third    map[string]int // INVITEs to outside parties that calls in progress may have sent, by number
	f        *findings
	s        *store
	w        *wire
	stalls   stalls
	wrapUS   map[string]int64 // by queue and campaign: when wrap-up ends by itself
	agents   map[string][]Note
	byOffer  map[string]map[string]Note // agents' notes by offer, by what
	byCall   map[string][]Note          // agents' notes by the product's call
	planned  map[string]Note            // by the customer's number
	faults   *faults
	silent   map[string]bool // calls whose caller never got an answer from the product that died
	measures []measure

	lost, doubled, refused, unheard int
}

// pair is one call on the wire and in the records.
type pair struct {
	d    *dialog
	call row
	id   string
}

func newWitness(f *findings, s *store, w *wire, notes []Note) *witness {
	x := &witness{f: f, s: s, w: w, wrapUS: map[string]int64{}, agents: map[string][]Note{}, byOffer: map[string]map[string]Note{},
		byCall: map[string][]Note{}, planned: map[string]Note{},
		faults: readFaults(f, notes), silent: map[string]bool{}}
	for _, n := range notes {
		x.sort(n)
	}
	for _, q := range s.queues {
		x.wrapUS["queue "+q.str("id")] = q.int("wrap_up_us")
	}
	for _, c := range s.lists {
		x.wrapUS["campaign "+c.str("id")] = x.wrapUS["queue "+c.str("queue_id")]
	}
	return x
}

func (x *witness) sort(n Note) {
	switch {
	case n.Who == "load" && n.What == "stall":
		x.stalls.list = append(x.stalls.list, n)
		x.stalls.stalled += n.Ticks
	case n.Who == "load" && n.What == "ticks":
		x.stalls.ticks = n.Ticks
	case n.Who == "load" && n.What == "capture" && n.Lost > 0:
		x.f.sayf("capture", "", LawWitness, "every packet", fmt.Sprintf("%d lost", n.Lost))
	case n.Who == "load" && n.What == "plan":
		x.planned[digits(n.Name)] = n
	case n.Who == "agent":
		x.agents[n.Name] = append(x.agents[n.Name], n)
		if n.Call != "" {
			x.byCall[n.Call] = append(x.byCall[n.Call], n)
		}
		if n.Offer != "" {
			if x.byOffer[n.Offer] == nil {
				x.byOffer[n.Offer] = map[string]Note{}
			}
			if first, twice := x.byOffer[n.Offer][n.What]; twice {
				if !x.faults.blind(n.Name, first.Exact, n.Exact) { // a desk that comes back is told once more
					x.f.say("ledger", n.Offer, LawDesk, n.What+" once", "twice")
				}
				return
			}
			x.byOffer[n.Offer][n.What] = n
		}
	}
}

// digits leaves a number's digits, however it is written.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

// calls checks that each INVITE is one call and each call one INVITE, and
// returns the pairs. A call that the dialer never sent out has no INVITE. The
// load sends nothing that the door should refuse, so a refusal is a finding,
// but for windows in which the product may turn calls away.
func (x *witness) calls(notes []Note) []pair {
	wire := map[string][]*dialog{}
	for _, d := range x.w.order {
		wire[digits(d.number)] = append(wire[digits(d.number)], d)
	}
	x.invites(notes)
	x.third = x.s.thirds()
	records := map[string][]row{}
	for _, c := range sortedBy(x.s.rows["records.calls"], "arrived_at") {
		number := digits(x.s.numbers[c.str("party")])
		if x.invited(c) {
			records[number] = append(records[number], c)
		}
	}
	var pairs []pair
	for number := range wire {
		pairs = append(pairs, x.pair(number, wire[number], records[number])...)
		delete(records, number)
	}
	for number, list := range records {
		for _, c := range list {
			x.unpaired(number, c)
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.id, b.id) })
	return pairs
}

// invited reports whether a call has an INVITE: the customer's leg says so.
func (x *witness) invited(c row) bool {
	return slices.ContainsFunc(x.s.of("records.legs", c.str("call")), func(l row) bool { return l.int("leg") == 1 && l.int("invited_at") != 0 })
}

// pair matches the dialogs of one number with its records, in order of time.
func (x *witness) pair(number string, dialogs []*dialog, records []row) (pairs []pair) {
	first := map[string]*dialog{}
	for _, d := range dialogs {
		if x.tried(d, records, first) {
			continue
		}
		if len(records) > 0 && x.forgotten(d, records) {
			x.unheard++
			x.silent[records[0].str("call")] = true
			records = records[1:]
		}
		switch {
		case d.inbound && d.heard == 0:
			if !x.faults.loose(d.invite, d.asked) {
				x.f.say("capture", d.number, LawCall, "an answer to INVITE "+d.callID, "none")
			}
		case len(records) > 0 && (!d.inbound || records[0].int("arrived_at") <= d.heard+margin):
			pairs = append(pairs, pair{d, records[0], records[0].str("call")})
			records = records[1:]
		case d.inbound && d.code >= 500 && d.ringing == 0 && x.faults.refuses(d.invite, d.final):
			x.refused++
		case !d.inbound && x.third[number] > 0:
			x.third[number]--
		default:
			x.lost++
			x.f.say("records.calls", "INVITE "+d.callID, LawCall, "a call of "+number, fmt.Sprintf("none; the INVITE was answered with %d", d.code))
		}
	}
	for _, c := range records {
		x.unpaired(number, c)
	}
	return pairs
}

// unpaired is a record that no dialog accounts for. The product may have died
// between the stamp of an INVITE of its own and the INVITE.
func (x *witness) unpaired(number string, c row) {
	at := c.int("released_at")
	if _, died := x.faults.any(at, at, func(w window) bool { return w.dead }); died && c.is("estimated") && c.str("direction") == "out" && c.int("answered_at") == 0 {
		x.unheard++
		x.silent[c.str("call")] = true
		return
	}
	x.doubled++
	x.f.say("records.calls", c.str("call"), LawCall, "an INVITE of "+number, "none")
}

// forgotten reports whether the first of the records is of a call whose caller
// knows nothing of it: the answer was lost, or the product died before it could
// answer, and the caller asked again or gave up.
func (x *witness) forgotten(d *dialog, records []row) bool {
	c := records[0]
	if !d.inbound || c.int("arrived_at") > d.asked+margin {
		return false
	}
	if d.heard == 0 {
		return x.faults.loose(d.invite, d.asked)
	}
	// Who was answered by the next product talks to another call; a final
	// response may also be its word for the call that is lost.
	// What arrived in the next product, and died with that one, is no such call.
	w, died := x.faults.any(c.int("arrived_at"), c.int("released_at"), func(w window) bool { return w.dead && c.int("arrived_at") <= w.from+crossing })
	return died && c.is("estimated") && d.heard > w.from+crossing && (d.answered() != 0 || len(records) > 1 && records[1].int("arrived_at") > w.from)
}

// invites checks the capture itself: what the load said it would send is there.
func (x *witness) invites(notes []Note) {
	seen := map[string]int{}
	excused := map[string]bool{}
	for _, d := range x.w.order {
		if d.inbound {
			seen[digits(d.number)]++
		}
	}
	for _, n := range notes {
		if n.Who == "customer" && n.What == "invite" {
			seen[digits(n.Name)]--
			excused[digits(n.Name)] = excused[digits(n.Name)] || x.faults.loose(n.Exact, n.Exact)
		}
	}
	for number, n := range seen {
		if n != 0 && !(n < 0 && excused[number]) {
			x.f.sayf("capture", number, LawWitness, "an INVITE for each line of the ledger", fmt.Sprintf("%+d", n))
		}
	}
}

// keys checks the survey's answer against the keys on the wire, and these
// against the load's plan.
func (x *witness) keys(pairs []pair) {
	answers := map[string]row{}
	for _, a := range x.s.rows["records.survey_answers"] {
		if a.str("question") == "csat" { // the load's only one
			answers[a.str("call")] = a
		}
	}
	for _, p := range pairs {
		pressed := x.w.keys(p.d)
		plan := x.planned[digits(p.d.number)]
		for _, k := range pressed {
			if string(k.key) != plan.Key {
				x.f.say("capture", p.d.number, LawWitness, "key "+plan.Key, string(k.key))
			}
		}
		a, asked := answers[p.id]
		got := a.int("value")
		want := int64(0)
		for _, k := range pressed {
			if want == 0 && k.end != 0 && k.key >= '1' && k.key <= '5' {
				want = int64(k.key - '0')
			}
		}
		if !asked && want != 0 && !x.faults.loose(pressed[0].at, pressed[len(pressed)-1].at) {
			x.f.sayf("records.survey_answers", p.id+"/1/csat", LawKey, want, "no row")
		}
		if asked && want != got && !x.pressedLast(p, pressed) && !x.faults.loose(a.int("asked_at"), p.d.end()) {
			key := fmt.Sprintf("%s/%d/%s", p.id, a.int("segment"), a.str("question"))
			x.f.sayf("records.survey_answers", key, LawKey, want, got)
		}
	}
}

// pressedLast reports whether the only key crossed the end of the call.
func (x *witness) pressedLast(p pair, pressed []keyPress) bool {
	return len(pressed) == 1 && p.d.end() != 0 && pressed[0].end > p.d.end()-100_000
}

// plus writes a difference; none is nothing.
func plus(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %+d", n)
}
