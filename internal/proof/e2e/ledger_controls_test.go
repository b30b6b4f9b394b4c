package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/damage"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// control is one broken row and what both checkers said of it.
type control struct{ table, kind, checker, own string }

// ownVerdict is what the product's own check says of the finished run; it must
// balance.
func (r *proofRun) ownVerdict(t *testing.T) string {
	t.Helper()
	if calls := r.balanced(t); calls != r.calls {
		t.Errorf("callstamp check saw %d calls, want %d", calls, r.calls)
	}
	return "balanced"
}

// balanced asks the product's own check, which must be content, and returns
// how many calls it looked at.
func (r *proofRun) balanced(t *testing.T, flags ...string) int {
	t.Helper()
	calls, err := r.Balanced(flags...)
	if err != nil {
		t.Error(err)
	}
	return calls
}

// controls breaks one row of each table in a copy of the database: the checker
// must name it, and so must callstamp check.
func (r *proofRun) controls(t *testing.T, seed uint64) []control {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 21))
	var all []control
	for _, tab := range append(check.Tables(), damage.Stamps()) {
		for _, kind := range damage.Kinds() {
			if c, ok := r.control(t, tab, kind, dice); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

func (r *proofRun) control(t *testing.T, tab check.Table, kind damage.Kind, dice *rand.Rand) (control, bool) {
	t.Helper()
	ctx := t.Context()
	dsn, err := r.PG.Create(ctx, "broken", rig.Database)
	must(t, err)
	defer func() { must(t, r.PG.Drop(context.Background(), "broken")) }()
	db, err := pgx.Connect(ctx, dsn)
	must(t, err)
	defer db.Close(context.Background())
	var rows int
	must(t, db.QueryRow(ctx, "SELECT count(*) FROM "+tab.Name).Scan(&rows))
	if rows == 0 && (tab.Name == "records.buckets" || tab.Name == "records.intervals") {
		return control{}, false // no quarter hour was closed in this run; the day by hand has one
	}
	key, err := damage.Do(ctx, db, tab, kind, dice.IntN)
	must(t, err)
	c := control{table: tab.Name, kind: string(kind), checker: "named", own: "named"}
	found, err := check.Records(ctx, db)
	must(t, err)
	if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Table == tab.Name && f.Key == key }) {
		c.checker = "not named"
		t.Errorf("%s of %s %s: the checker found %v", kind, tab.Name, key, found)
	}
	code, out, bad := r.Command(dsn, "check", "--json")
	if code == 0 || !strings.Contains(out, nameOf(key)) {
		c.own = fmt.Sprintf("not named, exit %d", code)
		t.Errorf("%s of %s %s: callstamp check ended with %d: %.600s", kind, tab.Name, key, code, out+bad)
	}
	return c, true
}

// brokenLaws breaks each law alone, most of them by one column, some by stamps
// that are forged: the checker must name the law, and callstamp check must not
// be content. It takes a closed quarter hour; internal/proof/replay does the
// same to a smaller day in every test run.
func (r *proofRun) brokenLaws(t *testing.T) []control {
	t.Helper()
	var all []control
	for _, law := range damage.Laws() {
		all = append(all, r.brokenLaw(t, law))
	}
	return all
}

func (r *proofRun) brokenLaw(t *testing.T, law damage.Law) control {
	t.Helper()
	ctx := t.Context()
	dsn, err := r.PG.Create(ctx, "lawless", rig.Database)
	must(t, err)
	defer func() { must(t, r.PG.Drop(context.Background(), "lawless")) }()
	db, err := pgx.Connect(ctx, dsn)
	must(t, err)
	defer db.Close(context.Background())
	must(t, law.Break(ctx, db))
	c := control{table: law.Law, kind: law.Name, checker: "named", own: "named"}
	found, err := check.Records(ctx, db)
	must(t, err)
	if !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Law == law.Law }) {
		c.checker = "not named"
		t.Errorf("%s: the checker found %v", law.Name, found)
	}
	if code, out, bad := r.Command(dsn, "check", "--json"); code == 0 || !strings.Contains(out, `"balanced": false`) {
		c.own = fmt.Sprintf("not named, exit %d", code)
		t.Errorf("%s: callstamp check ended with %d: %.600s", law.Name, code, out+bad)
	}
	return c
}

// nameOf is the part of a key that a report must contain: the call, the
// session, the offer; of a figure its metric.
func nameOf(key string) string {
	part := strings.Split(key, "/")
	if len(part) == 6 {
		return part[5]
	}
	return part[0]
}
