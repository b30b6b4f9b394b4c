package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Journal is an open journal. All methods may be called from any goroutine.
type Journal struct {
	// given at start
	dir  string
	opts Options
	node stamp.NodeID
	boot uint32
	past past
	lock *os.File

	// parts
	shelf  *shelf
	bell   *bell
	writer *writer
	files  sync.Mutex // one Prune or Erase at a time

	mu      sync.Mutex // the append lock
	seq     uint64
	head    Hash
	pending []unit
	units   uint64        // ever appended
	refused uint64        // stamps that came after Close
	closed  bool          // no more is taken
	wake    chan struct{} // one slot: full while there may be something to write
}

// unit is a stamp with the side entries that stand before it, or side entries
// alone. It is never divided between two groups or segments.
type unit struct {
	sides []Side
	bytes []byte // of the stamp; nil: none
	seq   uint64
	hash  Hash
}

func start(dir string, node stamp.NodeID, boot uint32, p past, opts Options) *Journal {
	j := &Journal{
		dir: dir, opts: opts, node: node, boot: boot, past: p,
		shelf: newShelf(p.segments, p.seq), bell: newBell(p.seq),
		seq: p.seq, head: p.head, wake: make(chan struct{}, 1),
	}
	j.writer = newWriter(j)
	go j.writer.run()
	return j
}

// Node returns whose journal it is.
func (j *Journal) Node() stamp.NodeID { return j.node }

// Boot returns the number of this opening, from 1: the one for stamp.NewClock.
func (j *Journal) Boot() uint32 { return j.boot }

// Last returns the instant of the last stamp that Open found, the last proof of
// life of the boots before; it is zero in a new journal.
func (j *Journal) Last() stamp.Instant { return j.past.last }

// Append numbers stamps in their order, chains them, and hands them to the
// writer with the sides, which come to stand before the first of them. It
// returns the Seq of the last stamp, or of the last one before where there are
// sides alone, and never waits for the disk. Node and Seq of the given stamps
// are ignored.
//
// It panics on what can't be written, a NaN or a side entry without an id: that
// is a fault of the program, and nothing is appended then. After Close it
// returns 0, and what was given is logged and counted as refused.
func (j *Journal) Append(stamps []stamp.Stamp, sides []Side) (lastSeq uint64) {
	for _, s := range sides {
		if err := s.check(); err != nil {
			panic(fmt.Sprintf("append to journal: %v", err))
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		j.refused += uint64(len(stamps))
		j.opts.Log.Error("journal: append after close", "stamps", len(stamps), "sides", len(sides))
		return 0
	}
	j.putLocked(j.encodeLocked(stamps, slices.Clone(sides)))
	return j.seq
}

// encodeLocked makes the units without changing the journal.
func (j *Journal) encodeLocked(stamps []stamp.Stamp, sides []Side) []unit {
	if len(stamps) == 0 && len(sides) == 0 {
		return nil
	}
	units := make([]unit, max(len(stamps), 1))
	units[0] = unit{sides: sides, seq: j.seq, hash: j.head}
	seq, head := j.seq, j.head
	for i, s := range stamps {
		seq++
		s.Node, s.Seq = j.node, seq
		b, err := stamp.Encode(s)
		if err == nil && len(b) > maxBody {
			err = fmt.Errorf("%d bytes, allowed are %d", len(b), maxBody)
		}
		if err != nil {
			panic(fmt.Sprintf("append to journal: stamp %d of %s: %v", s.N, s.Subject, err))
		}
		head = head.Next(b)
		units[i].bytes, units[i].seq, units[i].hash = b, seq, head
	}
	return units
}

func (j *Journal) putLocked(units []unit) {
	if len(units) == 0 {
		return
	}
	last := units[len(units)-1]
	j.seq, j.head = last.seq, last.hash
	j.units += uint64(len(units))
	j.pending = append(j.pending, units...)
	j.wakeLocked()
}

func (j *Journal) wakeLocked() {
	select {
	case j.wake <- struct{}{}:
	default: // the writer has not yet taken what the last one announced
	}
}

// take gives the writer all that is pending.
func (j *Journal) take() (units []unit, closed bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	units, j.pending = j.pending, nil
	return units, j.closed
}

// Appended returns the Seq of the last stamp, durable or not.
func (j *Journal) Appended() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seq
}

// Durable returns the Seq up to which all is fsynced.
func (j *Journal) Durable() uint64 { return j.shelf.durable() }

// Notify has fn called once all up to seq is fsynced, at once where it is
// already. Calls come one at a time, by ascending seq, and among equals in the
// order of asking; fn must not block: it posts to a mailbox. It is never called
// where seq never becomes durable before Close.
func (j *Journal) Notify(seq uint64, fn func()) { j.bell.ask(seq, fn) }

// Sync waits until all that was appended so far, side entries too, is fsynced.
// The error is the context's, or ErrClosed where it never will be.
func (j *Journal) Sync(ctx context.Context) error {
	j.mu.Lock()
	units := j.units
	j.mu.Unlock()
	if err := j.shelf.wait(ctx, func() bool { return j.shelf.units >= units }); err != nil {
		return fmt.Errorf("sync journal: %w", err)
	}
	return nil
}

// Health says how the writing goes.
func (j *Journal) Health() Health {
	h := *j.writer.health.Load()
	h.Segments, h.Bytes = j.shelf.size()
	j.mu.Lock()
	defer j.mu.Unlock()
	h.Refused = j.refused
	h.Waiting = j.units - j.shelf.written()
	return h
}

// Close writes all that was appended, makes it durable, calls back who waits
// for it, and unlocks the directory. The error tells what could not be written
// within 10 s. Closing twice is allowed.
func (j *Journal) Close() error {
	j.mu.Lock()
	again := j.closed
	j.closed = true
	j.wakeLocked()
	j.mu.Unlock()
	<-j.writer.done
	if again {
		return nil
	}
	j.bell.close()
	j.shelf.close()
	return errors.Join(j.writer.lost(), j.lock.Close())
}
