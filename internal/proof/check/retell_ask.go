package check

import "fmt"

// asked tells how a call came to somebody else: asks, and who came by them.
func (c *teller) asked(a *fact) {
	d := a.Data
	switch a.Kind {
	case "consult.started":
		c.asks = append(c.asks, c.ask(a, "consult"))
	case "transfer.started":
		c.asks = append(c.asks, c.ask(a, d.How))
	case "park.started":
		c.asks = append(c.asks, c.ask(a, "park"))
	case "consult.answered":
		if r := c.underWay(d.Ask); r != nil {
			r["answered_at"], r["into"] = a.At, d.Segment
		}
	case "consult.ended":
		c.askEnds(a, d.Ask, d.End)
	case "transfer.completed":
		if r := c.askEnds(a, d.Ask, "completed"); r != nil {
			r["into"] = d.Into
		}
		if g := c.segments[fmt.Sprint(d.Into)]; g != nil {
			g["taken_at"] = a.At
		}
	case "transfer.failed":
		c.askEnds(a, d.Ask, d.Reason)
	case "park.ended":
		c.askEnds(a, 0, d.End)
	}
}

func (c *teller) ask(a *fact, kind string) row {
	d := a.Data
	r := row{"ask": d.Ask, "kind": kind, "segment": d.Segment, "agent": d.Agent, "started_at": a.At}
	if g := c.segments[fmt.Sprint(d.Segment)]; g != nil {
		r["queue"] = g["queue"]
	}
	return r
}

// underWay is the ask with the number that has no end.
func (c *teller) underWay(no int64) row {
	for _, r := range c.asks {
		if r.int("ask") == no && r.int("ended_at") == 0 {
			return r
		}
	}
	return nil
}

func (c *teller) askEnds(a *fact, no int64, end string) row {
	r := c.underWay(no)
	if r != nil {
		r["ended_at"], r["end"], r["by"] = a.At, end, a.Actor
	}
	return r
}

// besides ends and begins what the call is to agents who are in it beside the
// one who has the customer.
func (c *teller) besides(a *fact) {
	has := c.openSegment()
	for n := 1; n <= len(c.segments); n++ {
		key := fmt.Sprint(n)
		g := c.segments[key]
		mode := ""
		if g != nil && g.int("ended_at") == 0 && fmt.Sprint(g["segment"]) != fmt.Sprint(has["segment"]) {
			switch {
			case c.phase == "over" || c.phase == "closed":
			case c.phase != "conferencing":
				mode = "consulting"
			case g.int("connected_at") == 0:
				mode = "connecting"
			default:
				mode = "conferencing"
			}
		}
		c.stand(a, key, g, mode)
	}
}

func (c *teller) stand(a *fact, key string, g row, mode string) {
	open := c.beside[key]
	if open.str("phase") == mode {
		return
	}
	if open != nil {
		us := a.since(c.begun["beside "+key])
		open["to"] = open.int("from") + us
		if all := g["beside"].([]row); us == 0 {
			g["beside"] = all[:len(all)-1]
		}
		delete(c.beside, key)
	}
	if mode != "" {
		p := row{"phase": mode, "from": a.At, "segment": g["segment"], "agent": g["agent"], "queue": g["queue"]}
		g["beside"] = append(g["beside"].([]row), p)
		c.beside[key], c.begun["beside "+key] = p, a
	}
}
