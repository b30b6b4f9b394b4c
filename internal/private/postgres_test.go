package private_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/internal/private"
)

// query runs statements and returns the one value of the last as text.
func query(t *testing.T, dsn string, statements ...string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	last := len(statements) - 1
	for _, statement := range statements[:last] {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	var value any
	if err := conn.QueryRow(t.Context(), statements[last]).Scan(&value); err != nil {
		t.Fatalf("%s: %v", statements[last], err)
	}
	return fmt.Sprint(value)
}

func start(t *testing.T, o private.PostgresOptions) *private.Postgres {
	t.Helper()
	p, err := private.StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			dsn := private.TestPostgres(t)
			if got := query(t, dsn, "CREATE TABLE mine ()", "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'"); got != "1" {
				t.Fatalf("%s tables called mine, want 1", got)
			}
		})
	}
}

func TestTemplateIsPreparedOnce(t *testing.T) {
	t.Parallel()
	prepared := make(chan string, 8)
	template := fmt.Sprintf("seeded_%d", time.Now().UnixNano()) // with -count the process has made the last one already
	prepare := func(ctx context.Context, dsn string) error {
		prepared <- dsn
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "CREATE TABLE seed AS SELECT 7 AS n")
		return err
	}
	t.Run("copies", func(t *testing.T) {
		for i := range 3 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				dsn := private.TestPostgresFrom(t, template, prepare)
				if got := query(t, dsn, "UPDATE seed SET n = n + 1 RETURNING n"); got != "8" {
					t.Fatalf("n = %s, want 8: another test's write is visible", got)
				}
			})
		}
	})
	if len(prepared) != 1 {
		t.Fatalf("the template was prepared %d times", len(prepared))
	}
}

func TestCommittedDataOutlivesKill(t *testing.T) {
	t.Parallel()
	p := private.TestServer(t)
	dsn, err := p.Create(t.Context(), "kept", "")
	if err != nil {
		t.Fatal(err)
	}
	query(t, dsn, "CREATE TABLE t AS SELECT 42 AS n", "SELECT 1")
	for range 3 {
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
			t.Fatalf("a killed server answered: %v", conn.Close(t.Context()))
		}
		if err := p.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := query(t, dsn, "SELECT n FROM t"); got != "42" {
			t.Fatalf("n = %s after recovery, want 42", got)
		}
	}
}

// A frozen server keeps its connections and answers nobody, old or new, until it is thawed.
func TestFrozenServerAnswersNobody(t *testing.T) {
	t.Parallel()
	p := private.TestServer(t)
	conn, err := pgx.Connect(t.Context(), p.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	ask := func(d time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		c, err := pgx.Connect(ctx, p.DSN("postgres"))
		if err != nil {
			return err
		}
		return c.Close(ctx)
	}
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "SELECT 1")
		answer <- err
	}()
	if err := ask(300 * time.Millisecond); err == nil {
		t.Error("a frozen server took a connection")
	}
	select {
	case err := <-answer:
		t.Errorf("a frozen session answered: %v", err)
	default:
	}
	if err := p.Thaw(); err != nil {
		t.Fatal(err)
	}
	if err := <-answer; err != nil {
		t.Errorf("after the thaw: %v", err)
	}
	if err := ask(10 * time.Second); err != nil {
		t.Errorf("after the thaw: %v", err)
	}
}

func TestCommittedDataOutlivesImmediate(t *testing.T) {
	t.Parallel()
	p := private.TestServer(t)
	dsn := p.DSN("postgres")
	query(t, dsn, "CREATE TABLE t AS SELECT 42 AS n", "SELECT 1")
	if err := p.Immediate(); err != nil {
		t.Fatal(err)
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, dsn, "SELECT n FROM t"); got != "42" {
		t.Fatalf("n = %s after recovery, want 42", got)
	}
}

// TestNamedFolderKeepsItsData also survives the pid file of a predecessor whose pid a stranger has now: ours.
func TestNamedFolderKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	first := start(t, private.PostgresOptions{Dir: dir})
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(first.DataDir())) }) // as root not below the test's folder
	dsn, err := first.Ensure(t.Context(), "callstamp")
	if err != nil {
		t.Fatal(err)
	}
	query(t, dsn, "CREATE TABLE t AS SELECT 42 AS n", "SELECT 1")
	if _, err := private.StartPostgres(t.Context(), private.PostgresOptions{Dir: dir}); err == nil || !strings.Contains(err.Error(), "already runs") {
		t.Fatalf("a second server on the same folder: %v", err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	stale := fmt.Sprintf("%d\n%s\n%d\n5432\n", os.Getpid(), first.DataDir(), time.Now().Unix())
	if err := os.WriteFile(filepath.Join(first.DataDir(), "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	second := start(t, private.PostgresOptions{Dir: dir})
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the second start took %v, more than 2 s", took)
	}
	if dsn, err = second.Ensure(t.Context(), "callstamp"); err != nil {
		t.Fatal(err)
	}
	if got := query(t, dsn, "SELECT n FROM t"); got != "42" {
		t.Fatalf("n = %s, want 42", got)
	}
	version, err := os.ReadFile(filepath.Join(first.DataDir(), "PG_VERSION"))
	if err != nil || filepath.Base(first.DataDir()) != "pg"+strings.TrimSpace(string(version)) {
		t.Errorf("version %q (%v) has its data in %s, where another version would find it", version, err, first.DataDir())
	}
}

func TestProgramsInAClosedFolder(t *testing.T) {
	bin, err := private.FindPostgres()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(private.PostgresBinEnv, copyPostgres(t, bin))
	p := start(t, private.PostgresOptions{Unsafe: true})
	if got := query(t, p.DSN("postgres"), "SELECT 1"); got != "1" {
		t.Fatal(got)
	}
}

func TestWrongBinFolderIsNamed(t *testing.T) {
	t.Setenv(private.PostgresBinEnv, "/nowhere")
	_, err := private.StartPostgres(t.Context(), private.PostgresOptions{})
	if err == nil || !strings.Contains(err.Error(), `CALLSTAMP_PG_BIN is "/nowhere"`) {
		t.Fatalf("error %v does not name the variable and the folder", err)
	}
}

func TestBadSettingReportsTheServersWords(t *testing.T) {
	t.Parallel()
	_, err := private.StartPostgres(t.Context(), private.PostgresOptions{Unsafe: true, Settings: map[string]string{"no_such": "1"}})
	if err == nil || !strings.Contains(err.Error(), `unrecognized configuration parameter "no_such"`) {
		t.Fatalf("error %v does not carry the server's reason", err)
	}
}

// TestLinksAreFollowed finds the programs' own folder behind links, as /usr/local/bin has them.
func TestLinksAreFollowed(t *testing.T) {
	bin, err := private.FindPostgres()
	if err != nil {
		t.Fatal(err)
	}
	links := t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.Symlink(filepath.Join(bin, name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", links)
	t.Setenv(private.PostgresBinEnv, "")
	if found, err := private.FindPostgres(); err != nil || found != bin {
		t.Fatalf("found %s, %v; want %s", found, err, bin)
	}
}

// TestSocketInAFolderOfOnesOwn lets a program in a chroot reach the server: the folder is inside, and open to others.
func TestSocketInAFolderOfOnesOwn(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "private-socket-") // t.TempDir is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, private.PostgresOptions{Unsafe: true, SocketDir: filepath.Join(dir, "run")})
	info, err := os.Stat(filepath.Join(dir, "run"))
	if err != nil || info.Mode().Perm() != 0o755 || p.SocketDir() != filepath.Join(dir, "run") {
		t.Fatalf("socket folder %s: %v, %v", p.SocketDir(), info, err)
	}
	if got := query(t, p.DSN("postgres"), "SELECT 1"); got != "1" {
		t.Fatal(got)
	}
}
