package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Callback is a customer who asked to be called back. Instants are µs since
// 1970 UTC, durations µs.
type Callback struct {
	ID       stamp.ID      `db:"id"` // the call in which it was asked for
	Queue    stamp.QueueID `db:"queue"`
	Party    stamp.PartyID `db:"party"`
	Trunk    stamp.TrunkID `db:"trunk"`
	SinceAt  int64         `db:"since_at"` // the place in the line
	WaitUS   int64         `db:"wait_us"`  // waited when it was asked for
	AskedAt  int64         `db:"asked_at"`
	State    string        `db:"state"` // waiting, dialing, done, failed, withdrawn
	Tries    int           `db:"tries"`
	MaxTries int           `db:"max_tries"`
	NextAt   int64         `db:"next_at"` // not before
	Result   string        `db:"result"`  // of the last try: a word of stamp.DialResult
}

// followCallbacks keeps the call-backs as the stamps tell them. A try is counted
// when its call is created, and judged by how its dialing ended.
func (f *LedgerFollower) followCallbacks(ctx context.Context, tx pgx.Tx, stamps []stamp.Stamp) error {
	for _, s := range stamps {
		var err error
		switch fact := s.Fact.(type) {
		case stamp.CallbackRequested:
			_, err = tx.Exec(ctx, `
				INSERT INTO callbacks (organisation_id, id, node, queue, party, trunk, since_at, wait_us, asked_at, max_tries, gap_us, state, next_at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', $9) ON CONFLICT DO NOTHING`,
				f.store.org, fact.Callback, f.node, fact.Queue, fact.Party, fact.Trunk, fact.SinceAt, fact.WaitUS, s.At, fact.MaxTries, fact.GapUS)
		case stamp.CallCreated:
			if fact.Callback != "" {
				_, err = tx.Exec(ctx, `
					UPDATE callbacks SET state = 'dialing', tries = tries + 1, last_call = $3 WHERE organisation_id = $1 AND id = $2`,
					f.store.org, fact.Callback, s.Subject.ID)
			}
		case stamp.DialResult:
			_, err = tx.Exec(ctx, `
				UPDATE callbacks SET result = $3, next_at = $4 + gap_us,
				    state = CASE WHEN $3 = 'connected' THEN 'done' WHEN tries >= max_tries OR $3 = 'invalid' THEN 'failed' ELSE 'waiting' END
				WHERE organisation_id = $1 AND last_call = $2 AND state = 'dialing'`,
				f.store.org, s.Subject.ID, fact.Result, s.At)
		}
		if err != nil {
			return fmt.Errorf("follow call-backs of %s: %w", s.Subject, err)
		}
	}
	return nil
}

// Callbacks lists those that wait or are being dialed, the oldest place first.
func (s *Store) Callbacks(ctx context.Context) ([]Callback, error) {
	return list[Callback](ctx, s, "list call-backs", `
		SELECT id, queue, party, trunk, since_at, wait_us, asked_at, state, tries, max_tries, next_at, result
		FROM callbacks WHERE organisation_id = $1 AND state IN ('waiting', 'dialing') ORDER BY since_at, id`, s.org)
}
