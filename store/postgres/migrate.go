package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations are appended, never edited.
//
//go:embed migrations/*.sql
var migrations embed.FS

// SchemaStatus says how far the database's schema and this build are.
type SchemaStatus struct {
	Have int64 // the database's version; 0 = empty
	Want int64 // the newest this build knows
}

// Pending reports whether Migrate would do something.
func (s SchemaStatus) Pending() bool { return s.Have < s.Want }

// check refuses a schema that this build cannot know.
func (s SchemaStatus) check() error {
	if s.Have > s.Want {
		return fmt.Errorf("the database has schema version %d and this build of callstamp knows up to %d: "+
			"install the newer callstamp that migrated it, or restore a backup from before", s.Have, s.Want)
	}
	return nil
}

// Migrate brings the schema up to this build's version, behind an advisory
// lock, so that processes which start together do it once. It refuses a schema
// newer than it knows.
func (db *DB) Migrate(ctx context.Context) error {
	return db.goose(ctx, func(p *goose.Provider, status SchemaStatus) error {
		if err := status.check(); err != nil {
			return err
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate schema from version %d to %d: %w", status.Have, status.Want, err)
		}
		return nil
	})
}

// Status reads both versions and changes nothing but goose's own table.
func (db *DB) Status(ctx context.Context) (SchemaStatus, error) {
	var status SchemaStatus
	err := db.goose(ctx, func(_ *goose.Provider, s SchemaStatus) error {
		status = s
		return nil
	})
	return status, err
}

// goose refuses a database whose restore was not finished: what stands in it is
// not whole.
func (db *DB) goose(ctx context.Context, do func(*goose.Provider, SchemaStatus) error) error {
	switch half, err := db.Unfinished(ctx); {
	case err != nil:
		return err
	case half != nil:
		return half
	}
	return db.provide(ctx, do)
}

func (db *DB) provide(ctx context.Context, do func(*goose.Provider, SchemaStatus) error) error {
	conn := stdlib.OpenDBFromPool(db.pool)
	defer func() { _ = conn.Close() }() // returns its connections to the pool, which stays open
	provider, err := provider(conn)
	if err != nil {
		return err
	}
	have, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := provider.ListSources()
	return do(provider, SchemaStatus{Have: have, Want: sources[len(sources)-1].Version})
}

func provider(conn *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks each second for 5 min
	if err != nil {
		return nil, fmt.Errorf("make migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}
