package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// quarter is the length of a bucket, µs.
const quarter = 15 * 60 * 1_000_000

// whom a figure counts for, besides the organisation.
type whom struct{ queue, agent, campaign string }

// figure names one number of a quarter hour as the key of records.intervals.
type figure struct {
	node           string
	bucket         int64
	kind, dim      string
	basis, measure string
}

func (k figure) String() string {
	return fmt.Sprintf("%s/%d/%s/%s/%s/%s", k.node, k.bucket, k.kind, k.dim, k.basis, k.measure)
}

// figures are all numbers that the record rows come to, for every quarter hour
// that they touch. now bounds what is still open.
type figures struct {
	sums map[figure]int64
	now  int64
}

func bucketOf(at int64) int64 { return at - at%quarter }

func (g *figures) add(r row, w whom, basis string, bucket int64, measure string, v int64) {
	if v == 0 {
		return
	}
	dims := map[string]string{"org": r.str("organisation_id"), "queue": w.queue, "agent": w.agent, "campaign": w.campaign}
	for kind, dim := range dims {
		if dim != "" {
			g.sums[figure{r.str("node"), bucket, kind, dim, basis, measure}] += v
		}
	}
}

// point counts v once it is known, at the instant at, where it happened and
// where its call arrived.
func (g *figures) point(r row, w whom, at int64, measure string, v int64) {
	if at != 0 {
		g.add(r, w, "event", bucketOf(at), measure, v)
		g.add(r, w, "cohort", bucketOf(r.int("arrived_at")), measure, v)
	}
}

// whole counts a complete duration where its call arrived.
func (g *figures) whole(r row, w whom, done int64, measure string, v int64) {
	if done != 0 {
		g.add(r, w, "cohort", bucketOf(r.int("arrived_at")), measure, v)
	}
}

// stretch splits from … to at the quarter hours.
func (g *figures) stretch(r row, w whom, from, to int64, measure string) {
	if to == 0 {
		to = max(from, g.now)
	}
	for b := bucketOf(from); b < to; b += quarter {
		g.add(r, w, "event", b, measure, min(to, b+quarter)-max(from, b))
	}
}

// count goes through every record once.
func count(s *store, now int64) map[figure]int64 {
	g := &figures{sums: map[figure]int64{}, now: now}
	for _, c := range s.rows["records.calls"] {
		g.call(c)
	}
	for _, l := range s.rows["records.legs"] {
		if l.str("direction") == "out" && l.int("leg") == 1 {
			g.point(l, whom{campaign: l.str("campaign")}, l.int("invited_at"), "out.attempts", 1)
		}
	}
	for _, e := range s.rows["records.entries"] {
		w := whom{queue: e.str("queue")}
		g.point(e, w, e.int("entered_at"), "queue.entered", 1)
		g.point(e, w, e.int("exited_at"), "queue.exit."+e.str("reason"), 1)
	}
	for _, o := range s.rows["records.offers"] {
		w := whom{o.str("queue"), o.str("agent"), o.str("campaign")}
		g.point(o, w, o.int("created_at"), "offer.created", 1)
		g.point(o, w, o.int("ended_at"), "offer.end."+o.str("end"), 1)
		if o.str("end") == "accepted" {
			g.point(o, w, o.int("ended_at"), "offer.answer_us", o.int("ring_us"))
		}
	}
	for _, p := range s.rows["records.segments"] {
		g.segment(p)
	}
	for _, v := range s.rows["records.survey_runs"] {
		g.survey(v)
	}
	for _, a := range s.rows["records.survey_answers"] {
		g.answer(a)
	}
	for _, a := range s.rows["records.dial_attempts"] {
		line := whom{campaign: a.str("campaign")}
		g.point(a, line, a.int("human_at"), "out.human", 1)
		g.point(a, line, a.int("abandoned_at"), "out.abandoned", 1)
		line.agent = a.str("agent")
		g.point(a, line, a.int("connected_at"), "out.connected_human", 1)
	}
	for _, a := range s.rows["records.agent_intervals"] {
		g.stretch(a, whom{agent: a.str("agent")}, a.int("from"), a.int("to"), "agent_us."+a.str("state"))
	}
	return g.sums
}

func (g *figures) call(c row) {
	for _, p := range c.list("spans") {
		from, to := p.int("from"), p.int("to")
		g.stretch(c, whom{}, from, to, "phase_us."+p.str("phase"))
		as := map[string]string{"connecting": "seg.connecting_us", "talking": "seg.talk_us", "held": "seg.hold_us", "alone": "seg.gap_us", "silent": "seg.gap_us",
			"consulting": "seg.consult_us", "conferencing": "seg.conference_us"}[p.str("phase")]
		if p.int("segment") != 0 && as != "" {
			g.stretch(c, whom{p.str("queue"), p.str("agent"), c.str("campaign")}, from, to, as)
		}
	}
	g.asks(c)
	if c.str("direction") != "in" {
		return
	}
	fate := whom{queue: c.str("queue"), campaign: c.str("campaign")}
	g.point(c, whom{campaign: c.str("campaign")}, c.int("arrived_at"), "in.calls", 1)
	g.point(c, fate, c.int("entered_at"), "in.offered", 1)
	if c.is("missed") {
		g.point(c, fate, c.int("released_at"), "in.missed", 1)
	}
	if at := c.int("connected_at"); at != 0 && c.int("entered_at") != 0 {
		fate.agent = c.str("agent")
		g.point(c, fate, at, "in.connected", 1)
		g.point(c, fate, at, "in.wait_us", c.int("wait_us"))
		g.point(c, fate, at, "in.pickup_us", c.int("pickup_us"))
		if c.is("within") {
			g.point(c, fate, at, "in.within", 1)
		}
	}
	if c.int("connected_at") != 0 {
		return
	}
	if c.str("service") == "gone_within" {
		g.point(c, fate, c.int("fate_at"), "in.gone_within", 1)
	}
	switch c.str("exit") {
	case "abandoned", "abandoned_at_offer", "abandoned_at_whisper":
		g.point(c, fate, c.int("exited_at"), "in.abandoned", 1)
		g.point(c, fate, c.int("exited_at"), "in.abandon_wait_us", c.int("wait_us"))
	case "abandoned_short":
		g.point(c, fate, c.int("exited_at"), "in.abandoned_short", 1)
	}
}

// asks counts consultations, transfers and parked calls for who asked.
func (g *figures) asks(c row) {
	for _, a := range c.list("asks") {
		w := whom{a.str("queue"), a.str("agent"), c.str("campaign")}
		switch kind, end := a.str("kind"), a.str("end"); {
		case kind == "consult", kind == "park":
			g.point(c, w, a.int("started_at"), "ask."+kind, 1)
		case end == "completed":
			g.point(c, w, a.int("ended_at"), "transfer.out."+kind, 1)
		case end != "":
			g.point(c, w, a.int("ended_at"), "transfer.failed", 1)
		}
	}
}

func (g *figures) segment(p row) {
	w := whom{p.str("queue"), p.str("agent"), p.str("campaign")}
	g.point(p, w, p.int("connected_at"), "seg.connected", 1)
	for _, span := range p.list("wrap") {
		g.stretch(p, w, span.int("from"), span.int("to"), "seg.wrap_us")
	}
	for _, span := range p.list("beside") {
		as := map[string]string{"connecting": "seg.connecting_us", "consulting": "seg.consult_us", "conferencing": "seg.conference_us"}[span.str("phase")]
		g.stretch(p, w, span.int("from"), span.int("to"), as)
	}
	g.point(p, w, p.int("taken_at"), "transfer.in", 1)
	for col, measure := range map[string]string{"connecting_us": "seg.connecting_us", "talk_us": "seg.talk_us", "hold_us": "seg.hold_us", "gap_us": "seg.gap_us",
		"consult_us": "seg.consult_us", "conference_us": "seg.conference_us"} {
		g.whole(p, w, p.int("ended_at"), measure, p.int(col))
	}
	g.whole(p, w, p.int("wrap_ended_at"), "seg.wrap_us", p.int("wrap_us"))
	g.point(p, w, p.int("handled_at"), "seg.handled", 1)
	for col, measure := range map[string]string{"connecting_us": "seg.handled_connecting_us", "talk_us": "seg.handled_talk_us", "hold_us": "seg.handled_hold_us", "wrap_us": "seg.handled_wrap_us",
		"consult_us": "seg.handled_consult_us", "conference_us": "seg.handled_conference_us"} {
		g.point(p, w, p.int("handled_at"), measure, p.int(col))
	}
}

// intervals holds the stored figures of closed quarter hours against those of
// the records, and the live store's against them. It returns how many figures
// it compared.
func intervals(f *findings, s *store) int {
	closed, settled, now := map[string]bool{}, map[string]bool{}, int64(0)
	wall := lastWall(s)
	for _, b := range s.rows["records.buckets"] {
		k := bucketKey(b.str("node"), b.int("bucket"))
		now = max(now, b.int("bucket")+quarter)
		switch over := b.int("settled_seq") != 0; {
		case b.int("bucket")+quarter > wall[b.str("node")]: // the clock was set back: it comes again
		case b.is("stale") && over:
			f.say("records.buckets", k, LawInterval, "figures of the records as they are", "stale")
		case b.is("stale"): // a call that arrived in it went on after the cut; its end will settle it
		default:
			closed[k], settled[k] = b.int("closed_seq") != 0, b.int("closed_seq") != 0 && over
		}
	}
	conserve(f, s, closed, settled, now)
	want := count(s, now)
	seen := map[figure]bool{}
	compared := 0
	due := func(k figure) bool {
		b := bucketKey(k.node, k.bucket)
		return k.basis == "event" && closed[b] || k.basis == "cohort" && settled[b]
	}
	for _, r := range s.rows["records.intervals"] {
		k := figure{r.str("node"), r.int("bucket"), r.str("dim_kind"), r.str("dim"), r.str("basis"), r.str("metric")}
		if seen[k] {
			f.say("records.intervals", k.String(), LawOnce, "one row", "two")
		}
		seen[k] = true
		if !due(k) {
			continue
		}
		compared++
		f.same("records.intervals", k.String(), LawInterval, want[k], r.int("folded"))
		f.same("records.intervals", k.String(), LawFrozen, r.int("cut"), r.int("rolled"))
	}
	for _, k := range slices.SortedFunc(maps.Keys(want), func(a, b figure) int { return strings.Compare(a.String(), b.String()) }) {
		if due(k) && !seen[k] {
			f.sayf("records.intervals", k.String(), LawInterval, want[k], "no row")
		}
	}
	return compared
}
