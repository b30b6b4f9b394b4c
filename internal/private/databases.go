package private

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// DSN is the address of one database, as pgx and libpq read it. "postgres" always exists.
func (p *Postgres) DSN(database string) string {
	q := url.Values{"host": {p.sockets}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(Superuser), Path: "/" + database, RawQuery: q.Encode()}).String()
}

// Create makes an empty database, or one that is a copy of another ("" for none), and returns its DSN. Nobody may be
// connected to the template.
func (p *Postgres) Create(ctx context.Context, name, template string) (string, error) {
	statement := "CREATE DATABASE " + pgx.Identifier{name}.Sanitize()
	if template != "" {
		statement += " TEMPLATE " + pgx.Identifier{template}.Sanitize()
	}
	return p.DSN(name), p.exec(ctx, statement)
}

// Drop removes a database and disconnects whoever is in it.
func (p *Postgres) Drop(ctx context.Context, name string) error {
	return p.exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
}

// duplicateDatabase is the SQLSTATE of CREATE DATABASE for a name that is taken.
const duplicateDatabase = "42P04"

// Ensure makes an empty database where there is none of that name and returns its DSN.
func (p *Postgres) Ensure(ctx context.Context, name string) (string, error) {
	dsn, err := p.Create(ctx, name, "")
	if state := (*pgconn.PgError)(nil); errors.As(err, &state) && state.Code == duplicateDatabase {
		return dsn, nil
	}
	return dsn, err
}

func (p *Postgres) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, p.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("connect to private PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
