package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // pages name zones, also where the machine has none

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// names gives what people call a queue, an agent or a campaign; "" if unknown.
type names interface {
	Queue(id stamp.QueueID) string
	Agent(id stamp.AgentID) string
	Campaign(id stamp.CampaignID) string
}

// reports is api.Reports: the catalogue's expressions over the folded figures,
// and the records and stamps behind them.
type reports struct {
	records *postgres.Reader
	names   names
}

var _ api.Reports = (*reports)(nil)

func newReports(store *postgres.Store, p *people) *reports {
	return &reports{records: store.Reader(), names: labels{p}}
}

// Catalogue implements api.Reports.
func (r *reports) Catalogue() []wire.KPI {
	var list []wire.KPI
	for _, d := range kpi.Catalogue() {
		list = append(list, wire.KPI{
			ID: d.ID, Names: map[string]string{"vi": d.Names.Vi, "zh-Hant": d.Names.ZhHant, "en": d.Names.En},
			Formula: d.Symbols, Words: d.Words, Unit: string(d.Unit), Direction: direction(d.Direction),
			Source: string(d.Known), Version: d.Version,
		})
	}
	return list
}

// direction says where better lies, as an arrow or a band.
func direction(b kpi.Better) string {
	switch b {
	case kpi.Higher:
		return "up"
	case kpi.Lower:
		return "down"
	}
	return "band"
}

// Report implements api.Reports. The range is widened to whole quarter hours.
func (r *reports) Report(ctx context.Context, q api.Query) (wire.Report, error) {
	s, zone, err := selected(q)
	if err != nil {
		return wire.Report{}, err
	}
	defs, err := chosen(q.IDs, s.Dim.Kind)
	if err != nil {
		return wire.Report{}, err
	}
	account, err := r.records.Account(ctx, s)
	if err != nil {
		return wire.Report{}, err
	}
	return wire.Report{
		From: s.From.Start(), To: s.Until.Start(), Zone: q.Zone, AsOf: account.AsOf, Group: q.Group,
		Rows: r.rows(q.Group, s, zone, defs, account.Rows), Total: figures(defs, gather(account.Total)), Ledger: balance(account),
	}, nil
}

// selected is the part of the records that a query is about. A group that is a
// stretch of time narrows the range to it.
func selected(q api.Query) (postgres.Selection, *time.Location, error) {
	zone, err := time.LoadLocation(q.Zone)
	if err != nil {
		return postgres.Selection{}, nil, api.ErrUnknown("time zone", q.Zone)
	}
	s := postgres.Selection{
		From: stamp.BucketAt(q.From.UnixMicro()), Until: stamp.Bucket(stamp.BucketAt(q.To.UnixMicro() - 1).End()),
		Dim: kpi.Dim{Kind: kpi.DimOrg},
	}
	switch q.Group {
	case "queue", "agent", "campaign":
		s.Dim = kpi.Dim{Kind: kpi.DimKind(q.Group), ID: q.Key}
	case "interval", "hour", "day":
		s.PerBucket = true
		if q.Key == "" {
			break
		}
		at, err := time.Parse(time.RFC3339, q.Key)
		if err != nil {
			return s, zone, api.ErrUnknown(q.Group, q.Key)
		}
		start, end := stretch(q.Group, at.In(zone))
		s.From = max(s.From, stamp.BucketAt(start.UnixMicro()))
		s.Until = min(s.Until, stamp.BucketAt(end.UnixMicro()))
	}
	return s, zone, nil
}

// chosen are the KPIs asked for that are kept for a kind of group and have a
// value over a range.
func chosen(ids []string, kind kpi.DimKind) ([]kpi.Def, error) {
	var defs []kpi.Def
	for _, d := range kpi.Catalogue() {
		asked := len(ids) == 0 || slices.Contains(ids, d.ID)
		if asked && slices.Contains(d.Dims, kind) && !d.Value.IsZero() {
			defs = append(defs, d)
		}
	}
	for _, id := range ids {
		if _, ok := kpi.Find(id); !ok {
			return nil, api.ErrUnknown("KPI", id)
		}
	}
	return defs, nil
}

// gather adds up rows, whatever their bucket and group.
func gather(rows []kpi.Interval) kpi.Figures {
	f := kpi.Figures{}
	for _, row := range rows {
		f[row.Metric] += row.Value
	}
	return f
}

// figures evaluates the KPIs.
func figures(defs []kpi.Def, f kpi.Figures) []wire.Figure {
	list := make([]wire.Figure, 0, len(defs))
	for _, d := range defs {
		list = append(list, figure(kpi.Evaluate(d, f)))
	}
	return list
}

func figure(v kpi.Value) wire.Figure {
	return wire.Figure{KPI: v.ID, Value: v.Value, Mean: v.Mean, Num: v.Num, Den: v.Den, N: v.N, Unit: string(v.Unit), Low: v.Low, High: v.High}
}

// rows makes one row per group; groups of time are all there, also those in
// which nothing happened.
func (r *reports) rows(group string, s postgres.Selection, zone *time.Location, defs []kpi.Def, found []kpi.Interval) []wire.ReportRow {
	rows := []wire.ReportRow{}
	switch {
	case s.PerBucket:
		byStart := map[int64][]kpi.Interval{}
		for _, i := range found {
			start, _ := stretch(group, i.Bucket.Time().In(zone))
			byStart[start.UnixMicro()] = append(byStart[start.UnixMicro()], i)
		}
		for at := s.From; at < s.Until; {
			start, end := stretch(group, at.Time().In(zone))
			rows = append(rows, wire.ReportRow{
				Key: start.Format(time.RFC3339), Name: start.Format("2006-01-02 15:04"),
				Figures: figures(defs, gather(byStart[start.UnixMicro()])),
			})
			at = stamp.BucketAt(end.UnixMicro())
		}
	case s.Dim.Kind != kpi.DimOrg:
		byID := map[string][]kpi.Interval{}
		for _, i := range found {
			byID[i.Dim.ID] = append(byID[i.Dim.ID], i)
		}
		for id, of := range byID {
			rows = append(rows, wire.ReportRow{Key: id, Name: cmp.Or(r.name(s.Dim.Kind, id), id), Figures: figures(defs, gather(of))})
		}
		slices.SortFunc(rows, func(a, b wire.ReportRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key)) })
	}
	return rows
}

func (r *reports) name(kind kpi.DimKind, id string) string {
	switch kind {
	case kpi.DimQueue:
		return r.names.Queue(stamp.QueueID(id))
	case kpi.DimAgent:
		return r.names.Agent(stamp.AgentID(id))
	case kpi.DimCampaign:
		return r.names.Campaign(stamp.CampaignID(id))
	}
	return ""
}

// stretch returns the group of time that holds t, in t's zone. An hour of the
// clock that comes twice is two: their instants differ.
func stretch(group string, t time.Time) (start, end time.Time) {
	switch group {
	case "day":
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, t.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
	case "hour":
		start = t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
		return start, start.Add(time.Hour)
	}
	b := stamp.BucketAt(t.UnixMicro())
	return time.UnixMicro(b.Start()).In(t.Location()), time.UnixMicro(b.End()).In(t.Location())
}

// balance is the sum that must hold over the calls that arrived in the range.
func balance(a postgres.Account) wire.Ledger {
	l := wire.Ledger{Exits: map[string]int{}, Waiting: a.Waiting, Open: a.Open}
	left := int64(0)
	for _, row := range a.Arrived {
		if row.Metric == kpi.MEntered {
			l.Entered += row.Value
		} else if reason, ok := exitOf(row.Metric); ok {
			l.Exits[reason] += int(row.Value)
			left += row.Value
		}
	}
	gap := l.Entered - left - l.Waiting
	l.Balanced = gap == 0 && a.Unlike == 0
	switch {
	case gap != 0:
		l.Gap = fmt.Sprintf("entered %d − exits %d − waiting %d = %d, not 0", l.Entered, left, l.Waiting, gap)
	case a.Unlike != 0:
		l.Gap = fmt.Sprintf("%d figures of closed quarter hours differ from what was counted live", a.Unlike)
	}
	return l
}

// exitOf returns the reason that a metric counts exits for.
func exitOf(m kpi.Metric) (string, bool) {
	reason, ok := cutPrefix(m, kpi.MExited)
	return reason, ok && reason != ""
}

func cutPrefix(m, prefix kpi.Metric) (string, bool) {
	if len(m) < len(prefix) || m[:len(prefix)] != prefix {
		return "", false
	}
	return string(m[len(prefix):]), true
}

// unknown gives "not found" its words.
func unknown(err error, what, name string) error {
	if errors.Is(err, postgres.ErrNotFound) {
		return api.ErrUnknown(what, name)
	}
	return err
}
