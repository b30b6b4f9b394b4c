// Package damage breaks one row of a finished database, for the negative
// controls: a checker that finds nothing has to be shown what it would find.
package damage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// Kind is a way of breaking a row.
type Kind string

// The kinds.
const (
	Delete Kind = "delete"
	Double Kind = "double"
	Shift  Kind = "shift" // its own instants by 100 ms
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Delete, Double, Shift} }

// by is how far a row is shifted, µs.
const by = 100_000

// Stamps is the table of stamps, which is no record table.
func Stamps() check.Table { return check.Table{Name: "stamps", Key: []string{"node", "seq"}} }

// Do breaks the row of t that pick chooses among all and returns its key.
// Errors: the table is empty, or PostgreSQL refuses.
func Do(ctx context.Context, db *pgx.Conn, t check.Table, k Kind, pick func(n int) int) (string, error) {
	key, err := do(ctx, db, t, k, pick)
	if err != nil {
		return "", fmt.Errorf("%s a row of %s: %w", k, t.Name, err)
	}
	return key, nil
}

func do(ctx context.Context, db *pgx.Conn, t check.Table, k Kind, pick func(n int) int) (string, error) {
	rows, err := db.Query(ctx, "SELECT * FROM "+t.Name+" ORDER BY "+quoted(t.Key))
	if err != nil {
		return "", err
	}
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("the table is empty")
	}
	r := all[pick(len(all))]
	where, args := "", []any{}
	for i, col := range t.Key {
		where += fmt.Sprintf(" AND %s = $%d", pgx.Identifier{col}.Sanitize(), i+1)
		args = append(args, r[col])
	}
	where = " WHERE true" + where
	switch k {
	case Delete:
		_, err = db.Exec(ctx, "DELETE FROM "+t.Name+where, args...)
	case Double:
		if err = unlock(ctx, db, t.Name); err == nil {
			_, err = db.Exec(ctx, "INSERT INTO "+t.Name+" SELECT * FROM "+t.Name+where, args...)
		}
	case Shift:
		set, serr := shifted(t.Name, r)
		if serr != nil {
			return "", serr
		}
		_, err = db.Exec(ctx, "UPDATE "+t.Name+" SET "+set+where, args...)
	}
	return t.KeyOf(r), err
}

// unlock drops the unique keys that would refuse a second row.
func unlock(ctx context.Context, db *pgx.Conn, name string) error {
	rows, err := db.Query(ctx, `SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`, name)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := db.Exec(ctx, "ALTER TABLE "+name+" DROP CONSTRAINT "+pgx.Identifier{k}.Sanitize()); err != nil {
			return err
		}
	}
	return nil
}

// shifted writes the SET clause that moves a row's own instants.
func shifted(name string, r map[string]any) (string, error) {
	var set []string
	for col, v := range r {
		n, isNumber := v.(int64)
		instant := strings.HasSuffix(col, "_at") || col == "from" || col == "to" || col == "bucket"
		others := col == "arrived_at" && name != "records.calls" // it is the call's
		if isNumber && n != 0 && instant && !others {
			set = append(set, fmt.Sprintf("%s = %d", pgx.Identifier{col}.Sanitize(), n+by))
		}
	}
	if name == "stamps" {
		set = append(set, fmt.Sprintf("at = at + interval '%d microseconds'", by))
	}
	for _, col := range []string{"spans", "wrap"} {
		if spans, ok := r[col].([]any); ok && len(spans) > 0 {
			text, err := movedSpans(spans)
			if err != nil {
				return "", err
			}
			set = append(set, fmt.Sprintf("%s = '%s'", col, text))
		}
	}
	slices.Sort(set)
	return strings.Join(set, ", "), nil
}

func movedSpans(spans []any) (string, error) {
	for _, s := range spans {
		span, ok := s.(map[string]any)
		if !ok {
			return "", fmt.Errorf("a span is %T", s)
		}
		for _, col := range []string{"from", "to"} {
			if at, ok := span[col].(float64); ok && at != 0 {
				span[col] = int64(at) + by
			}
		}
	}
	text, err := json.Marshal(spans)
	return strings.ReplaceAll(string(text), "'", "''"), err
}

func quoted(cols []string) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = pgx.Identifier{c}.Sanitize()
	}
	return strings.Join(out, ", ")
}
