package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// table writes and reads the records of one type. Its columns are the JSON
// fields of T, embedded structs flattened, in the order of the struct, plus the
// month; a test holds the migrations against it.
type table[T any] struct {
	name    string
	month   func(*T) time.Time // of the partition: a function of the key alone
	key     func(*T) string    // of the row, for people to read
	columns []column
	upsert  string
	list    string // of the columns' names
	each    string // SELECT columns of the given calls, to be followed by ORDER BY …
}

type column struct {
	name  string
	index []int // into T
	sql   string
}

func newTable[T any](name, keys string, month func(*T) time.Time, key func(*T) string) *table[T] {
	t := &table[T]{name: name, month: month, key: key, columns: columnsOf(reflect.TypeFor[T](), nil)}
	var names, values, params, sets []string
	for i, c := range t.columns {
		quoted, array := `"`+c.name+`"`, c.sql
		names, values = append(names, quoted), append(values, quoted)
		if c.sql == "jsonb" {
			// As text: the driver would make the JSON value null an SQL null.
			values[i], array = quoted+"::jsonb", "text"
		}
		params = append(params, fmt.Sprintf("$%d::%s[]", i+2, array))
		sets = append(sets, quoted+" = excluded."+quoted)
	}
	all := strings.Join(names, ", ")
	t.upsert = fmt.Sprintf(`INSERT INTO %s (month, %s) SELECT month, %s FROM unnest($1::date[], %s) AS r (month, %s)
		ON CONFLICT (%s, month) DO UPDATE SET %s`,
		name, all, strings.Join(values, ", "), strings.Join(params, ", "), all, keys, strings.Join(sets, ", "))
	t.list = all
	// OFFSET 0 keeps the planner from turning this inside out: each call is one
	// look into the index of one month. Left to itself it reads whole months as
	// long as a new one has no statistics, which is when a node has most to do.
	t.each = fmt.Sprintf(`SELECT r.* FROM unnest($2::text[], $3::date[]) AS wanted (id, month) CROSS JOIN LATERAL (
		SELECT %s FROM %s WHERE organisation_id = $1 AND call = wanted.id AND month = wanted.month OFFSET 0) AS r `, all, name)
	return t
}

// renamed are the fields whose column goes by another name.
var renamed = map[string]string{"org": "organisation_id"} //nolint:gochecknoglobals // read-only table

func columnsOf(t reflect.Type, path []int) []column {
	var columns []column
	for i := range t.NumField() {
		field, index := t.Field(i), append(slices.Clip(path), i)
		if field.Anonymous {
			columns = append(columns, columnsOf(field.Type, index)...)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if other, ok := renamed[name]; ok {
			name = other
		}
		columns = append(columns, column{name: name, index: index, sql: sqlType(field.Type)})
	}
	return columns
}

func sqlType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "double precision"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return "bigint"
	}
	return "jsonb"
}

// latest returns the last of the rows of each key, in the order of the keys'
// first coming.
func (t *table[T]) latest(rows []T) []T {
	at := make(map[string]int, len(rows))
	last := rows[:0:0]
	for i := range rows {
		key := t.key(&rows[i])
		if j, seen := at[key]; seen {
			last[j] = rows[i]
			continue
		}
		at[key] = len(last)
		last = append(last, rows[i])
	}
	return last
}

// write puts rows over those of the same key, the last of several counts: one
// statement, one array per column.
func (t *table[T]) write(ctx context.Context, tx pgx.Tx, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	rows = t.latest(rows)
	months := make([]time.Time, len(rows))
	for i := range rows {
		months[i] = t.month(&rows[i])
	}
	args := []any{months}
	for _, c := range t.columns {
		values, err := c.values(reflect.ValueOf(rows))
		if err != nil {
			return fmt.Errorf("write %s.%s: %w", t.name, c.name, err)
		}
		args = append(args, values)
	}
	if _, err := tx.Exec(ctx, t.upsert, args...); err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

// values returns the column of rows as a slice of a plain type, which the
// driver writes without looking at each element's type.
func (c column) values(rows reflect.Value) (any, error) {
	n := rows.Len()
	field := func(i int) reflect.Value { return rows.Index(i).FieldByIndex(c.index) }
	switch c.sql {
	case "text":
		return column1(n, func(i int) (string, error) { return field(i).String(), nil })
	case "boolean":
		return column1(n, func(i int) (bool, error) { return field(i).Bool(), nil })
	case "double precision":
		return column1(n, func(i int) (float64, error) { return field(i).Float(), nil })
	case "bigint":
		return column1(n, func(i int) (int64, error) {
			if v := field(i); v.CanUint() {
				return int64(v.Uint()), nil //nolint:gosec // a Seq or a packet count: never near 2⁶³
			}
			return field(i).Int(), nil
		})
	}
	return column1(n, func(i int) (string, error) {
		if v := field(i); v.Kind() == reflect.Slice && v.IsNil() {
			return "[]", nil // a list in SQL, too
		}
		b, err := json.Marshal(field(i).Interface())
		return string(b), err
	})
}

func column1[V any](n int, at func(int) (V, error)) ([]V, error) {
	values := make([]V, n)
	for i := range values {
		var err error
		if values[i], err = at(i); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// read returns the rows that match where, a clause with its own ORDER BY.
func (t *table[T]) read(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]T, error) {
	return t.query(ctx, tx, t.selectFrom(t.name+" ")+where, args...)
}

// selectFrom begins a statement for query, to be followed by WHERE …
func (t *table[T]) selectFrom(from string) string { return "SELECT " + t.list + " FROM " + from }

// ofCalls returns the rows of the calls, which lie in the given months.
func (t *table[T]) ofCalls(ctx context.Context, tx pgx.Tx, order string, org stamp.OrgID, calls []string, months []time.Time) ([]T, error) {
	return t.query(ctx, tx, t.each+order, org, calls, months)
}

func (t *table[T]) query(ctx context.Context, tx pgx.Tx, statement string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	found, err := pgx.CollectRows(rows, t.scan)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	return found, nil
}

func (t *table[T]) scan(row pgx.CollectableRow) (T, error) {
	var record T
	value := reflect.ValueOf(&record).Elem()
	targets := make([]any, len(t.columns))
	for i, c := range t.columns {
		targets[i] = value.FieldByIndex(c.index).Addr().Interface()
	}
	if err := row.Scan(targets...); err != nil {
		return record, err
	}
	t.tidy(value)
	return record, nil
}

// tidy makes a list of nothing nil: a row can't tell whether a fold has ever
// had something on it.
func (t *table[T]) tidy(record reflect.Value) {
	for _, c := range t.columns {
		if v := record.FieldByIndex(c.index); v.Kind() == reflect.Slice && v.Len() == 0 {
			v.SetZero()
		}
	}
}
