package kpi

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// liveAsk is a transfer that is under way.
type liveAsk struct {
	Ask   int           `json:"ask"`
	How   string        `json:"how"`
	Agent stamp.AgentID `json:"agent"`
	Queue stamp.QueueID `json:"queue,omitempty"`
}

// countAsk counts how the call comes to somebody else.
func (l *Live) countAsk(c *liveCall, s stamp.Stamp) error {
	switch fact := s.Fact.(type) {
	case stamp.ConsultStarted:
		l.tally(c, s, c.asking(fact.Segment, fact.Agent), MConsults, 1)
	case stamp.ParkStarted:
		l.tally(c, s, c.asking(fact.Segment, fact.Agent), MParks, 1)
	case stamp.TransferStarted:
		w := c.asking(fact.Segment, fact.Agent)
		c.Asks = append(c.Asks, liveAsk{fact.Ask, fact.How, fact.Agent, w.queue})
	case stamp.TransferCompleted:
		a, err := c.askEnded(fact.Ask)
		if err != nil {
			return err
		}
		l.tally(c, s, c.whoAsked(a), MTransfersOut+Metric(a.How), 1)
		if g := c.seg(fact.Into); g != nil {
			l.tally(c, s, c.whoOf(g), MTransfersIn, 1)
		}
	case stamp.TransferFailed:
		a, err := c.askEnded(fact.Ask)
		if err != nil {
			return err
		}
		l.tally(c, s, c.whoAsked(a), MTransferFailed, 1)
	}
	return nil
}

// asking is for whom an ask of the part's agent counts.
func (c *liveCall) asking(no stamp.SegmentNo, agent stamp.AgentID) who {
	w := who{org: c.Org, agent: agent, campaign: c.Campaign}
	if g := c.seg(no); g != nil {
		w.queue = g.Queue
	}
	return w
}

func (c *liveCall) whoAsked(a liveAsk) who {
	return who{org: c.Org, queue: a.Queue, agent: a.Agent, campaign: c.Campaign}
}

// askEnded forgets the transfer that has its end.
func (c *liveCall) askEnded(no int) (liveAsk, error) {
	for i, a := range c.Asks {
		if a.Ask == no {
			c.Asks = slices.Delete(c.Asks, i, i+1)
			return a, nil
		}
	}
	return liveAsk{}, fmt.Errorf("transfer %d is not under way", no)
}

// stand ends and begins what the call is to agents who are in it beside the one
// who has the customer.
func (l *Live) stand(c *liveCall, s stamp.Stamp) {
	first := true
	for i := range c.Segs {
		g := &c.Segs[i]
		mode := ""
		if !g.Ended && !c.Released {
			if !first {
				mode = besideOf(c.Phase, g.Connected)
			}
			first = false
		}
		if mode == g.Mode {
			continue
		}
		if g.Beside.running() {
			g.add(g.Mode, l.finish(&g.Beside, s.Instant, c.stands(g)))
		}
		if g.Mode = mode; mode != "" {
			g.Beside = begin(s.Instant)
		}
	}
}

// stands says what a part's time beside is counted as.
func (c *liveCall) stands(g *liveSeg) timed {
	return timed{who: c.whoOf(g), metric: segmentMetric(g.Mode)}
}

// add books time of a part by what it was.
func (g *liveSeg) add(phase string, us int64) {
	if g.Sums == nil {
		g.Sums = map[string]int64{}
	}
	g.Sums[phase] += us
}
