package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// Call implements api.Reports.
func (r *reports) Call(ctx context.Context, id string) (wire.CallDetail, error) {
	file, err := r.records.Call(ctx, stamp.ID(id))
	if err != nil {
		return wire.CallDetail{}, unknown(err, "call", id)
	}
	numbers, err := r.numbers(ctx, file.Calls)
	if err != nil {
		return wire.CallDetail{}, err
	}
	c := &file.Calls[0]
	d := wire.CallDetail{
		CallRow: r.row(c, numbers[c.Party], file.Answers), Sealed: file.Sealed,
		AgentBands: r.agentBands(file.Agents), Segments: r.segments(file.Segments), Measures: measures(file.Stamps),
	}
	if d.Stamps, err = stampRows(file.Stamps); err != nil {
		return wire.CallDetail{}, err
	}
	if n := len(file.Stamps); n > 0 && file.Sealed {
		d.Hash = file.Stamps[n-1].Hash.String()
	}
	return d, nil
}

func stampRows(stamps []postgres.SealedStamp) ([]wire.StampRow, error) {
	web := agentLegs(stamps)
	rows := make([]wire.StampRow, 0, len(stamps))
	for _, s := range stamps {
		data, err := json.Marshal(s.Fact)
		if err != nil {
			return nil, fmt.Errorf("show stamp %d: %w", s.Seq, err)
		}
		rows = append(rows, wire.StampRow{
			Seq: s.Seq, N: s.N, At: s.At, Late: s.Late, Kind: string(s.Kind()), Actor: string(s.Actor),
			Phase: s.Phase, From: source(s.Stamp, web), Data: data, Hash: s.Hash.String(),
		})
	}
	return rows, nil
}

// agentBands draws the agents' lane. A step of the clock that cut a state in
// two is not shown.
func (r *reports) agentBands(intervals []kpi.AgentInterval) []wire.AgentBand {
	list := make([]wire.AgentBand, 0, len(intervals))
	for _, a := range intervals {
		n := len(list)
		if n > 0 && list[n-1].Agent == string(a.Agent) && list[n-1].State == a.State && list[n-1].To == a.From {
			list[n-1].To = a.To
			continue
		}
		list = append(list, wire.AgentBand{
			Agent: string(a.Agent), Name: r.names.Agent(a.Agent), State: a.State, From: a.From, To: a.To,
		})
	}
	return list
}

func (r *reports) segments(segments []kpi.Segment) []wire.SegmentRow {
	list := make([]wire.SegmentRow, 0, len(segments))
	for i := range segments {
		g := &segments[i]
		list = append(list, wire.SegmentRow{
			Segment: int(g.Segment), Agent: string(g.Agent), Name: r.names.Agent(g.Agent), TalkUS: g.TalkUS,
			HoldUS: g.HoldUS, GapUS: g.GapUS, ConsultUS: g.ConsultUS, ConferenceUS: g.ConferenceUS, WrapUS: g.WrapUS, Disposition: g.Disposition,
		})
	}
	return list
}

// measures are the times of a call that lie between two of its stamps. The
// sum of the lines of one KPI is the call's part of that KPI.
func measures(stamps []postgres.SealedStamp) []wire.CallMeasure {
	m := measuring{list: []wire.CallMeasure{}, open: map[string]stamp.Stamp{}}
	for _, s := range stamps {
		m.take(s.Stamp)
	}
	slices.SortStableFunc(m.list, func(a, b wire.CallMeasure) int { return cmp.Compare(a.FromN, b.FromN) })
	return m.list
}

// measuring remembers where a measure began.
type measuring struct {
	list  []wire.CallMeasure
	open  map[string]stamp.Stamp
	quiet stamp.Stamp // nothing has come from the customer since its last_rx_ago, while nothing comes
}

func (m *measuring) begin(key string, s stamp.Stamp) { m.open[key] = s }

func (m *measuring) end(kpi, key string, s stamp.Stamp) {
	from, ok := m.open[key]
	if !ok {
		return
	}
	delete(m.open, key)
	m.list = append(m.list, wire.CallMeasure{KPI: kpi, FromN: from.N, ToN: s.N, US: s.Sub(from.Instant)})
}

func (m *measuring) take(s stamp.Stamp) {
	m.silence(s)
	m.phase(s)
	switch f := s.Fact.(type) {
	case stamp.QueueEntered:
		if f.First {
			m.begin("wait", s)
		}
	case stamp.SegmentConnected:
		m.end("in.wait", "wait", s)
	case stamp.QueueExited:
		if f.Reason == stamp.ExitAbandoned || f.Reason == stamp.ExitAbandonedAtOffer || f.Reason == stamp.ExitAbandonedAtWhisper {
			m.end("in.abandon_wait", "wait", s)
		}
	case stamp.OfferCreated:
		m.begin(string(f.Offer), s)
	case stamp.OfferRingStarted:
		m.begin(string(f.Offer), s)
	case stamp.OfferAccepted:
		m.end("agt.answer_time", string(f.Offer), s)
	case stamp.WrapStarted:
		m.begin(fmt.Sprint("wrap ", f.Segment), s)
	case stamp.WrapEnded:
		m.end("c.wrap", fmt.Sprint("wrap ", f.Segment), s)
	case stamp.SurveyAsked:
		m.begin("asked "+f.Question, s)
	case stamp.SurveyResponded:
		if f.Question == "csat" {
			m.end("v.csat", "asked csat", s)
		}
	}
}

// silence ends the talk of a call that is given up since nothing comes from the
// customer any more at the last packet, as the records do.
func (m *measuring) silence(s stamp.Stamp) {
	switch f := s.Fact.(type) {
	case stamp.MediaRTPTimeout:
		if f.Leg == stamp.CustomerLeg {
			m.quiet = s
		}
	case stamp.MediaResumed:
		if f.Leg == stamp.CustomerLeg {
			m.quiet = stamp.Stamp{}
		}
	case stamp.SegmentEnded:
		told, ok := m.quiet.Fact.(stamp.MediaRTPTimeout)
		if !ok || s.Cause == nil || s.Cause.Text != "silence" {
			return
		}
		for phase, id := range timedPhases() {
			if from, open := m.open[phase]; open {
				us := max(m.quiet.Sub(from.Instant)-told.LastRxAgo, 0)
				delete(m.open, phase)
				m.list = append(m.list, wire.CallMeasure{KPI: id, FromN: from.N, ToN: m.quiet.N, US: us})
			}
		}
	}
}

// timedPhases are the phases that a KPI measures.
func timedPhases() map[string]string {
	return map[string]string{stamp.PhaseTalking: "c.talk", stamp.PhaseHeld: "c.hold"}
}

// phase measures each stretch of talk and of hold.
func (m *measuring) phase(s stamp.Stamp) {
	if s.Phase == "" {
		return
	}
	for phase, id := range timedPhases() {
		if phase != s.Phase {
			m.end(id, phase, s)
		} else if _, already := m.open[phase]; !already {
			m.begin(phase, s)
		}
	}
}
