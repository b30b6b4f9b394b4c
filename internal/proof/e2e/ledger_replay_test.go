package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/proof/replay"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

// replayed brings the stamps of the whole run to an empty database once more,
// in other batches and some of them twice, and lets callstamp rebuild fold them
// anew in a copy: both must come to the run's own rows, in every table.
func (r *proofRun) replayed(t *testing.T, seed uint64) string {
	t.Helper()
	ctx := t.Context()
	again, err := r.PG.Create(ctx, "again", "")
	must(t, err)
	db, err := postgres.Open(ctx, again)
	must(t, err)
	defer db.Close()
	must(t, db.Migrate(ctx))
	dice := rand.New(rand.NewPCG(seed, 22))
	n := 0
	for node, journal := range r.journals(t) {
		f := postgres.NewLedgerFollower(db.For("proof"), node)
		for from := 0; from < len(journal); {
			to := min(from+1+dice.IntN(1000), len(journal))
			must(t, f.Apply(ctx, journal[max(0, from-dice.IntN(100)):to]))
			from = to
		}
		n += len(journal)
	}
	rebuilt, err := r.PG.Create(ctx, "rebuilt", "proof")
	must(t, err)
	if code, out, bad := r.Command(rebuilt, "rebuild"); code != 0 {
		t.Errorf("callstamp rebuild ended with %d: %s%s", code, out, bad)
	}
	for what, d := range map[string][]string{
		"fed once more": replay.Differ(tablesOf(t, again, "rolled"), tablesOf(t, r.DSN, "rolled")), // only the live store makes that
		"rebuilt":       replay.Differ(tablesOf(t, rebuilt), tablesOf(t, r.DSN)),
	} {
		for _, table := range d {
			t.Errorf("%s: %s", what, table)
		}
	}
	return fmt.Sprintf("%d stamps, fed in other batches and rebuilt: the same rows in every table", n)
}

// journals are the run's stamps by node, as a journal hands them out.
func (r *proofRun) journals(t *testing.T) map[stamp.NodeID][]ledger.Entry {
	t.Helper()
	db, err := pgx.Connect(t.Context(), r.DSN)
	must(t, err)
	defer db.Close(context.Background())
	rows, err := db.Query(t.Context(), `SELECT bytes, hash FROM stamps ORDER BY node, seq`)
	must(t, err)
	all := map[stamp.NodeID][]ledger.Entry{}
	var text, hash []byte
	_, err = pgx.ForEachRow(rows, []any{&text, &hash}, func() error {
		s, err := stamp.Decode(text)
		all[s.Node] = append(all[s.Node], ledger.Entry{Seq: s.Seq, Bytes: append([]byte{}, text...), Hash: ledger.Hash(hash), Stamp: s})
		return err
	})
	must(t, err)
	return all
}

func tablesOf(t *testing.T, dsn string, without ...string) map[string]string {
	t.Helper()
	db, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer db.Close(context.Background())
	tables, err := replay.Tables(t.Context(), db, without...)
	must(t, err)
	return tables
}
