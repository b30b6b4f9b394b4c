package damage

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Stamp is a stored stamp as a forger sees it: the JSON that was hashed.
type Stamp map[string]any

func (s Stamp) text(field string) string { v, _ := s[field].(string); return v }

func (s Stamp) subject() string {
	m, _ := s["subject"].(map[string]any)
	return fmt.Sprintf("%v:%v", m["kind"], m["id"])
}

func (s Stamp) data() map[string]any { m, _ := s["data"].(map[string]any); return m }

// Forge rewrites a node's stamps as somebody would who knows how they are
// chained: edit gets all of them in order; what it returns is numbered and
// hashed anew, and the follower's position moved along. Records stay as they
// are. renumber also closes the gaps in the subjects' own numbers.
func Forge(ctx context.Context, db *pgx.Conn, renumber bool, edit func([]Stamp) []Stamp) error {
	if err := forge(ctx, db, renumber, edit); err != nil {
		return fmt.Errorf("forge stamps: %w", err)
	}
	return nil
}

func forge(ctx context.Context, db *pgx.Conn, renumber bool, edit func([]Stamp) []Stamp) error {
	var node string
	if err := db.QueryRow(ctx, `SELECT node FROM stamps ORDER BY node LIMIT 1`).Scan(&node); err != nil {
		return err
	}
	rows, err := db.Query(ctx, `SELECT bytes FROM stamps WHERE node = $1 ORDER BY seq`, node)
	if err != nil {
		return err
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return err
	}
	var all []Stamp
	for _, text := range texts {
		var s Stamp
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		all = append(all, s)
	}
	all = edit(all)
	for _, sql := range []string{`CREATE TEMP TABLE forged AS SELECT * FROM stamps`, `DELETE FROM stamps WHERE node IN (SELECT min(node) FROM forged)`} {
		if _, err := db.Exec(ctx, sql); err != nil {
			return err
		}
	}
	head, ns := make([]byte, sha256.Size), map[string]int{}
	for i, s := range all {
		s["seq"] = i + 1
		if ns[s.subject()]++; renumber {
			s["n"] = ns[s.subject()]
		}
		text, err := canonical(s)
		if err != nil {
			return err
		}
		link := sha256.Sum256(append(slices.Clone(head), text...))
		head = link[:]
		_, err = db.Exec(ctx, `INSERT INTO stamps (month, node, seq, organisation_id, subject, n, call_id, at, kind, bytes, hash)
			SELECT (SELECT month FROM forged WHERE subject = $3 LIMIT 1), $1, $2, (SELECT organisation_id FROM forged LIMIT 1), $3, $4, $5,
			    'epoch'::timestamptz + $6 * interval '1 microsecond', $7, $8, $9`,
			node, i+1, s.subject(), s["n"], s.text("call"), s["at"], s.text("kind"), text, head)
		if err != nil {
			return err
		}
	}
	_, err = db.Exec(ctx, `UPDATE follower_positions SET seq = $2, hash = $3, state = NULL, state_seq = 0 WHERE node = $1 AND follower = 'ledger'`, node, len(all), head)
	return err
}

// canonical writes the stamp in the order of fields that the product reads.
func canonical(s Stamp) ([]byte, error) {
	out := []byte{'{'}
	for _, field := range []string{"v", "node", "seq", "org", "subject", "n", "call", "at", "mono", "boot", "late_us", "kind", "actor", "cause", "phase", "data"} {
		v, ok := s[field]
		if !ok {
			continue
		}
		if f, is := v.(float64); is {
			v = int64(f)
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, '"'), field...)
		out = append(append(out, `":`...), text...)
	}
	return append(out, '}'), nil
}
