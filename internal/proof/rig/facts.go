package rig

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Fact is one stamp as it stands in the table.
type Fact struct {
	Seq, N int64
	At     time.Time
	Kind   string
	Phase  string // from this stamp on, "" unchanged
	Actor  string
	Data   map[string]any // the payload, as JSON has it
}

func (f Fact) String() string { return fmt.Sprintf("%d %s %v", f.N, f.Kind, f.Data) }

// Facts are stamps in their order.
type Facts []Fact

// StampsOf are a call's own stamps.
func (q *SQL) StampsOf(call string) (all Facts) {
	q.t.Helper()
	for _, r := range q.Rows(`SELECT seq, n, at, kind, bytes FROM stamps WHERE subject = 'call:' || $1 ORDER BY n`, call) {
		f := Fact{Seq: r["seq"].(int64), N: r["n"].(int64), At: r["at"].(time.Time), Kind: r["kind"].(string)}
		var body struct {
			Phase, Actor string
			Data         map[string]any
		}
		must(q.t, json.Unmarshal(r["bytes"].([]byte), &body))
		f.Phase, f.Actor, f.Data = body.Phase, body.Actor, body.Data
		all = append(all, f)
	}
	return all
}

// Kinds are the stamps' kinds.
func (all Facts) Kinds() (kinds []string) {
	for _, f := range all {
		kinds = append(kinds, f.Kind)
	}
	return kinds
}

// Of are the stamps of the kind.
func (all Facts) Of(kind string) (found Facts) {
	for _, f := range all {
		if f.Kind == kind {
			found = append(found, f)
		}
	}
	return found
}

// InOrder checks that stamps of the kinds appear in this order, as Misplaced
// has it.
func (all Facts) InOrder(t testing.TB, want ...string) {
	t.Helper()
	if k := Misplaced(all.Kinds(), want...); k != "" {
		t.Errorf("no %s in its place; the stamps are %s", k, strings.Join(all.Kinds(), " "))
	}
}

// Misplaced is the first of want that does not stand in got after those before
// it, "" where all do; others may stand between. "!x" says that x stands
// nowhere.
func Misplaced(got []string, want ...string) string {
	rest := got
	for _, w := range want {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if slices.Contains(got, not) {
				return w
			}
			continue
		}
		i := slices.Index(rest, w)
		if i < 0 {
			return w
		}
		rest = rest[i+1:]
	}
	return ""
}

// Payloads are the payloads of all stamps of a kind, in order.
func Payloads[F any](q *SQL, kind string) (all []F) {
	q.t.Helper()
	for _, r := range q.Rows(`SELECT coalesce(convert_from(bytes, 'UTF8')::jsonb->>'data', '{}') AS data FROM stamps WHERE kind = $1 ORDER BY node, seq`, kind) {
		var f F
		must(q.t, json.Unmarshal([]byte(r["data"].(string)), &f))
		all = append(all, f)
	}
	return all
}

// ClosedCalls waits until PostgreSQL holds n closed calls and returns their
// records by arrival; more of them end the test.
func (q *SQL) ClosedCalls(n int) (calls []map[string]any) {
	q.t.Helper()
	Eventually(q.t, fmt.Sprintf("%d closed calls in PostgreSQL", n), func() bool {
		calls = q.Rows(`SELECT * FROM records.calls WHERE closed ORDER BY arrived_at`)
		return len(calls) >= n
	}, func() string {
		return fmt.Sprint(q.Rows(`SELECT call, closed, outcome FROM records.calls`), " and stamps ",
			q.Rows(`SELECT seq, subject, kind FROM stamps ORDER BY seq DESC LIMIT 20`))
	})
	if len(calls) != n {
		q.t.Fatalf("%d closed calls, want %d", len(calls), n)
	}
	return calls
}

// ClosedOf waits until PostgreSQL holds n closed calls of the customer with the
// number, and returns their records, the newest first.
func (q *SQL) ClosedOf(number string, n int) (calls []map[string]any) {
	q.t.Helper()
	Eventually(q.t, fmt.Sprintf("%d closed calls of %s in PostgreSQL", n, number), func() bool {
		calls = q.Rows(`SELECT c.* FROM records.calls c JOIN parties p ON p.organisation_id = c.organisation_id AND p.id = c.party
			WHERE p.number = $1 AND c.closed ORDER BY c.arrived_at DESC`, number)
		return len(calls) == n
	}, func() string { return fmt.Sprintf("there are %d: %v", len(calls), calls) })
	return calls
}
