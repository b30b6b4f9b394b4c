package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/postgres/storetest"
)

// site is a configuration with a database and a node's folder of its own.
type site struct {
	*testing.T
	config, dsn, data string
}

func newSite(t *testing.T, dsn string) site {
	t.Helper()
	s := site{T: t, config: filepath.Join(t.TempDir(), "callstamp.yaml"), dsn: dsn, data: filepath.Join(t.TempDir(), "data")}
	fine(t, os.WriteFile(s.config, fmt.Appendf(nil, "organisation: {id: acme}\nnode: {data_dir: %s}\npostgres: {dsn: %q}\nredis: {addr: %s}\n",
		s.data, dsn, private.TestRedis(t).Addr()), 0o600))
	return s
}

// callstamp runs a command of it.
func (s site) callstamp(args ...string) (code int, said string) {
	s.Helper()
	var out bytes.Buffer
	code = run(s.Context(), append([]string{"--config", s.config}, args...), &out, &out)
	return code, out.String()
}

// must runs a command that has to succeed.
func (s site) must(args ...string) string {
	s.Helper()
	code, said := s.callstamp(args...)
	if code != exitOK {
		s.Fatalf("%v: exit %d: %s", args, code, said)
	}
	return said
}

// refuses runs a command that has to fail, for this reason.
func (s site) refuses(reason string, args ...string) {
	s.Helper()
	if code, said := s.callstamp(args...); code == exitOK || !strings.Contains(said, reason) {
		s.Errorf("%v: exit %d, should fail because %q: %s", args, code, reason, said)
	}
}

func (s site) store() *postgres.Store {
	s.Helper()
	db, err := postgres.Open(s.Context(), s.dsn)
	fine(s.T, err)
	s.Cleanup(db.Close)
	return db.For(acme)
}

func (s site) journal() *ledger.Journal {
	s.Helper()
	j, err := ledger.Open(filepath.Join(s.data, "journal"), ledger.Options{ReserveBytes: -1, SegmentBytes: 64 << 10})
	fine(s.T, err)
	return j
}

// undelivered is how many stamps Postgres had not taken in.
const undelivered = 300

// worked is a site at rest after a day's work, of which Postgres lacks the end.
func worked(t *testing.T) (site, uint64) {
	t.Helper()
	store, dsn := emptyDatabase(t)
	s := newSite(t, dsn)
	fine(t, keepSeed(t.Context(), store, seeded()))
	fine(t, store.PutTrunk(t.Context(), "test", postgres.Trunk{ID: "carrier", Name: "Carrier", Host: "h", Transport: "udp", Username: "u", Secret: "s3cret", Active: true}))
	day := storetest.Day(storetest.Options{Seed: 7, Node: "n", Org: acme, Calls: 60, Span: 3_600_000_000})
	j := s.journal()
	put := func(entries []ledger.Entry) {
		for _, e := range entries {
			j.Append([]stamp.Stamp{e.Stamp}, e.Sides)
		}
	}
	put(day[:len(day)-undelivered])
	_, stop := feeding(t, j, postgres.NewLedgerFollower(store, j.Node()))
	stop()
	put(day[len(day)-undelivered:])
	fine(t, j.Close())
	for name, text := range map[string]string{"tls/key.pem": "the-private-key", "tls/cert.pem": "cert", "recordings/2026/11/one.wav": "sound", "recordings/two.wav": "more sound"} {
		fine(t, os.MkdirAll(filepath.Dir(filepath.Join(s.data, name)), 0o700))
		fine(t, os.WriteFile(filepath.Join(s.data, name), []byte(text), 0o600))
	}
	return s, uint64(len(day))
}

// Everything comes back, what Postgres had not yet taken in too, and the node
// goes on where it stood.
func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	from, last := worked(t)
	dir, keys := filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "keys")
	said := from.must("backup", dir, "--keys", keys)
	if !strings.Contains(said, "journal of node n-") || !strings.Contains(said, fmt.Sprintf("up to %d", last)) || !strings.Contains(said, "2 recordings") {
		t.Errorf("backup says %s", said)
	}
	nothingSecretIn(t, dir)
	to := newSite(t, private.TestPostgres(t))
	to.must("restore", dir, "--keys", keys)
	for name, want := range map[string]string{"tls/key.pem": "the-private-key", "recordings/2026/11/one.wav": "sound"} {
		if b, err := os.ReadFile(filepath.Join(to.data, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	a, b := from.journal(), to.journal()
	defer a.Close()
	defer b.Close()
	if b.Node() != a.Node() || b.Boot() != a.Boot() || b.Durable() != last {
		t.Errorf("node %s, boot %d, stamp %d; the original: %s, %d, %d", b.Node(), b.Boot(), b.Durable(), a.Node(), a.Boot(), last)
	}
	store := to.store()
	before := rows(t, to.dsn, `SELECT to_jsonb(c)::text FROM records.calls c ORDER BY call`)
	if same := rows(t, from.dsn, `SELECT to_jsonb(c)::text FROM records.calls c ORDER BY call`); !slices.Equal(before, same) {
		t.Error("the records are others")
	}
	for _, j := range []*ledger.Journal{a, b} { // where only Postgres was lost, the original's folder goes on with the restored database
		fine(t, (&app{store: store, journal: j}).refuseFork(t.Context()))
	}
	_, stop := feeding(t, b, postgres.NewLedgerFollower(store, b.Node()))
	stop()
	to.must("check")
	if n := rows(t, to.dsn, `SELECT count(*)::text FROM records.calls WHERE closed`)[0]; n != "60" {
		t.Errorf("%s closed calls, 60 were made", n)
	}
	if got := rows(t, to.dsn, `SELECT secret FROM trunks WHERE id = 'carrier'`)[0]; got != "s3cret" {
		t.Errorf("the trunk's password is %q", got)
	}
}

func nothingSecretIn(t *testing.T, dir string) {
	t.Helper()
	fine(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s may be read by others: %v", path, info.Mode())
		}
		if e.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		if strings.HasSuffix(path, ".gz") {
			b = gunzip(t, b)
		}
		if bytes.Contains(b, []byte("s3cret")) || bytes.Contains(b, []byte("the-private-key")) {
			t.Errorf("%s shows a secret", path)
		}
		return err
	}))
}

func rows(t *testing.T, dsn, query string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	fine(t, err)
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(), query)
	fine(t, err)
	all, err := pgx.CollectRows(found, pgx.RowTo[string])
	fine(t, err)
	return all
}

// One changed byte in any file is found before anything is touched, and named.
func TestDamagedBackupIsRefused(t *testing.T) {
	t.Parallel()
	from, _ := worked(t)
	dir := filepath.Join(t.TempDir(), "b")
	from.must("backup", dir)
	to := newSite(t, private.TestPostgres(t))
	files := 0
	fine(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		whole, err := os.ReadFile(path)
		fine(t, err)
		name, err := filepath.Rel(dir, path)
		fine(t, err)
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			b := bytes.Clone(whole)
			b[at] ^= 0x01
			fine(t, os.WriteFile(path, b, 0o600))
			to.refuses(name, "restore", dir)
		}
		fine(t, os.WriteFile(path, whole[:len(whole)-1], 0o600))
		to.refuses(name, "restore", dir)
		fine(t, os.Rename(path, path+".gone"))
		to.refuses(name, "restore", dir)
		fine(t, os.Remove(path+".gone"))
		return os.WriteFile(path, whole, 0o600)
	}))
	if files < 30 {
		t.Errorf("only %d files", files)
	}
	nothingAt(t, to)
	if _, err := os.Stat(filepath.Join(dir, claimName)); err == nil {
		t.Error("the backup is claimed")
	}
	to.must("restore", dir)
}

// nothingAt checks that a failed restore has left nothing.
func nothingAt(t *testing.T, to site) {
	t.Helper()
	if left := rows(t, to.dsn, `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION SELECT nspname::text FROM pg_namespace WHERE nspname = 'records'`); len(left) > 0 {
		t.Errorf("in the database: %v", left)
	}
	if left, err := os.ReadDir(to.data); err == nil && len(left) > 0 {
		t.Errorf("in the folder: %v", left)
	}
}

// rewrite changes a backup's manifest, and its sum with it.
func rewrite(t *testing.T, dir string, change func(m map[string]any)) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	fine(t, err)
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	fine(t, d.Decode(&m))
	change(m)
	b, err = json.Marshal(m)
	fine(t, err)
	fine(t, os.WriteFile(filepath.Join(dir, manifestName), b, 0o600))
	fine(t, os.WriteFile(filepath.Join(dir, manifestSum), fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(b), manifestName), 0o600))
}

func TestRestoreRefusesWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	from, _ := worked(t)
	dir := filepath.Join(t.TempDir(), "b")
	from.must("backup", dir)
	manifest, err := os.ReadFile(filepath.Join(dir, manifestName))
	fine(t, err)
	to := newSite(t, private.TestPostgres(t))
	for reason, change := range map[string]func(map[string]any){
		"the backup has format 2 and this build of callstamp knows up to 1": func(m map[string]any) { m["format"] = 2 },
		"schema version 99999 and this build of callstamp knows up to":      func(m map[string]any) { m["schema"] = 99999 },
		"(organisation.id)": func(m map[string]any) { m["organisations"] = []string{"other"} },
		"the restored journal is": func(m map[string]any) {
			m["journal"].(map[string]any)["last"] = 5
		},
		"which is not below it": func(m map[string]any) {
			m["files"] = append(m["files"].([]any), map[string]any{"path": "../../etc/passwd", "bytes": 1, "sha256": "00"})
		},
	} {
		fine(t, os.WriteFile(filepath.Join(dir, manifestName), manifest, 0o600))
		rewrite(t, dir, change)
		to.refuses(reason, "restore", dir)
		nothingAt(t, to)
		if _, err := os.Stat(filepath.Join(dir, claimName)); err == nil {
			t.Errorf("%s: the backup is claimed", reason)
		}
	}
	fine(t, os.WriteFile(filepath.Join(dir, manifestName), manifest, 0o600))
	rewrite(t, dir, func(map[string]any) {})
	from.refuses("the database is not empty", "--config", newSite(t, from.dsn).config, "restore", dir)
	from.refuses("is not empty: move it away", "restore", dir)
	from.refuses("is there already", "backup", dir)
	from.refuses("lies in the backup", "backup", dir+"2", "--keys", filepath.Join(dir+"2", "keys"))
	empty := newSite(t, private.TestPostgres(t))
	empty.refuses("the database is empty", "backup", filepath.Join(t.TempDir(), "c"))
	lost := newSite(t, from.dsn)
	lost.refuses("back up on the node itself", "backup", filepath.Join(t.TempDir(), "d"))
	if _, err := os.Stat(dir + "2.tmp"); err == nil {
		t.Error("half a backup is left")
	}
}

// A backup continues its node once; a copy beside it is a node of its own, whose
// books have the original's last stamps too.
func TestBackupContinuesItsNodeOnce(t *testing.T) {
	t.Parallel()
	from, last := worked(t)
	dir := filepath.Join(t.TempDir(), "b")
	from.must("backup", dir)
	one, two, three := newSite(t, private.TestPostgres(t)), newSite(t, private.TestPostgres(t)), newSite(t, private.TestPostgres(t))
	one.must("restore", dir)
	two.refuses("the backup was restored already", "restore", dir)
	nothingAt(t, two)
	two.must("restore", dir, "--as-new-node")
	two.must("check")
	if got := rows(t, two.dsn, `SELECT count(*)::text || ' ' || max(seq) FROM stamps`)[0]; got != fmt.Sprintf("%d %d", last, last) {
		t.Errorf("the copy has stamps %s, the original made %d", got, last)
	}
	if got := rows(t, two.dsn, `SELECT count(*)::text FROM trunks WHERE active`)[0]; got != "0" {
		t.Errorf("%s trunks of the copy are active", got)
	}
	if _, err := os.Stat(filepath.Join(two.data, "journal")); err == nil {
		t.Error("the copy goes on with the original's journal")
	}
	j := two.journal()
	defer j.Close()
	if b, err := os.ReadFile(filepath.Join(from.data, "journal", "node")); err != nil || strings.TrimSpace(string(b)) == string(j.Node()) {
		t.Errorf("the copy is node %s, as the original: %v", j.Node(), err)
	}
	three.must("restore", dir, "--again")

	a := &app{store: one.store()} // one went on; then somebody plugs three's disk in
	a.journal = one.journal()
	fine(t, a.refuseFork(t.Context()))
	a.journal.Append(twinStamps("one", 1), nil)
	_, stop := feeding(t, a.journal, postgres.NewLedgerFollower(a.store, a.journal.Node()))
	stop()
	fine(t, a.journal.Close())
	a.journal = three.journal()
	defer a.journal.Close()
	if err := a.refuseFork(t.Context()); err == nil || !strings.Contains(err.Error(), "ahead") {
		t.Errorf("a copy that stands behind: %v", err)
	}
	a.journal.Append(twinStamps("three", 2), nil)
	fine(t, a.journal.Sync(t.Context()))
	if err := a.refuseFork(t.Context()); err == nil || !strings.Contains(err.Error(), "went on elsewhere") {
		t.Errorf("a copy that went its own way: %v", err)
	}
}

// twinStamps are n stamps of a subject that nothing else tells of.
func twinStamps(id stamp.ID, n int) []stamp.Stamp {
	var all []stamp.Stamp
	for i := range n {
		all = append(all, stamp.Stamp{
			Org: acme, Subject: stamp.Subject{Kind: stamp.SubjectNode, ID: id}, N: uint64(i + 1),
			Instant: stamp.Instant{At: storetest.Start + 7_200_000_000, Mono: 7_200_000_000, Boot: 9}, Fact: stamp.NodeAlive{},
		})
	}
	return all
}

func gunzip(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	fine(t, err)
	plain, err := io.ReadAll(z)
	fine(t, err)
	return plain
}
