package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// row is one row of the database, by column.
type row map[string]any

func (r row) int(col string) int64 {
	switch v := r[col].(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	case float64: // of jsonb: whole up to 2^53 µs, the year 2255
		return int64(v)
	}
	return 0
}

func (r row) str(col string) string {
	s, _ := r[col].(string)
	return s
}

func (r row) is(col string) bool {
	b, _ := r[col].(bool)
	return b
}

// list returns a jsonb array of objects.
func (r row) list(col string) []row {
	all, _ := r[col].([]any)
	var out []row
	for _, v := range all {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Table names a table and its key columns.
type Table struct {
	Name string
	Key  []string
}

// Tables are the record tables, in the order in which they are read.
func Tables() []Table { return recordTables[:] }

var recordTables = [...]Table{
	{"records.calls", []string{"call"}},
	{"records.legs", []string{"call", "leg"}},
	{"records.entries", []string{"call", "entry"}},
	{"records.offers", []string{"offer"}},
	{"records.segments", []string{"call", "segment"}},
	{"records.survey_runs", []string{"call", "segment"}},
	{"records.survey_answers", []string{"call", "segment", "question"}},
	{"records.dial_attempts", []string{"attempt"}},
	{"records.agent_sessions", []string{"session"}},
	{"records.agent_intervals", []string{"session", "n"}},
	{"records.buckets", []string{"node", "bucket"}},
	{"records.intervals", []string{"node", "bucket", "dim_kind", "dim", "basis", "metric"}},
}

// KeyOf writes a row's key: "0197…/2".
func (t Table) KeyOf(r map[string]any) string {
	part := make([]string, len(t.Key))
	for i, col := range t.Key {
		part[i] = fmt.Sprint(r[col])
	}
	return strings.Join(part, "/")
}

// store is the database as it stands.
type store struct {
	rows    map[string][]row // by table
	stamps  []row
	place   []row // follower_positions of the ledger follower
	queues  []row
	lists   []row // campaigns
	numbers map[string]string
	tries   map[string]int              // by call: INVITEs before its last
	byCall  map[string]map[string][]row // by table, then call; made when first asked for
}

// readStore reads everything that the proof needs, in one snapshot.
func readStore(ctx context.Context, db *pgx.Conn) (*store, error) {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("read database: %w", err)
	}
	defer tx.Rollback(ctx) // nothing was written
	s := &store{rows: map[string][]row{}, numbers: map[string]string{}}
	for _, t := range recordTables {
		if s.rows[t.Name], err = query(ctx, tx, "SELECT * FROM "+t.Name); err != nil {
			return nil, err
		}
	}
	if s.stamps, err = query(ctx, tx, "SELECT * FROM stamps ORDER BY node, seq"); err != nil {
		return nil, err
	}
	if s.place, err = query(ctx, tx, "SELECT * FROM follower_positions WHERE follower = 'ledger'"); err != nil {
		return nil, err
	}
	if s.queues, err = query(ctx, tx, "SELECT id, wrap_up_us FROM queues"); err != nil {
		return nil, err
	}
	if s.lists, err = query(ctx, tx, "SELECT id, queue_id FROM campaigns"); err != nil {
		return nil, err
	}
	parties, err := query(ctx, tx, "SELECT id, number FROM parties")
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		s.numbers[p.str("id")] = p.str("number")
	}
	return s, nil
}

func query(ctx context.Context, tx pgx.Tx, sql string) ([]row, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	maps, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", sql, err)
	}
	out := make([]row, len(maps))
	for i, m := range maps {
		out[i] = m
	}
	return out, nil
}

// byKey sorts a table's rows by key and names those that stand twice.
func (s *store) byKey(f *findings, t Table) map[string]row {
	out := map[string]row{}
	for _, r := range s.rows[t.Name] {
		k := t.KeyOf(r)
		if _, twice := out[k]; twice {
			f.say(t.Name, k, LawOnce, "one row", "two")
		}
		out[k] = r
	}
	return out
}

// of returns a table's rows of one call.
func (s *store) of(name, call string) []row {
	if s.byCall == nil {
		s.byCall = map[string]map[string][]row{}
	}
	if s.byCall[name] == nil {
		s.byCall[name] = map[string][]row{}
		for _, r := range s.rows[name] {
			id := r.str("call")
			s.byCall[name][id] = append(s.byCall[name][id], r)
		}
	}
	return s.byCall[name][call]
}

// sortedBy returns rows in the order of a number column.
func sortedBy(rows []row, col string) []row {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b row) int { return int(a.int(col) - b.int(col)) })
	return out
}
