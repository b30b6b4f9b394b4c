package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrNodeTaken says that another node takes the organisation's calls.
var ErrNodeTaken = errors.New("another node takes the calls")

// proofEvery is how often a tenure asks whether its connection, and with it
// its lock, still stands.
const proofEvery = time.Second

// Tenure is the right to take calls: an advisory lock that lives as long as
// one connection, and the epoch that fences those who held it before.
type Tenure struct {
	Epoch int64

	conn *pgx.Conn
	stop context.CancelFunc
	done chan struct{} // closed by watch
	lost chan struct{}
	once sync.Once
}

// TakeNode takes the right to take calls for node and raises the epoch, or
// returns ErrNodeTaken at once.
func (s *Store) TakeNode(ctx context.Context, node stamp.NodeID) (*Tenure, error) {
	pooled, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("take node: %w", err)
	}
	conn := pooled.Hijack() // lock and connection live and die together
	epoch, err := s.take(ctx, conn, node)
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx)) // the first error says more
		return nil, fmt.Errorf("take node: %w", err)
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &Tenure{Epoch: epoch, conn: conn, stop: stop, done: make(chan struct{}), lost: make(chan struct{})}
	go t.watch(watching)
	return t, nil
}

func (s *Store) take(ctx context.Context, conn *pgx.Conn, node stamp.NodeID) (epoch int64, err error) {
	var got bool
	err = conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended('callstamp node ' || $1, 0))`, s.org).Scan(&got)
	if err != nil {
		return 0, err
	}
	if !got {
		return 0, ErrNodeTaken
	}
	_, err = conn.Exec(ctx, `INSERT INTO nodes (organisation_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, s.org, node)
	if err != nil {
		return 0, err
	}
	err = conn.QueryRow(ctx, `INSERT INTO epochs (organisation_id, node) VALUES ($1, $2) RETURNING epoch`,
		s.org, node).Scan(&epoch)
	return epoch, err
}

// Lost is closed when the lock is gone: the connection broke. The node may
// finish its calls; it must take the node again before it admits new ones.
func (t *Tenure) Lost() <-chan struct{} { return t.lost }

// Release gives the right back and returns when the connection is closed. It
// may be called twice.
func (t *Tenure) Release() {
	t.once.Do(t.stop)
	<-t.done
}

func (t *Tenure) watch(ctx context.Context) {
	defer close(t.done)
	tick := time.NewTicker(proofEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			bye, cancel := context.WithTimeout(context.Background(), proofEvery)
			_ = t.conn.Close(bye) // a broken connection is as good as a closed one
			cancel()
			return
		case <-tick.C:
		}
		proof, cancel := context.WithTimeout(ctx, 5*proofEvery)
		err := t.conn.Ping(proof)
		cancel()
		if err != nil && ctx.Err() == nil {
			close(t.lost)
			<-ctx.Done()
			return
		}
	}
}
