package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrNotGrouped says that records of a kind know no such group.
var ErrNotGrouped = errors.New("not grouped by this")

// Share is one call's part in a number: the sum of the asked fields over its
// records, or how many they are.
type Share struct {
	Call  stamp.ID `db:"call"`
	Value int64    `db:"value"`
}

// Behind returns the calls whose records f selects in the range of s, the
// newest first. sum names the fields that are added up; without any, records
// are counted. Errors: ErrNotGrouped.
func (r *Reader) Behind(ctx context.Context, f kpi.Filter, sum []string, s Selection, limit int) ([]Share, error) {
	name, columns := r.tables.of(f.Record)
	q := query{columns: columns}
	q.add(`organisation_id = ?`, r.org)
	if f.At != "" {
		q.cond(kpi.Cond{Field: f.At, Op: ">=", Value: max(int64(s.From), 1)})
		q.cond(kpi.Cond{Field: f.At, Op: "<", Value: int64(s.Until)})
	}
	for _, c := range f.Where {
		q.cond(c)
	}
	if s.Dim.Kind != kpi.DimOrg && s.Dim.ID != "" {
		q.cond(kpi.Cond{Field: string(s.Dim.Kind), Op: kpi.OpEq, Value: s.Dim.ID})
	}
	value := "count(*)"
	if len(sum) > 0 {
		fields := make([]string, len(sum))
		for i, field := range sum {
			fields[i] = q.column(field)
		}
		value = "sum(" + strings.Join(fields, " + ") + ")"
	}
	if q.err != nil {
		return nil, fmt.Errorf("read calls behind %s: %w", f.Record, q.err)
	}
	q.args = append(q.args, limit)
	return list[Share](ctx, r.Store, "read calls behind "+string(f.Record), fmt.Sprintf(
		`SELECT call, (%s)::bigint AS value FROM %s WHERE %s GROUP BY call ORDER BY max(arrived_at) DESC, call DESC LIMIT $%d`,
		value, name, strings.Join(q.terms, " AND "), len(q.args)), q.args...)
}

// query gathers conditions on the columns of one table.
type query struct {
	columns []column
	terms   []string
	args    []any
	err     error
}

// add adds a condition with one parameter, written as "?".
func (q *query) add(term string, arg any) {
	q.args = append(q.args, arg)
	q.terms = append(q.terms, strings.Replace(term, "?", fmt.Sprintf("$%d", len(q.args)), 1))
}

func (q *query) cond(c kpi.Cond) {
	operation := map[kpi.Op]string{
		kpi.OpEq: "= ?", kpi.OpNot: "<> ?", kpi.OpIn: "= ANY (?)", kpi.OpNotIn: "<> ALL (?)", ">=": ">= ?", "<": "< ?",
	}[c.Op]
	if operation == "" {
		q.err = errors.Join(q.err, fmt.Errorf("operation %q on %s", c.Op, c.Field))
		return
	}
	q.add(q.column(c.Field)+" "+operation, c.Value)
}

// column returns the field's column, quoted.
func (q *query) column(field string) string {
	if !slices.ContainsFunc(q.columns, func(c column) bool { return c.name == field }) {
		q.err = errors.Join(q.err, fmt.Errorf("%w: %s", ErrNotGrouped, field))
	}
	return `"` + field + `"`
}

// of returns the table of a kind of records.
func (t tables) of(kind kpi.RecordKind) (name string, columns []column) {
	switch kind {
	case kpi.OfLegs:
		return t.legs.name, t.legs.columns
	case kpi.OfOffers:
		return t.offers.name, t.offers.columns
	case kpi.OfSegments:
		return t.segments.name, t.segments.columns
	case kpi.OfSurveys:
		return t.surveys.name, t.surveys.columns
	case kpi.OfAnswers:
		return t.answers.name, t.answers.columns
	case kpi.OfAttempts:
		return t.attempts.name, t.attempts.columns
	}
	return t.calls.name, t.calls.columns
}

// Arrived returns the ids of the calls that arrived in the range, the newest
// first: those of a queue (first entered), an agent (any part of the call) or
// a campaign, where s names one.
func (r *Reader) Arrived(ctx context.Context, s Selection, limit int) ([]stamp.ID, error) {
	rows, err := r.pool.Query(ctx, `
		SELECT call FROM calls c WHERE organisation_id = $1 AND arrived_at >= $2 AND arrived_at < $3
		  AND ($5 = '' OR CASE $4 WHEN 'queue' THEN queue = $5 WHEN 'campaign' THEN campaign = $5
		      WHEN 'agent' THEN EXISTS (SELECT 1 FROM segments g WHERE g.organisation_id = $1 AND g.call = c.call AND g.agent = $5)
		      ELSE true END)
		ORDER BY arrived_at DESC, call DESC LIMIT $6`,
		r.org, int64(s.From), int64(s.Until), string(s.Dim.Kind), s.Dim.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[stamp.ID])
	if err != nil {
		return nil, fmt.Errorf("list calls: %w", err)
	}
	return ids, nil
}

// CallRecords returns the records of calls and their answers, in no order:
// what a list of calls shows.
func (r *Reader) CallRecords(ctx context.Context, calls []stamp.ID) (records kpi.Records, err error) {
	err = r.frozen(ctx, func(tx pgx.Tx) error {
		const these = `WHERE organisation_id = $1 AND call = ANY ($2)`
		if records.Calls, err = r.tables.calls.read(ctx, tx, these, r.org, calls); err != nil {
			return err
		}
		records.Answers, err = r.tables.answers.read(ctx, tx, these, r.org, calls)
		return err
	})
	return records, err
}

// Numbers returns the customers' numbers of calls; calls that are not folded
// yet and erased numbers are left out.
func (r *Reader) Numbers(ctx context.Context, calls []stamp.ID) (map[stamp.ID]string, error) {
	rows, err := r.pool.Query(ctx, `
		SELECT c.call, p.number FROM calls c JOIN parties p ON p.organisation_id = c.organisation_id AND p.id = c.party
		WHERE c.organisation_id = $1 AND c.call = ANY ($2) AND p.number <> ''`, r.org, calls)
	if err != nil {
		return nil, fmt.Errorf("read numbers of calls: %w", err)
	}
	numbers := map[stamp.ID]string{}
	var id stamp.ID
	var number string
	if _, err := pgx.ForEachRow(rows, []any{&id, &number}, func() error { numbers[id] = number; return nil }); err != nil {
		return nil, fmt.Errorf("read numbers of calls: %w", err)
	}
	return numbers, nil
}
