package postgres

import (
	"context"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// What Check looks at besides kpi's laws, as its violations name it.
const (
	lawChain  = "each stamp hashes what came before"
	lawFolded = "a record is the fold of its stamps"
	lawCut    = "figures are those of the records"
	lawEmpty  = "a figure of nothing is no figure"
)

// Check proves the books of the organisation at one moment: the stamps' chain
// without a gap, each record equal to the fold of the stamps, the laws, each
// figure of a closed bucket equal to what its records come to, and what was
// rolled equal to what was folded at the cut. It changes nothing, and reads the
// stamps once from beginning to end.
func (s *Store) Check(ctx context.Context) (kpi.Report, error) {
	var report kpi.Report
	err := s.frozen(ctx, func(tx pgx.Tx) error {
		places, err := s.places(ctx, tx)
		if err != nil {
			return err
		}
		gone, err := silences(ctx, tx)
		if err != nil {
			return err
		}
		var all auditor
		for _, p := range places {
			a := &auditor{store: s, tables: newTables(), place: p, cuts: map[stamp.Bucket]cuts{}, setBack: map[stamp.ID]bool{}, gone: gone[p.node][p.seq]}
			if err := a.node(ctx, tx); err != nil {
				return fmt.Errorf("node %s: %w", p.node, err)
			}
			all.calls += a.calls
			all.found = append(all.found, a.found...)
			all.differences = append(all.differences, a.differences...)
		}
		report = kpi.NewReport(all.calls, all.differences, all.found)
		return nil
	})
	if err != nil {
		return kpi.Report{}, fmt.Errorf("check books: %w", err)
	}
	return report, nil
}

func (s *Store) places(ctx context.Context, tx pgx.Tx) ([]place, error) {
	rows, err := tx.Query(ctx, `
		SELECT organisation_id, node, seq FROM follower_positions WHERE organisation_id = $1 AND follower = $2 ORDER BY node`, s.org, ledgerName)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p place, err error) {
		return p, row.Scan(&p.org, &p.node, &p.seq)
	})
}

// auditor checks the books of one node.
type auditor struct {
	store  *Store
	tables tables
	place  place
	gone   bool // the node is presumed gone after the place

	last        stamp.Instant     // of the stamps
	setBack     map[stamp.ID]bool // who met the clock being set back
	calls       int
	cuts        map[stamp.Bucket]cuts // as the stamps tell
	unread      []int64               // stamps whose bytes are none
	found       []kpi.Violation
	differences []kpi.Difference
}

func (a *auditor) say(law, row, format string, args ...any) {
	a.found = append(a.found, kpi.Violation{Law: law, Row: row, Text: fmt.Sprintf(format, args...)})
}

// node folds the node's stamps once more, in memory, and holds everything
// against that.
func (a *auditor) node(ctx context.Context, tx pgx.Tx) error {
	books, err := a.refold(ctx, tx)
	if err != nil {
		return err
	}
	if err := a.columns(ctx, tx); err != nil {
		return err
	}
	rows, err := a.tables.all(ctx, tx, a.store.org, a.place.node)
	if err != nil {
		return err
	}
	a.calls = len(rows.Calls)
	a.found = append(a.found, kpi.CheckLaws(rows)...)
	a.compare(rows, books)
	return a.figures(ctx, tx, rows)
}

// refold returns the records that the stamps make, and notes what is wrong
// with the stamps themselves.
func (a *auditor) refold(ctx context.Context, tx pgx.Tx) (kpi.Records, error) {
	var (
		books  = newBooks(a.tables)
		folder = kpi.NewFolder()
		hash   ledger.Hash
		seq    uint64
		halted bool
	)
	err := eachStored(ctx, tx, a.place.node, 0, a.place.seq, func(t storedStamp) error {
		row := stampRow(a.place.node, t.seq)
		if t.seq != seq+1 {
			a.say(kpi.LawSeq, row, "node %s: stamp %d after %d", a.place.node, t.seq, seq)
		}
		if next := hash.Next(t.bytes); next != t.hash {
			a.say(lawChain, row, "the chain leads to %s, stored is %s", next, t.hash)
		}
		seq, hash = t.seq, t.hash // one broken link is named once
		if t.bad != nil {
			a.say(lawFolded, row, "%v", t.bad)
			a.unread, halted = append(a.unread, int64(t.seq)), true //nolint:gosec // counters from 1
		}
		if halted {
			return nil
		}
		changes, err := folder.Apply(t.Stamp)
		if err != nil {
			a.say(lawFolded, row, "%v", err)
			halted = true // nothing after it can be folded; its rows will be named
			return nil
		}
		books.add(changes.Records)
		a.last = t.Instant
		for _, s := range changes.SetBack {
			a.setBack[s.Subject.ID] = true
		}
		a.cut(t.Seq, changes)
		return nil
	})
	if seq != a.place.seq {
		a.say(kpi.LawSeq, stampRow(a.place.node, seq+1), "the stamps end at %d, the position is %d", seq, a.place.seq)
	}
	if err != nil || !a.gone || halted {
		return books.records(), err
	}
	ends, _, err := silence{tables: a.tables, org: a.store.org, node: a.place.node, seq: a.place.seq}.ends(ctx, tx, folder)
	books.add(ends)
	return books.records(), err
}

// compare names each row that is not what the stamps make of it.
func (a *auditor) compare(rows, books kpi.Records) {
	compareRows(a, a.tables.calls, rows.Calls, books.Calls)
	compareRows(a, a.tables.legs, rows.Legs, books.Legs)
	compareRows(a, a.tables.entries, rows.Entries, books.Entries)
	compareRows(a, a.tables.offers, rows.Offers, books.Offers)
	compareRows(a, a.tables.segments, rows.Segments, books.Segments)
	compareRows(a, a.tables.surveys, rows.Surveys, books.Surveys)
	compareRows(a, a.tables.answers, rows.Answers, books.Answers)
	compareRows(a, a.tables.attempts, rows.Attempts, books.Attempts)
	compareRows(a, a.tables.sessions, rows.Sessions, books.Sessions)
	compareRows(a, a.tables.agents, rows.Agents, books.Agents)
}

func compareRows[T any](a *auditor, t *table[T], rows, books []T) {
	left := map[string]*T{}
	for i := range books {
		t.tidy(reflect.ValueOf(&books[i]).Elem())
		left[t.key(&books[i])] = &books[i]
	}
	for i := range rows {
		key := t.key(&rows[i])
		want, known := left[key]
		delete(left, key)
		switch {
		case !known:
			a.say(lawFolded, t.name+" "+key, "no stamp made it, or it stands twice")
		case !reflect.DeepEqual(rows[i], *want):
			a.say(lawFolded, t.name+" "+key, "%s", t.difference(&rows[i], want))
		}
	}
	for i := range books { // in their order
		if key := t.key(&books[i]); left[key] != nil {
			a.say(lawFolded, t.name+" "+key, "missing")
		}
	}
}

// difference names the columns in which two rows differ.
func (t *table[T]) difference(have, want *T) string {
	x, y, text := reflect.ValueOf(have).Elem(), reflect.ValueOf(want).Elem(), ""
	for _, c := range t.columns {
		if a, b := x.FieldByIndex(c.index).Interface(), y.FieldByIndex(c.index).Interface(); !reflect.DeepEqual(a, b) {
			text += fmt.Sprintf("%s is %v, folded %v; ", c.name, a, b)
		}
	}
	return text
}

// figures holds the interval rows of closed buckets against the records, and
// what was rolled against the values of the cut.
func (a *auditor) figures(ctx context.Context, tx pgx.Tx, records kpi.Records) error {
	stored, err := a.store.intervalRows(ctx, tx, a.place.node, math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	buckets, err := a.store.bucketRows(ctx, tx, a.place.node)
	if err != nil {
		return err
	}
	a.buckets(buckets)
	a.empty(stored)
	for _, b := range buckets {
		if !b.Stale { // else its figures are computed anew at the next cut
			fresh := kpi.Intervals(near(records, b.Bucket, a.setBack), b.Bucket, stamp.BucketAt(a.last.At).Start())
			for _, d := range kpi.Compare(stored.values(b.Bucket, "", folded), fresh) {
				a.say(lawCut, figure(d.Key), "stored %d, the records come to %d", d.Rolled, d.Folded)
			}
		}
		for _, basis := range b.Rolled {
			a.differences = append(a.differences,
				kpi.Compare(stored.values(b.Bucket, basis, rolled), stored.values(b.Bucket, basis, cut))...)
		}
	}
	return nil
}

// empty names zeroes that are stored as figures: a denominator of nothing has
// no row, so that a share of it is unknown and never 0 or 100 %.
func (a *auditor) empty(stored intervalRows) {
	for _, b := range slices.Sorted(maps.Keys(stored)) {
		for _, f := range stored.values(b, "", folded) {
			if f.Value == 0 {
				a.say(lawEmpty, figure(f.Key), "stored 0, it should be absent")
			}
		}
	}
}

func figure(k kpi.Key) string {
	return fmt.Sprintf("figure %s %s %s of %s %s", k.Bucket.Time().Format(time.DateTime), k.Basis, k.Metric, k.Dim.Kind, k.Dim.ID)
}

// near returns the records that can count in a bucket; see tables.concerning.
func near(r kpi.Records, b stamp.Bucket, setBack map[stamp.ID]bool) kpi.Records {
	keep := func(from, to int64) bool { return from < b.End() && (to == 0 || to >= b.Start()) }
	var n kpi.Records
	calls := map[stamp.ID]bool{}
	for _, c := range r.Calls {
		if setBack[c.Call] || keep(c.ArrivedAt, c.ClosedAt) {
			calls[c.Call] = true
			n.Calls = append(n.Calls, c)
		}
	}
	n.Legs = pick(r.Legs, func(x *kpi.Leg) bool { return calls[x.Call] })
	n.Entries = pick(r.Entries, func(x *kpi.Entry) bool { return calls[x.Call] })
	n.Offers = pick(r.Offers, func(x *kpi.Offer) bool { return calls[x.Call] })
	n.Segments = pick(r.Segments, func(x *kpi.Segment) bool { return calls[x.Call] })
	n.Surveys = pick(r.Surveys, func(x *kpi.SurveyRun) bool { return calls[x.Call] })
	n.Answers = pick(r.Answers, func(x *kpi.SurveyAnswer) bool { return calls[x.Call] })
	n.Attempts = pick(r.Attempts, func(x *kpi.Attempt) bool { return calls[x.Call] })
	n.Agents = pick(r.Agents, func(x *kpi.AgentInterval) bool { return keep(x.From, x.To) })
	return n
}

func pick[T any](rows []T, wanted func(*T) bool) []T {
	var some []T
	for i := range rows {
		if wanted(&rows[i]) {
			some = append(some, rows[i])
		}
	}
	return some
}
