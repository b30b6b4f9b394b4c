package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/store/postgres"
)

// dumped is a snapshot in memory.
type dumped struct {
	*postgres.Snapshot
	files map[string][]byte
	rows  map[string]int64
}

func dumpOf(t testing.TB, db *postgres.DB) dumped {
	t.Helper()
	s := must(db.Snapshot(t.Context()))(t)
	defer s.Close()
	d := dumped{s, map[string][]byte{}, map[string]int64{}}
	for _, table := range s.Tables {
		var b bytes.Buffer
		d.rows[table.Name] = must(s.CopyOut(t.Context(), table, &b))(t)
		d.files[table.Name] = b.Bytes()
	}
	return d
}

func (d dumped) load() postgres.Load {
	return postgres.Load{
		Schema: d.Schema, Tables: d.Tables, Rows: d.rows, Sequences: d.Sequences, Secrets: d.Secrets,
		Open: func(table postgres.DumpTable) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(d.files[table.Name])), nil
		},
	}
}

// full is a database with a day's records, configuration and history.
func full(t testing.TB) *postgres.Store {
	t.Helper()
	store := fresh(t)
	ok(t, store.PutTrunk(t.Context(), "test", postgres.Trunk{ID: "carrier", Name: "Carrier", Host: "sip.example", Transport: "udp", Username: "u", Secret: "s3cret\ttab\\", Active: true}))
	ok(t, store.PutTrunk(t.Context(), "test", postgres.Trunk{ID: "open", Name: "Không mật khẩu", Host: "sip2.example", Transport: "udp", Active: true}))
	feed(t, postgres.NewLedgerFollower(store, "n1"), someDay(3), 100)
	return store
}

// A restored database is the same to the byte, history, sequences and secrets
// too, its books balance, and the follower goes on in it.
func TestBackupIsRestored(t *testing.T) {
	t.Parallel()
	from := full(t)
	d := dumpOf(t, from.DB)
	if len(d.Followers) != 1 || d.Followers[0].Seq != uint64(len(someDay(3))) || d.Organisations[0] != org {
		t.Fatalf("positions %+v of %v", d.Followers, d.Organisations)
	}
	for name, b := range d.files {
		if bytes.Contains(b, []byte("s3cret")) {
			t.Errorf("%s shows a secret", name)
		}
	}
	to := open(t, private.TestPostgres(t))
	ok(t, to.BeginRestore(t.Context(), "b1"))
	passed := must(to.Load(t.Context(), d.load()))(t)
	ok(t, to.EndRestore(t.Context()))
	if len(passed) != 0 {
		t.Errorf("passed over %v", passed)
	}
	again := dumpOf(t, to.DB)
	for _, table := range d.Tables {
		if !slices.Equal(sorted(d.files[table.Name]), sorted(again.files[table.Name])) {
			t.Errorf("%s is another", table.Name)
		}
	}
	if !slices.Equal(names(d.Tables), names(again.Tables)) || !slices.Equal(d.Sequences, again.Sequences) {
		t.Errorf("tables %v, sequences %v", names(again.Tables), again.Sequences)
	}
	equal(t, "secret", query[string](t, to.DSN(), `SELECT secret FROM trunks WHERE id = 'carrier'`)[0], "s3cret\ttab\\")
	if r := must(to.Check(t.Context()))(t); !r.Balanced || r.Calls != 60 {
		t.Errorf("the books: %+v", r)
	}
	f := postgres.NewLedgerFollower(to, "n1")
	ok(t, f.Apply(t.Context(), someDay(3)[5:]))
	ok(t, to.PutTrunk(t.Context(), "test", postgres.Trunk{ID: "new", Name: "New", Host: "h", Transport: "udp"}))
	if n := query[int](t, to.DSN(), `SELECT count(*) FROM config_history WHERE object = 'new' AND id > (SELECT max(id) FROM config_history WHERE object <> 'new')`)[0]; n != 1 {
		t.Errorf("%d rows of history, the trigger or its sequence is not back", n)
	}
}

// sorted are the lines of a table's rows: their order means nothing.
func sorted(b []byte) []string { return slices.Sorted(strings.Lines(string(b))) }

func names(tables []postgres.DumpTable) (all []string) {
	for _, t := range tables {
		all = append(all, t.Name)
	}
	return all
}

// What is written while a snapshot is open is not in it, and does not wait.
func TestSnapshotIsOneMoment(t *testing.T) {
	t.Parallel()
	store := full(t)
	s := must(store.Snapshot(t.Context()))(t)
	defer s.Close()
	before := query[int64](t, store.DSN(), `SELECT count(*) FROM public.trunks`)[0]
	ok(t, store.PutTrunk(t.Context(), "test", postgres.Trunk{ID: "late", Name: "Late", Host: "h", Transport: "udp"}))
	sql(t, store.DSN(), `SET lock_timeout = '2s'; SELECT ensure_month('public', '2031-01-01'), ensure_month('records', '2031-01-01')`)
	for _, table := range s.Tables {
		rows := must(s.CopyOut(t.Context(), table, io.Discard))(t)
		if table.Name == "public.trunks" && rows != before {
			t.Errorf("%d trunks, %d were there", rows, before)
		}
	}
}

func TestRestoreRefusesAFullDatabase(t *testing.T) {
	t.Parallel()
	err := full(t).BeginRestore(t.Context(), "b1")
	if err == nil || !strings.Contains(err.Error(), "the database is not empty: it holds public.agent_skills, public.attempts") {
		t.Errorf("began: %v", err)
	}
	other := open(t, private.TestPostgres(t))
	sql(t, other.DSN(), `CREATE VIEW mine AS SELECT 1`)
	if err := other.BeginRestore(t.Context(), "b1"); err == nil || !strings.Contains(err.Error(), "public.mine") {
		t.Errorf("began over a view: %v", err)
	}
}

// Whatever ends a restore half-way: nothing works with the database but another
// restore, and that one finds nothing of the first.
func TestHalfARestoreIsNone(t *testing.T) {
	t.Parallel()
	d := dumpOf(t, full(t).DB)
	to := open(t, private.TestPostgres(t))
	ok(t, to.BeginRestore(t.Context(), "b1"))
	l := d.load()
	l.Open = func(table postgres.DumpTable) (io.ReadCloser, error) {
		if table.Of != "" {
			return nil, errors.New("the tape is torn")
		}
		return d.load().Open(table)
	}
	if _, err := to.Load(t.Context(), l); err == nil || !strings.Contains(err.Error(), "torn") {
		t.Fatalf("loaded: %v", err)
	}
	equal(t, "trunks after the error", query[int](t, to.DSN(), `SELECT count(*) FROM trunks`)[0], 0)
	_, err := to.Status(t.Context())
	if half, is := errors.AsType[*postgres.Unfinished](err); !is || half.Backup != "b1" {
		t.Errorf("status: %v", err)
	}
	if err := to.Migrate(t.Context()); err == nil {
		t.Error("migrated")
	}
	ok(t, to.BeginRestore(t.Context(), "b2"))
	must(to.Load(t.Context(), d.load()))(t)
	ok(t, to.EndRestore(t.Context()))
	ok(t, to.Migrate(t.Context()))
	equal(t, "trunks", query[int](t, to.DSN(), `SELECT count(*) FROM trunks`)[0], 2)

	empty := open(t, private.TestPostgres(t))
	ok(t, empty.BeginRestore(t.Context(), "b3"))
	must(empty.Load(t.Context(), d.load()))(t)
	ok(t, empty.ClearRestore(t.Context()))
	if left := query[string](t, empty.DSN(), `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
		UNION SELECT nspname::text FROM pg_namespace WHERE nspname = 'records' UNION SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace`); len(left) > 0 {
		t.Errorf("cleared, but %v is left", left)
	}
}

func TestLoadRefusesWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	d := dumpOf(t, full(t).DB)
	for name, change := range map[string]func(*postgres.Load){
		"schema version 99999": func(l *postgres.Load) { l.Schema = 99999 },
		"1 rows, the manifest says 2": func(l *postgres.Load) {
			l.Rows = maps.Clone(l.Rows)
			l.Rows["public.organisations"]++
		},
		"are not those of a month": func(l *postgres.Load) {
			l.Tables = append(slices.Clone(l.Tables), postgres.DumpTable{Name: "public.x", Of: "public.stamps", Bounds: "DEFAULT; DROP TABLE trunks"})
		},
		"rows are the one that it belongs to": func(l *postgres.Load) {
			l.Secrets = []postgres.Secret{{Table: "public.trunks", Key: map[string]string{"id": "nobody"}}}
		},
	} {
		to := open(t, private.TestPostgres(t))
		ok(t, to.BeginRestore(t.Context(), "b1"))
		l := d.load()
		change(&l)
		if _, err := to.Load(t.Context(), l); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Beside a living original a copy calls nobody and hangs up nothing.
func TestCopyBesideStandsAside(t *testing.T) {
	t.Parallel()
	from := full(t)
	sql(t, from.DSN(), `INSERT INTO leg_dialogs VALUES ($1, 'c/1', 'c', 'n1', '{}')`, string(org))
	sql(t, from.DSN(), `INSERT INTO nodes (organisation_id, id, url) VALUES ($1, 'n1', 'http://original') ON CONFLICT (id) DO UPDATE SET url = excluded.url`, string(org))
	l := dumpOf(t, from.DB).load()
	l.Beside = true
	to := open(t, private.TestPostgres(t))
	ok(t, to.BeginRestore(t.Context(), "b1"))
	must(to.Load(t.Context(), l))(t)
	ok(t, to.EndRestore(t.Context()))
	equal(t, "active trunks, dialogs, addresses", query[int](t, to.DSN(), `SELECT (SELECT count(*) FROM trunks WHERE active) +
		(SELECT count(*) FROM leg_dialogs) + (SELECT count(*) FROM nodes WHERE url <> '')`)[0], 0)
	equal(t, "who did it", query[string](t, to.DSN(), `SELECT actor FROM config_history ORDER BY id DESC LIMIT 1`)[0], "restore")
}

// What somebody else made in the schema is told of and passed over; what only
// an older build's schema has is found by its name.
func TestForeignTableIsPassedOver(t *testing.T) {
	t.Parallel()
	from := full(t)
	sql(t, from.DSN(), `CREATE TABLE report_of_ours (n integer GENERATED ALWAYS AS IDENTITY, note text)`)
	sql(t, from.DSN(), `INSERT INTO report_of_ours (note) VALUES ('x')`)
	to := open(t, private.TestPostgres(t))
	ok(t, to.BeginRestore(t.Context(), "b1"))
	passed := must(to.Load(t.Context(), dumpOf(t, from.DB).load()))(t)
	if want := []string{"public.report_of_ours"}; !slices.Equal(passed, want) {
		t.Errorf("passed over %v", passed)
	}
}

func TestEmptyDatabaseHasNoSnapshot(t *testing.T) {
	t.Parallel()
	if _, err := open(t, private.TestPostgres(t)).Snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("snapshot: %v", err)
	}
}

// A rebuild swaps the tables of records. A snapshot that saw the old ones must
// not read the new ones, which look empty to it.
func TestSnapshotBesideARebuild(t *testing.T) {
	t.Parallel()
	store := full(t)
	conn := must(pgx.Connect(t.Context(), store.DSN()))(t)
	defer conn.Close(context.Background())
	_, err := conn.Exec(t.Context(), `BEGIN; LOCK TABLE records.buckets IN ACCESS EXCLUSIVE MODE; CREATE TABLE records.b2 (LIKE records.buckets INCLUDING ALL);
		INSERT INTO records.b2 SELECT * FROM records.buckets; DROP TABLE records.buckets; ALTER TABLE records.b2 RENAME TO buckets`)
	ok(t, err)
	done := make(chan error, 1)
	go func() {
		s, err := store.Snapshot(context.Background())
		if err == nil {
			defer s.Close()
			for _, table := range s.Tables {
				var rows int64
				if table.Name == "records.buckets" {
					if rows, err = s.CopyOut(context.Background(), table, io.Discard); err == nil && rows == 0 {
						err = fmt.Errorf("%s looks empty", table.Name)
					}
				}
			}
		}
		done <- err
	}()
	for query[int](t, store.DSN(), `SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND datname = current_database()`)[0] == 0 {
	}
	_, err = conn.Exec(t.Context(), `COMMIT`)
	ok(t, err)
	ok(t, <-done)
}

func TestLastOfIsWhereTheJournalGoesOn(t *testing.T) {
	t.Parallel()
	store, day := fresh(t), someDay(4)
	if seq, hash := last(t, store); seq != 0 || hash != (ledger.Hash{}) {
		t.Errorf("of a new node: %d, %s", seq, hash)
	}
	feed(t, postgres.NewLedgerFollower(store, "n1"), day[:120], 50)
	if seq, hash := last(t, store); seq != 120 || hash != day[119].Hash {
		t.Errorf("after 120 stamps: %d, %s", seq, hash)
	}
}

func last(t *testing.T, store *postgres.Store) (uint64, ledger.Hash) {
	t.Helper()
	seq, hash, err := store.LastOf(t.Context(), "n1")
	ok(t, err)
	return seq, hash
}
