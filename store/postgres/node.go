package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrNodeTaken says that another node takes the organisation's calls.
var ErrNodeTaken = errors.New("another node takes the calls")

const (
	// proofEvery is how often a tenure asks whether its connection, and with
	// it its lock, still stands. An answer is waited for five times as long.
	proofEvery = time.Second
	// proofsPerHold is how many questions fit into the time after which the
	// server takes the lock from one who asks none: two may be lost.
	proofsPerHold = 6
)

// Tenure is the right to take calls: an advisory lock that lives as long as
// one connection, and the epoch that fences those who held it before.
type Tenure struct {
	Epoch  int64
	Before stamp.NodeID // whose the epoch before was; "" = nobody's

	conn   *pgx.Conn
	every  time.Duration // between two proofs
	proved atomic.Pointer[time.Time]
	stop   context.CancelFunc
	done   chan struct{} // closed by watch
	lost   chan struct{}
	once   sync.Once
}

// TakeNode takes the right to take calls for node and raises the epoch, or
// returns ErrNodeTaken at once. With a hold the server takes the right back
// from a node that it has not heard for so long, whether that was cut off,
// stopped or frozen; PostgreSQL 14 or later keeps that promise in every case,
// an older one only where the network tells. 0: as long as TCP keeps the
// connection.
func (s *Store) TakeNode(ctx context.Context, node stamp.NodeID, hold time.Duration) (*Tenure, error) {
	began := time.Now()
	pooled, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("take node: %w", err)
	}
	var got bool
	err = pooled.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended('callstamp node ' || $1, 0))`, s.org).Scan(&got)
	if err != nil || !got {
		pooled.Release()
		if err == nil {
			err = ErrNodeTaken
		}
		return nil, fmt.Errorf("take node: %w", err)
	}
	t := &Tenure{conn: pooled.Hijack(), every: proofEvery, done: make(chan struct{}), lost: make(chan struct{})} // lock and connection live and die together
	if err := t.begin(ctx, s.org, node, hold); err != nil {
		_ = t.conn.Close(context.WithoutCancel(ctx)) // the first error says more
		return nil, fmt.Errorf("take node: %w", err)
	}
	if hold > 0 {
		t.every = hold / proofsPerHold
	}
	t.proved.Store(&began)
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	t.stop = stop
	go t.watch(watching)
	return t, nil
}

func (t *Tenure) begin(ctx context.Context, org stamp.OrgID, node stamp.NodeID, hold time.Duration) error {
	if err := t.limit(ctx, hold); err != nil {
		return err
	}
	_, err := t.conn.Exec(ctx, `INSERT INTO nodes (organisation_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, org, node)
	if err != nil {
		return err
	}
	return t.conn.QueryRow(ctx, `
		INSERT INTO epochs (organisation_id, node) VALUES ($1, $2)
		RETURNING epoch, coalesce((SELECT node FROM epochs WHERE organisation_id = $1 ORDER BY epoch DESC LIMIT 1), '')`,
		org, node).Scan(&t.Epoch, &t.Before)
}

// limit tells the server how long it may hear nothing on this connection. An
// idle session is the one of a frozen process, whose system goes on
// acknowledging; the others are those of a network that has vanished while an
// answer was on its way. A setting that the server does not know is left out.
func (t *Tenure) limit(ctx context.Context, hold time.Duration) error {
	if hold == 0 {
		return nil
	}
	ms := strconv.FormatInt(hold.Milliseconds(), 10)
	_, err := t.conn.Exec(ctx, `
		SELECT set_config(name, value, false) FROM pg_settings JOIN (VALUES
		    ('idle_session_timeout', $1::text), ('tcp_user_timeout', $1),
		    ('tcp_keepalives_idle', '1'), ('tcp_keepalives_interval', '1'), ('tcp_keepalives_count', '2')) AS v (name, value) USING (name)`, ms)
	return err
}

// Lost is closed when the lock is gone: the connection broke. The node may
// finish its calls; it must take the node again before it admits new ones.
func (t *Tenure) Lost() <-chan struct{} { return t.lost }

// Proved returns when the last question was asked that the server has answered:
// until then, and for the hold after it, nobody else had the right.
func (t *Tenure) Proved() time.Time { return *t.proved.Load() }

// Release gives the right back and returns when the connection is closed. It
// may be called twice.
func (t *Tenure) Release() {
	t.once.Do(t.stop)
	<-t.done
}

func (t *Tenure) watch(ctx context.Context) {
	defer close(t.done)
	tick := time.NewTicker(t.every)
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
		if err := t.prove(ctx); err != nil && ctx.Err() == nil {
			close(t.lost)
			<-ctx.Done()
			return
		}
	}
}

func (t *Tenure) prove(ctx context.Context) error {
	asked := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 5*t.every)
	defer cancel()
	if err := t.conn.Ping(ctx); err != nil {
		return err
	}
	t.proved.Store(&asked)
	return nil
}
