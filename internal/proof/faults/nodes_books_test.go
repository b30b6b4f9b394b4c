package faults_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// settled waits until both journals are delivered and nothing is presumed any
// more, everybody has gone home and both nodes have stopped well.
func (p *pair) settled(row *rig.Row, logged ...string) {
	p.t.Helper()
	h := p.h
	h.Settle(90 * time.Second)
	rig.Within(p.t, 60*time.Second, "nothing is presumed any more", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.presumed`) == 0 && h.SQL.TryCount(`SELECT count(*) FROM records.calls WHERE provisional`) == 0
	}, func() string { return fmt.Sprint(h.SQL.Rows(`SELECT * FROM records.presumed`)) })
	r := h.Compare(rig.Allow{Stop: 60 * time.Second, Log: logged}) // stops the first node
	p.second.StopWell(60 * time.Second)
	for _, f := range r.Findings {
		if strings.Contains(f.Law, "each second of an agent") {
			continue // of two nodes: see twice
		}
		row.Findings++
		p.t.Error(f)
	}
	p.twice(row)
	p.books(row)
	p.bijection(row)
}

// books asks the product's own check, and whether a rebuild changes a byte.
func (p *pair) books(row *rig.Row) {
	p.t.Helper()
	if _, err := p.h.Balanced(); err != nil {
		p.t.Error(err)
		row.Figure("check NOT balanced")
	} else {
		row.Figure("check balanced")
	}
	before := p.digest()
	if code, out, bad := p.h.Command("", "rebuild"); code != 0 {
		p.t.Errorf("rebuild ended with %d: %s%s", code, out, bad)
	}
	same := true
	for table, sum := range p.digest() {
		if before[table] != sum {
			same = false
			p.t.Errorf("a rebuild changes records.%s", table)
		}
	}
	if same {
		row.Figure("rebuild to the byte")
	}
}

// digest is a hash of each table of records.
func (p *pair) digest() map[string]string {
	sums := map[string]string{}
	for _, table := range []string{"calls", "legs", "entries", "offers", "segments", "survey_answers", "dial_attempts", "agent_sessions",
		"agent_intervals", "buckets", "intervals", "presumed"} {
		sums[table] = fmt.Sprint(p.h.SQL.Rows(`SELECT coalesce(md5(string_agg(t::text, E'\n' ORDER BY t::text)), '') AS sum FROM records.` + table + ` t`)[0]["sum"])
	}
	return sums
}

// twice tells for how long an agent stands in the books of both nodes: the
// first counts whom it does not know to have gone. It fails the test for
// overlaps within one node, and for those outside of the fault.
func (p *pair) twice(row *rig.Row) {
	p.t.Helper()
	overlaps := p.h.SQL.Rows(`SELECT a.agent, a.node = b.node AS same, least(a."to", b."to") - greatest(a."from", b."from") AS us, greatest(a."from", b."from") AS at
		FROM records.agent_intervals a JOIN records.agent_intervals b ON a.agent = b.agent AND (a.session, a.n) < (b.session, b.n)
		AND a."from" < b."to" AND b."from" < a."to"`)
	agents, most := map[any]time.Duration{}, time.Duration(0)
	for _, o := range overlaps {
		at, d := time.UnixMicro(o["at"].(int64)), time.Duration(o["us"].(int64))*time.Microsecond
		if o["same"] == true || at.Before(p.from.Add(-2*time.Second)) || at.After(p.until) {
			p.t.Errorf("agent %v is counted twice for %s at %s", o["agent"], d, at.Format(time.TimeOnly))
		}
		agents[o["agent"]] += d
		most = max(most, agents[o["agent"]])
	}
	if len(agents) > 0 {
		row.Figure("%d agents stood in both nodes' books, for %s at most", len(agents), most.Round(100*time.Millisecond))
	}
}

// bijection compares what the customers have seen with the records, by their
// numbers: a call that was answered, or a customer who was called, is one record.
// A record more is allowed only of the first node, of a call that came while it
// was falling silent and was connected to nobody: the carrier went on to the
// other, and the customer never heard the first.
func (p *pair) bijection(row *rig.Row) {
	p.t.Helper()
	one, _ := p.nodeIDs()
	records := map[string][]map[string]any{}
	for _, r := range p.h.SQL.Rows(`SELECT q.number, c.call, c.node, c.arrived_at, c.connected_at, c.outcome, c.closed
		FROM records.calls c JOIN parties q ON q.id = c.party`) {
		n := strings.TrimPrefix(r["number"].(string), "+")
		records[n] = append(records[n], r)
	}
	unheard := func(r map[string]any) bool {
		at := time.UnixMicro(r["arrived_at"].(int64))
		return r["node"] == one && r["connected_at"] == int64(0) && at.After(p.from.Add(-2*time.Second)) && at.Before(p.until)
	}
	more := 0
	for _, c := range p.h.Calls() {
		n := strings.TrimPrefix(c.Number, "+")
		all := records[n]
		delete(records, n)
		row.Calls++
		if (c.Out || !c.Setup.IsZero()) && len(all) == 0 {
			row.Lost++
			p.t.Errorf("lost: %s (%s, %s at %s) has no record", c.Number, c.Fate, c.How, c.Invite.Format(time.TimeOnly))
		}
		if len(all) < 2 || c.Out { // who was dialed again is looked at apart
			continue
		}
		if heard := slices.DeleteFunc(slices.Clone(all), unheard); len(heard) > 1 {
			row.Doubled++
			p.t.Errorf("doubled: %s has %v", c.Number, all)
		}
		more += len(all) - 1
	}
	for n, all := range records { // what no customer knows of
		for _, r := range all {
			if r["connected_at"] != int64(0) {
				row.Doubled++
				p.t.Errorf("doubled: %s was never called, and has %v", n, r)
			}
		}
	}
	p.carrier.mu.Lock()
	defer p.carrier.mu.Unlock()
	for _, twice := range p.carrier.twice {
		row.Doubled++
		p.t.Errorf("doubled: %s", twice)
	}
	if more > 0 {
		row.Figure("%d records of callers who never heard the first node", more)
	}
}

// first tells when, after the instant, the second node's first new call was
// answered and when its first one was offered.
func (p *pair) first(row *rig.Row, at time.Time, limit time.Duration) {
	p.t.Helper()
	_, two := p.nodeIDs()
	var answered time.Duration
	rows := p.h.SQL.Rows(`SELECT q.number FROM records.calls c JOIN parties q ON q.id = c.party WHERE c.node = $1`, two)
	for _, c := range p.h.Calls() {
		if c.Setup.Before(at) || !slices.ContainsFunc(rows, func(r map[string]any) bool { return r["number"] == c.Number }) {
			continue
		}
		if took := c.Setup.Sub(at); answered == 0 || took < answered {
			answered = took
		}
	}
	offered := p.h.SQL.Rows(`SELECT min(created_at) AS at FROM records.offers WHERE node = $1 AND created_at > $2`, two, at.UnixMicro())
	created, ok := offered[0]["at"].(int64)
	if answered == 0 || !ok {
		p.t.Errorf("the second node has answered nobody, or offered nobody: %v, %v", answered, offered)
		return
	}
	offer := time.UnixMicro(created).Sub(at)
	row.Figure("first new call answered after %s, offered after %s", answered.Round(time.Millisecond), offer.Round(time.Millisecond))
	if answered > limit || offer > limit {
		p.t.Errorf("first new call answered after %s, offered after %s: more than %s", answered, offer, limit)
	}
}

// legs tells how long the customers of before were left on their lines.
func (p *pair) legs(row *rig.Row, at time.Time) {
	p.t.Helper()
	last, open := rig.LastEnd(p.h.Calls(), at)
	row.Figure("last leg of before let go after %s", max(0, last.Sub(at)).Round(100*time.Millisecond))
	if open > 0 || last.Sub(at) > 35*time.Second {
		p.t.Errorf("legs of before: %d are up, the last was let go after %s", open, last.Sub(at))
	}
}
