package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ledgerName is the follower's name in follower_positions.
const ledgerName = "ledger"

// stateEvery is how many stamps may pass between two checkpoints of the fold.
// The fold's state holds every open call whole, so it is not written with each
// batch: what was folded since is folded again from the stamps in the table.
const stateEvery = 10_000

// patience bounds one batch: a server that hangs is given up, its connection
// dropped, and the batch is tried again. A cut of a busy quarter hour takes
// under a second.
const patience = time.Minute

// asleep is how long a batch may lie still in the middle of its transaction. A
// process that works asks again within milliseconds; one that was stopped, or
// cut off, would keep the rows' locks for ever.
const asleep = 5 * time.Second

var _ ledger.Follower = (*LedgerFollower)(nil)

// LedgerFollower takes a node's journal into the database: stamps, side
// entries, records, the figures of closed buckets, and the position, in one
// transaction per batch. Whatever dies, each stamp has its effect once. It
// belongs to the one goroutine that feeds it.
type LedgerFollower struct {
	store  *Store
	node   stamp.NodeID
	tables tables
	made   map[string]bool // months whose partitions are there

	folder  *kpi.Folder // nil: to be read from the database
	stateAt uint64      // the checkpoint that the database has
}

// NewLedgerFollower returns the follower of one node's journal.
func NewLedgerFollower(store *Store, node stamp.NodeID) *LedgerFollower {
	return &LedgerFollower{store: store, node: node, tables: newTables(), made: map[string]bool{}}
}

// Position returns the Seq of the node's last stamp in the database, 0 for none.
func (f *LedgerFollower) Position(ctx context.Context) (seq uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = f.store.pool.QueryRow(ctx, `
		SELECT seq FROM follower_positions WHERE organisation_id = $1 AND follower = $2 AND node = $3`,
		f.store.org, ledgerName, f.node).Scan(&seq)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read position of the ledger follower: %w", err)
	}
	return seq, nil
}

// Apply stores a batch. Stamps at or before the position are passed over; a
// gap, a broken hash chain or other bytes under a stored stamp's number are
// errors, and then nothing is stored.
func (f *LedgerFollower) Apply(ctx context.Context, entries []ledger.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, e := range entries {
		for _, month := range monthsOf(e) {
			if err := f.store.ensureMonth(ctx, f.made, month); err != nil {
				return err
			}
		}
	}
	err := f.store.in(ctx, func(tx pgx.Tx) error { return f.apply(ctx, tx, entries) })
	if err != nil {
		f.folder = nil // it may have folded what was now rolled back
		return fmt.Errorf("store stamps of node %s: %w", f.node, err)
	}
	return nil
}

func (f *LedgerFollower) apply(ctx context.Context, tx pgx.Tx, entries []ledger.Entry) error {
	p, err := f.lock(ctx, tx)
	if err != nil {
		return err
	}
	if f.folder == nil || f.folder.Seq() != p.seq {
		if err := f.restore(ctx, tx, p); err != nil {
			return err
		}
	}
	for len(entries) > 0 && entries[0].Seq <= p.seq {
		entries = entries[1:]
	}
	if len(entries) == 0 {
		return nil
	}
	if err := p.follows(entries); err != nil {
		return err
	}
	if p.presumed {
		q := silence{tables: f.tables, org: f.store.org, node: f.node, seq: p.seq}
		if err := q.lift(ctx, tx, f.folder); err != nil {
			return err
		}
	}
	if err := insertStamps(ctx, tx, f.store.org, entries); err != nil {
		return err
	}
	if err := writeSides(ctx, tx, f.store.org, entries); err != nil {
		return err
	}
	if err := trackSubjects(ctx, tx, f.store.org, entries); err != nil {
		return err
	}
	stamps := make([]stamp.Stamp, len(entries))
	for i, e := range entries {
		stamps[i] = e.Stamp
	}
	w := &scribe{tables: f.tables, org: f.store.org, folder: f.folder, gone: f.store.presume}
	if err := w.write(ctx, tx, stamps); err != nil {
		return err
	}
	if err := f.finishAttempts(ctx, tx, stamps); err != nil {
		return err
	}
	if err := f.followCallbacks(ctx, tx, stamps); err != nil {
		return err
	}
	return f.advance(ctx, tx, entries[len(entries)-1])
}

// finishAttempts gives claimed leads back, or closes them, by how their
// attempts ended. An attempt that no claim made is somebody else's.
func (f *LedgerFollower) finishAttempts(ctx context.Context, tx pgx.Tx, stamps []stamp.Stamp) error {
	for _, s := range stamps {
		r, ok := s.Fact.(stamp.DialResult)
		if !ok {
			continue
		}
		result := r.Result
		if r.Refused != "" {
			result = refused
		}
		err := f.store.finish(ctx, tx, r.Attempt, result, time.UnixMicro(s.At))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("finish attempt %s: %w", r.Attempt, err)
		}
	}
	return nil
}

// position is the follower's row.
type position struct {
	seq      uint64
	hash     ledger.Hash
	presumed bool // another node has presumed this one gone after seq
}

// lock reads the follower's row and keeps it until the end of the transaction:
// two followers of one node, or a rebuild, go one after the other. Whoever
// falls asleep with it is put out, since another node may have to do without
// us: the batch is tried again. Statements are planned each time: a plan that
// was kept from when a month was empty reads whole tables until the server
// happens to look at them, a minute or more later.
func (f *LedgerFollower) lock(ctx context.Context, tx pgx.Tx) (p position, err error) {
	_, err = tx.Exec(ctx, `
		INSERT INTO follower_positions (organisation_id, follower, node, seq, hash, state_seq)
		VALUES ($1, $2, $3, 0, $4, 0) ON CONFLICT DO NOTHING`, f.store.org, ledgerName, f.node, p.hash[:])
	if err != nil {
		return p, fmt.Errorf("make position: %w", err)
	}
	var hash []byte
	err = tx.QueryRow(ctx, `
		SELECT seq, hash, EXISTS (SELECT FROM presumed s WHERE s.organisation_id = p.organisation_id AND s.node = p.node),
		    set_config('idle_in_transaction_session_timeout', $4, true), set_config('plan_cache_mode', 'force_custom_plan', true)
		FROM follower_positions p WHERE organisation_id = $1 AND follower = $2 AND node = $3 FOR UPDATE`,
		f.store.org, ledgerName, f.node, strconv.FormatInt(asleep.Milliseconds(), 10)).
		Scan(&p.seq, &hash, &p.presumed, nil, nil)
	if err != nil {
		return p, fmt.Errorf("lock position: %w", err)
	}
	copy(p.hash[:], hash)
	return p, nil
}

// follows checks that entries continue the position, link by link.
func (p position) follows(entries []ledger.Entry) error {
	seq, hash := p.seq, p.hash
	for _, e := range entries {
		if e.Seq != seq+1 {
			return fmt.Errorf("stamp %d after %d", e.Seq, seq)
		}
		if hash = hash.Next(e.Bytes); hash != e.Hash {
			return fmt.Errorf("stamp %d: the chain leads to hash %s, the journal says %s", e.Seq, hash, e.Hash)
		}
		seq = e.Seq
	}
	return nil
}

// restore makes the fold as of the position.
func (f *LedgerFollower) restore(ctx context.Context, tx pgx.Tx, p position) (err error) {
	f.folder, f.stateAt, err = foldAt(ctx, tx, f.store.org, f.node, p.seq)
	return err
}

// foldAt makes a node's fold as of its position seq: the checkpoint, and what
// was stored since folded again. at is the checkpoint's own Seq.
func foldAt(ctx context.Context, tx pgx.Tx, org stamp.OrgID, node stamp.NodeID, seq uint64) (folder *kpi.Folder, at uint64, err error) {
	var state []byte
	err = tx.QueryRow(ctx, `
		SELECT state_seq, state FROM follower_positions WHERE organisation_id = $1 AND follower = $2 AND node = $3`,
		org, ledgerName, node).Scan(&at, &state)
	if err != nil {
		return nil, 0, fmt.Errorf("read fold: %w", err)
	}
	folder = kpi.NewFolder()
	if state != nil {
		if folder, err = kpi.RestoreFolder(state); err != nil {
			return nil, 0, err
		}
	}
	err = eachStamp(ctx, tx, node, at, seq, func(s storedStamp) error {
		_, err := folder.Apply(s.Stamp)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("fold from stamp %d to %d: %w", at, seq, err)
	}
	if folder.Seq() != seq {
		return nil, 0, fmt.Errorf("the stamps end at %d, the position is %d", folder.Seq(), seq)
	}
	return folder, at, nil
}

func (f *LedgerFollower) advance(ctx context.Context, tx pgx.Tx, last ledger.Entry) error {
	_, err := tx.Exec(ctx, `
		UPDATE follower_positions SET seq = $4, hash = $5 WHERE organisation_id = $1 AND follower = $2 AND node = $3`,
		f.store.org, ledgerName, f.node, last.Seq, last.Hash[:])
	if err != nil {
		return fmt.Errorf("advance position: %w", err)
	}
	if last.Seq-f.stateAt < stateEvery {
		return nil
	}
	state, err := f.folder.State()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE follower_positions SET state_seq = $4, state = $5 WHERE organisation_id = $1 AND follower = $2 AND node = $3`,
		f.store.org, ledgerName, f.node, last.Seq, state)
	if err != nil {
		return fmt.Errorf("store fold: %w", err)
	}
	// Should the commit fail, the next batch reads both from the database.
	f.stateAt = last.Seq
	return nil
}
