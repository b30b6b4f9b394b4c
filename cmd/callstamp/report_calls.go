package main

import (
	"context"
	"errors"
	"slices"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// Behind implements api.Reports: the calls whose records make up a KPI's
// numerator, each with its own part of it in the KPI's unit.
func (r *reports) Behind(ctx context.Context, id string, q api.Query) ([]wire.CallRow, error) {
	def, ok := kpi.Find(id)
	if !ok {
		return nil, api.ErrUnknown("KPI", id)
	}
	s, _, err := selected(q)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(def.Dims, s.Dim.Kind) {
		return nil, api.ErrUnknown("group of "+id, q.Group)
	}
	filter, _ := kpi.Behind(id)
	shares, err := r.records.Behind(ctx, filter, parts(def), s, q.Limit)
	if errors.Is(err, postgres.ErrNotGrouped) {
		return nil, api.ErrUnknown("group of "+id, q.Group)
	}
	if err != nil {
		return nil, err
	}
	ids := make([]stamp.ID, len(shares))
	for i, share := range shares {
		ids[i] = share.Call
	}
	rows, err := r.list(ctx, ids)
	if err != nil {
		return nil, err
	}
	own := map[string]int64{}
	for _, share := range shares {
		own[string(share.Call)] = share.Value
	}
	for i := range rows {
		v := float64(own[rows[i].ID])
		if timed(def) {
			v /= 1e6
		}
		rows[i].Value = &v
	}
	return rows, nil
}

// timed reports whether a record's part of the KPI is a time.
func timed(d kpi.Def) bool { return len(parts(d)) > 0 }

// parts names the fields of the records that the KPI adds up, none where it
// counts them. Most say so themselves; a handle time has several.
func parts(d kpi.Def) []string {
	if d.Hit.Sum != "" {
		return []string{d.Hit.Sum}
	}
	var fields []string
	for _, term := range d.Value.Num {
		switch term.Metric {
		case kpi.MHandledTalkUS:
			fields = append(fields, "talk_us")
		case kpi.MHandledHoldUS:
			fields = append(fields, "hold_us")
		case kpi.MHandledConsultUS:
			fields = append(fields, "consult_us")
		case kpi.MHandledConferenceUS:
			fields = append(fields, "conference_us")
		case kpi.MHandledWrapUS:
			fields = append(fields, "wrap_us")
		}
	}
	return fields
}

// Calls implements api.Reports.
func (r *reports) Calls(ctx context.Context, q api.Query) ([]wire.CallRow, error) {
	s, _, err := selected(q)
	if err != nil {
		return nil, err
	}
	ids, err := r.records.Arrived(ctx, s, q.Limit)
	if err != nil {
		return nil, err
	}
	return r.list(ctx, ids)
}

// list reads the rows of calls, in the order of ids.
func (r *reports) list(ctx context.Context, ids []stamp.ID) ([]wire.CallRow, error) {
	records, err := r.records.CallRecords(ctx, ids)
	if err != nil {
		return nil, err
	}
	numbers, err := r.numbers(ctx, records.Calls)
	if err != nil {
		return nil, err
	}
	byID := map[stamp.ID]wire.CallRow{}
	for i := range records.Calls {
		c := &records.Calls[i]
		byID[c.Call] = r.row(c, numbers[c.Party], records.Answers)
	}
	rows := make([]wire.CallRow, 0, len(ids))
	for _, id := range ids {
		if row, ok := byID[id]; ok {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// numbers reads the parties' numbers; an erased one has none.
func (r *reports) numbers(ctx context.Context, calls []kpi.Call) (map[stamp.PartyID]string, error) {
	var ids []stamp.PartyID
	for i := range calls {
		if calls[i].Party != "" {
			ids = append(ids, calls[i].Party)
		}
	}
	parties, err := r.records.Parties(ctx, ids)
	if err != nil {
		return nil, err
	}
	numbers := map[stamp.PartyID]string{}
	for _, p := range parties {
		numbers[p.ID] = p.Number
	}
	return numbers, nil
}

func (r *reports) row(c *kpi.Call, number string, answers []kpi.SurveyAnswer) wire.CallRow {
	row := wire.CallRow{
		ID: string(c.Call), Direction: string(c.Direction), Created: c.ArrivedAt, Released: c.ReleasedAt,
		Party: number, Outcome: c.Outcome, WaitUS: c.WaitUS, TalkUS: c.TalkUS, HoldUS: c.HoldUS, WrapUS: c.WrapUS,
		Bands: bands(c),
	}
	if c.Queue != "" {
		row.Queue = r.names.Queue(c.Queue)
	}
	if c.Campaign != "" {
		row.Campaign = r.names.Campaign(c.Campaign)
	}
	if c.Agent != "" {
		row.Agent = r.names.Agent(c.Agent)
	}
	for i := range answers {
		if a := &answers[i]; a.Call == c.Call && a.Question == "csat" && a.RespondedAt != 0 {
			row.Survey = a.Value
		}
	}
	return row
}

// bands are the call's phases, those of one kind that touch as one, and what
// is left to do after it.
func bands(c *kpi.Call) []wire.Band {
	list := make([]wire.Band, 0, len(c.Spans)+1)
	for _, s := range c.Spans {
		if n := len(list); n > 0 && list[n-1].Phase == s.Phase && list[n-1].To == s.From {
			list[n-1].To = s.To
			continue
		}
		list = append(list, wire.Band{Phase: s.Phase, From: s.From, To: s.To})
	}
	if c.ReleasedAt != 0 && c.ClosedAt != c.ReleasedAt {
		list = append(list, wire.Band{Phase: stamp.PhaseOver, From: c.ReleasedAt, To: c.ClosedAt})
	}
	return list
}
