package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sessions keeps the sessions of signed-in browsers. Its methods are those of
// scs.Store and scs.CtxStore; the table is ours, because every table of ours
// names its organisation. Let the session manager hash its tokens
// (HashTokenInStore): a copy of the table then opens no session.
type Sessions struct{ store *Store }

// Sessions returns the organisation's sessions.
func (s *Store) Sessions() *Sessions { return &Sessions{s} }

// FindCtx returns the data of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.store.pool.QueryRow(ctx, `
		SELECT data FROM sessions WHERE token = $1 AND organisation_id = $2 AND expires_at > now()`,
		token, s.store.org).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	return data, true, nil
}

// CommitCtx creates or replaces a session.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	_, err := s.store.pool.Exec(ctx, `
		INSERT INTO sessions (token, organisation_id, data, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
		token, s.store.org, data, expires)
	if err != nil {
		return fmt.Errorf("commit session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session; one that is not there is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.store.pool.Exec(ctx, `DELETE FROM sessions WHERE token = $1 AND organisation_id = $2`, token, s.store.org)
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// DeleteExpired forgets the sessions that are over. Call it now and then.
func (s *Sessions) DeleteExpired(ctx context.Context) error {
	_, err := s.store.pool.Exec(ctx, `DELETE FROM sessions WHERE organisation_id = $1 AND expires_at <= now()`, s.store.org)
	if err != nil {
		return fmt.Errorf("delete expired sessions: %w", err)
	}
	return nil
}

// Find is FindCtx without a context, as scs.Store wants it.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, as scs.Store wants it.
func (s *Sessions) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx without a context, as scs.Store wants it.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
