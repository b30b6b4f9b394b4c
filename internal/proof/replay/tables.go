package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Numbers are the columns of records that hold numbers of the journal. Another
// journal of the same day has others; what was known at a cut is other, too.
func Numbers() []string {
	return []string{"first_seq", "last_seq", "closed_seq", "settled_seq", "cut", "rolled"}
}

// Tables returns for every table of schema records how many rows it has and a
// hash of them, whatever their order, all columns but the given. Rows of
// intervals that have no value are none.
func Tables(ctx context.Context, db *pgx.Conn, without ...string) (map[string]string, error) {
	rows, err := db.Query(ctx, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'records' AND c.relkind IN ('r', 'p') AND NOT c.relispartition`)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	const recordTables = 11 // calls … intervals
	if len(names) < recordTables {
		return nil, fmt.Errorf("list tables: schema records has only %v", names)
	}
	out := map[string]string{}
	for _, name := range append(names, "public.stamps") {
		if !strings.Contains(name, ".") {
			name = "records." + name
		}
		if out[name], err = hashed(ctx, db, name, without); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func hashed(ctx context.Context, db *pgx.Conn, name string, without []string) (string, error) {
	some := ""
	if name == "records.intervals" && len(without) > 0 {
		some = "WHERE folded IS NOT NULL"
	}
	var n int
	var hash string
	err := db.QueryRow(ctx, fmt.Sprintf(`SELECT count(*), coalesce(md5(string_agg(row, '' ORDER BY row)), '')
		FROM (SELECT md5((to_jsonb(t) - $1::text[])::text) AS row FROM %s t %s) AS rows`, name, some), append([]string{}, without...)).Scan(&n, &hash)
	if err != nil {
		return "", fmt.Errorf("hash %s: %w", name, err)
	}
	return fmt.Sprintf("%d rows %s", n, hash), nil
}

// Differ names the tables that are not the same.
func Differ(got, want map[string]string) (differences []string) {
	for name, w := range want {
		if got[name] != w {
			differences = append(differences, fmt.Sprintf("%s: %s, want %s", name, got[name], w))
		}
	}
	for name := range got {
		if _, known := want[name]; !known {
			differences = append(differences, name+" is too much")
		}
	}
	return differences
}
