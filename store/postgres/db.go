package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrNotFound says that no row has the given key.
var ErrNotFound = errors.New("not found")

// DB is a pool of connections to one database.
type DB struct{ pool *pgxpool.Pool }

// Open is OpenPool with as many connections as the library thinks fit.
func Open(ctx context.Context, url string) (*DB, error) { return OpenPool(ctx, url, 0) }

// OpenPool prepares a pool of at most size connections for url (postgres://…
// or key=value words) and connects on first use: a process can start while the
// server is away. A size of 0 is the library's. The error says what is wrong
// with url and never shows its password.
func OpenPool(ctx context.Context, url string, size int32) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read postgres url: %w", withoutURL(err))
	}
	if size > 0 {
		config.MaxConns = size
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 3 * time.Second
	}
	params := config.ConnConfig.RuntimeParams
	params["search_path"] = "public, records"
	params["timezone"] = "UTC"
	if params["application_name"] == "" {
		params["application_name"] = "callstamp"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open postgres pool: %w", err)
	}
	return &DB{pool: pool}, nil
}

// withoutURL keeps of the library's error only why: "cannot parse `url`: reason
// (detail)" shows parts of a password that holds an unescaped / or @.
func withoutURL(err error) error {
	parse, ok := errors.AsType[*pgconn.ParseConfigError](err)
	if !ok {
		return err
	}
	text := parse.Error()
	reason, _, _ := strings.Cut(text[strings.LastIndex(text, "`: ")+len("`: "):], " (")
	return errors.New(reason + "; in postgres://user:password@host:port/database, write / as %2F, @ as %40 and : as %3A")
}

// Close waits for the connections in use and closes all.
func (db *DB) Close() { db.pool.Close() }

// Ping asks the server for a sign of life.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping postgres: %w", err)
	}
	return nil
}

// Store is one organisation's view of the database.
type Store struct {
	*DB
	org stamp.OrgID
}

// For returns the view of one organisation.
func (db *DB) For(org stamp.OrgID) *Store { return &Store{DB: db, org: org} }

// Org returns whose view it is.
func (s *Store) Org() stamp.OrgID { return s.org }

// in runs do in one transaction, read committed. It commits when do returns
// nil and rolls back otherwise.
func (db *DB) in(ctx context.Context, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.pool, do)
}

// frozen runs do in one read-only transaction whose statements all see the
// same moment.
func (db *DB) frozen(ctx context.Context, do func(pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, db.pool, options, do)
}

// notFound turns pgx's word for an empty answer into ours.
func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
