package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// DumpTable is a table that holds rows: an ordinary one or one partition.
type DumpTable struct {
	Name    string   `json:"name"`             // schema.name
	Of      string   `json:"of,omitempty"`     // the table it is a partition of
	Bounds  string   `json:"bounds,omitempty"` // FOR VALUES …
	Columns []string `json:"columns"`
	Secret  bool     `json:"secret,omitempty"` // its column secret is kept apart
	Key     []string `json:"key,omitempty"`    // where Secret: the primary key
}

// DumpSequence is how far a sequence was.
type DumpSequence struct {
	Name string `json:"name"`
	Last int64  `json:"last"`
}

// secretColumn is the name of columns that give whoever reads them power over
// something else, like a trunk's password. They never stand in a dump.
const secretColumn = "secret"

// left out of a dump: goose's own table; sessions, because one that was ended
// since would live again; what a restore leaves while it is not done.
const omitted = `('public.goose_db_version', 'public.sessions', 'public.restore_unfinished')`

// catalog reads which tables there are, parents before those that refer to
// them. Parents of partitions hold no rows and are not among them: that way a
// dump never keeps a new month from being made.
func catalog(ctx context.Context, tx pgx.Tx) ([]DumpTable, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.nspname || '.' || c.relname, coalesce(ps.nspname || '.' || p.relname, ''),
		       coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
		       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
		        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
		       (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_index i
		        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		        WHERE i.indrelid = c.oid AND i.indisprimary)
		FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
		LEFT JOIN pg_inherits h ON h.inhrelid = c.oid
		LEFT JOIN pg_class p ON p.oid = h.inhparent LEFT JOIN pg_namespace ps ON ps.oid = p.relnamespace
		WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND s.nspname IN ('public', 'records')
		  AND s.nspname || '.' || c.relname NOT IN `+omitted+`
		  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
		ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t DumpTable, err error) {
		err = row.Scan(&t.Name, &t.Of, &t.Bounds, &t.Columns, &t.Key)
		if t.Secret = slices.Contains(t.Columns, secretColumn); !t.Secret {
			t.Key = nil
		}
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read catalog: %w", err)
	}
	refers, err := references(ctx, tx)
	if err != nil {
		return nil, err
	}
	return parentsFirst(tables, refers)
}

// references are the foreign keys: for each table those that it refers to.
func references(ctx context.Context, tx pgx.Tx) (map[string][]string, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.nspname || '.' || c.relname, ps.nspname || '.' || p.relname FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace s ON s.oid = c.relnamespace
		JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace ps ON ps.oid = p.relnamespace
		WHERE k.contype = 'f' AND k.conrelid <> k.confrelid ORDER BY 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("read foreign keys: %w", err)
	}
	refers := map[string][]string{}
	var from, to string
	if _, err := pgx.ForEachRow(rows, []any{&from, &to}, func() error {
		refers[from] = append(refers[from], to)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read foreign keys: %w", err)
	}
	return refers, nil
}

// parentsFirst orders tables so that each comes after those it refers to, by
// name among equals. The error names tables that refer to each other in a ring.
func parentsFirst(tables []DumpTable, refers map[string][]string) ([]DumpTable, error) {
	waiting := map[string]bool{}
	for _, t := range tables {
		waiting[t.Name] = true
	}
	var ordered, rest []DumpTable
	for len(tables) > 0 {
		rest = nil
		for _, t := range tables {
			if slices.ContainsFunc(refers[t.Name], func(parent string) bool { return waiting[parent] }) {
				rest = append(rest, t)
				continue
			}
			ordered = append(ordered, t)
			delete(waiting, t.Name)
		}
		if len(rest) == len(tables) {
			return nil, fmt.Errorf("order tables: %d refer to each other, %s among them", len(rest), rest[0].Name)
		}
		tables = rest
	}
	return ordered, nil
}

// quoted is schema.name as SQL.
func quoted(name string) string {
	return pgx.Identifier(strings.SplitN(name, ".", 2)).Sanitize()
}

func quotedAll(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = pgx.Identifier{n}.Sanitize()
	}
	return strings.Join(all, ", ")
}
