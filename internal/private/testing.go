package private

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// TB is what the helpers need of *testing.T and *testing.B. It stands here so that the product, whose demo uses this
// package, does not carry package testing.
type TB interface {
	Helper()
	Name() string
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Cleanup(f func())
}

// shared is the one PostgreSQL of this process for all its tests. It is started by the first that asks, and nobody can
// know which is the last: the reaper ends it with the process.
var shared = sync.OnceValues(func() (*sharedPostgres, error) {
	server, err := StartPostgres(context.Background(), PostgresOptions{
		Unsafe:   true,
		Settings: map[string]string{"max_connections": "300"}, // parallel tests with a pool each
	})
	return &sharedPostgres{Postgres: server, templates: map[string]func() error{}}, err
})

type sharedPostgres struct {
	*Postgres
	made atomic.Int64 // databases so far, for their names

	mu        sync.Mutex
	templates map[string]func() error // by name; each makes its template once
}

// TestPostgres returns the DSN of an empty database of the test's own, dropped when the test ends. Tests may run in
// parallel. It fails the test where PostgreSQL is missing.
func TestPostgres(t TB) string {
	t.Helper()
	return freshDatabase(t, "", nil)
}

// TestPostgresFrom is TestPostgres with a schema: the first call of a process makes the template by prepare, which must
// leave no connection open; every test then gets a copy of it (30 ms, whatever the number of migrations).
func TestPostgresFrom(t TB, template string, prepare func(ctx context.Context, dsn string) error) string {
	t.Helper()
	return freshDatabase(t, "template_"+template, prepare)
}

func freshDatabase(t TB, template string, prepare func(context.Context, string) error) string {
	t.Helper()
	ctx := context.Background()
	server, err := shared()
	if err != nil {
		t.Fatalf("private PostgreSQL for %s: %v", t.Name(), err)
	}
	if template != "" {
		if err := server.template(ctx, template, prepare); err != nil {
			t.Fatalf("template database for %s: %v", t.Name(), err)
		}
	}
	name := fmt.Sprintf("test_%d", server.made.Add(1))
	dsn, err := server.Create(ctx, name, template)
	if err != nil {
		t.Fatalf("database for %s: %v", t.Name(), err)
	}
	t.Cleanup(func() {
		if err := server.Drop(ctx, name); err != nil {
			t.Errorf("drop database of %s: %v", t.Name(), err)
		}
	})
	return dsn
}

// template makes the named database once; later callers wait for the first and share its error.
func (s *sharedPostgres) template(ctx context.Context, name string, prepare func(context.Context, string) error) error {
	s.mu.Lock()
	once, found := s.templates[name]
	if !found {
		once = sync.OnceValue(func() error {
			dsn, err := s.Create(ctx, name, "")
			if err != nil {
				return err
			}
			return prepare(ctx, dsn)
		})
		s.templates[name] = once
	}
	s.mu.Unlock()
	return once()
}

// TestServer starts a PostgreSQL for one test alone, which may Kill, Halt and Restart it, and stops it when the test
// ends. It takes 0.5 s; use TestPostgres where a database is enough.
func TestServer(t TB) *Postgres {
	t.Helper()
	server, err := StartPostgres(context.Background(), PostgresOptions{Unsafe: true})
	if err != nil {
		t.Fatalf("private PostgreSQL for %s: %v", t.Name(), err)
	}
	t.Cleanup(func() { stopped(t, server.Stop()) })
	return server
}

// TestRedis starts a redis-server for one test alone (10 ms): FLUSHALL, CONFIG SET, Kill and Freeze disturb nobody. It
// fails the test where redis-server is missing; miniredis never takes its place.
func TestRedis(t TB) *Redis {
	t.Helper()
	server, err := StartRedis(context.Background(), RedisOptions{})
	if err != nil {
		t.Fatalf("private Redis for %s: %v", t.Name(), err)
	}
	t.Cleanup(func() { stopped(t, server.Stop()) })
	return server
}

func stopped(t TB, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("stop private server of %s: %v", t.Name(), err)
	}
}
