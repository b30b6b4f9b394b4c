package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrNotFound says that no row has the given key.
var ErrNotFound = errors.New("not found")

// DB is a pool of connections to one database.
type DB struct{ pool *pgxpool.Pool }

// Open prepares a pool for url (postgres://… or key=value words) and connects
// on first use: a process can start while the server is away. The error says
// what is wrong with url.
func Open(ctx context.Context, url string) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read postgres url: %w", err)
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
