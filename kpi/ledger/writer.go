package ledger

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

const (
	spaceEvery = time.Second      // how often the free space is measured
	groupBytes = 4 << 20          // a group is fsynced when it has grown so far
	closeWait  = 10 * time.Second // how long Close goes on trying
	retryFirst = 50 * time.Millisecond
	retryMost  = time.Second
)

// writer owns the files being written. Only its goroutine touches it, apart
// from health and done.
type writer struct {
	// given at start
	j     *Journal
	space *space

	// owned by run
	file     File    // nil: the next group begins a segment
	seg      segment // of file; its end is what is durable
	size     int64   // written to file, durable or not
	number   uint32  // the highest ever used
	seq      uint64  // the last durable one
	head     Hash    // its link
	unsynced []unit
	buf      []byte
	name     []byte
	lastSync time.Time
	attempts int // failed ones since the last success
	stats    Health
	giveUp   time.Time // set when closing

	// out
	health atomic.Pointer[Health]
	done   chan struct{}
}

func newWriter(j *Journal) *writer {
	w := &writer{
		j: j, space: newSpace(j.dir, j.opts),
		number: j.past.number, seq: j.past.seq, head: j.past.head,
		done: make(chan struct{}),
	}
	w.report()
	return w
}

func (w *writer) run() {
	defer close(w.done)
	tick := time.NewTicker(spaceEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.space.refresh()
			w.report()
			continue
		case <-w.j.wake:
		}
		w.gather()
		if w.flush(); w.closing() {
			w.seal()
			return
		}
	}
}

func (w *writer) closing() bool { return !w.giveUp.IsZero() }

// gather lets a group grow until SyncEvery after the last fsync.
func (w *writer) gather() {
	if wait := w.j.opts.SyncEvery - time.Since(w.lastSync); wait > 0 {
		time.Sleep(wait) //nolint:forbidigo // this goroutine's rhythm: what comes meanwhile is the group
	}
	w.take()
}

func (w *writer) take() {
	units, closed := w.j.take()
	w.unsynced = append(w.unsynced, units...)
	if closed && !w.closing() {
		w.giveUp = time.Now().Add(closeWait)
	}
}

// flush writes until nothing is unsynced. While the disk fails it goes on
// trying, each time in a new segment; when closing, for closeWait.
func (w *writer) flush() {
	for len(w.unsynced) > 0 {
		err := w.group()
		if err == nil {
			continue
		}
		again := w.failed(err)
		if w.closing() && time.Now().After(w.giveUp) {
			return
		}
		if again {
			continue
		}
		time.Sleep(min(retryFirst<<min(w.attempts, 10), retryMost)) //nolint:forbidigo // the disk is waited for, nothing tells when it is back
		w.space.refresh()
		w.take()
	}
}

// group writes and fsyncs one group. All it leaves behind on an error is a file
// that failed will abandon.
func (w *writer) group() error {
	begins := w.file == nil || w.size >= w.j.opts.SegmentBytes
	w.buf = w.buf[:0]
	if begins {
		if err := w.begin(); err != nil {
			return err
		}
	}
	n := w.encode()
	started := time.Now()
	w.lastSync = started
	if _, err := w.file.Write(w.buf); err != nil {
		return fmt.Errorf("write %s: %w", w.seg.path, err)
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("sync %s: %w", w.seg.path, err)
	}
	if begins {
		if err := w.j.opts.Disk.SyncDir(w.j.dir); err != nil {
			return err
		}
	}
	w.stats.SyncTime = time.Since(started)
	if w.j.opts.Synced != nil {
		w.j.opts.Synced(w.stats.SyncTime)
	}
	w.synced(n)
	return nil
}

// begin makes the segment that follows what is durable, and puts its header
// into the group.
func (w *writer) begin() error {
	if w.file != nil { // all of it is durable
		if err := w.file.Close(); err != nil {
			w.j.opts.Log.Warn("journal: segment not closed", "error", err)
		}
		w.file = nil
	}
	last := w.j.shelf.last()
	w.number++
	w.seg = segment{path: segmentPath(w.j.dir, w.number), header: header{
		number: w.number, boot: w.j.boot, follows: last.number, followEnd: last.end,
		first: w.seq + 1, made: time.Now().UnixMicro(), before: w.head, node: w.j.node,
	}}
	w.size = 0
	f, err := w.j.opts.Disk.Create(w.seg.path)
	if err != nil {
		return fmt.Errorf("create segment: %w", err)
	}
	w.file = f
	w.buf = appendHeader(w.buf, w.seg.header)
	return nil
}

// encode adds the frames of as many units as make a group and returns how many.
func (w *writer) encode() (n int) {
	for n < len(w.unsynced) && len(w.buf) < groupBytes {
		u := w.unsynced[n]
		for _, s := range u.sides {
			w.name = appendSideName(w.name[:0], s)
			w.frame(sideFrame, s.Data)
		}
		if u.bytes != nil {
			w.name = appendStampName(w.name[:0], u.seq, u.hash)
			w.frame(stampFrame, u.bytes)
		}
		n++
	}
	return n
}

func (w *writer) frame(kind frameKind, body []byte) {
	w.buf = appendFrame(w.buf, w.number, w.size+int64(len(w.buf)), w.seg.end, kind, w.name, body)
}

// synced publishes the first n units of unsynced.
func (w *writer) synced(n int) {
	w.size += int64(len(w.buf))
	w.seg.end = w.size
	w.seq, w.head = w.unsynced[n-1].seq, w.unsynced[n-1].hash
	w.unsynced = w.unsynced[n:]
	if len(w.unsynced) == 0 {
		w.unsynced = nil // let go of the array
	}
	w.attempts = 0
	w.stats.Groups++
	w.stats.Failing = nil
	w.report() // BEFORE anybody hears: who was woken finds the health that goes with it
	w.j.shelf.advance(w.seg, w.seq, uint64(n))
	w.j.bell.ring(w.seq)
}

// seal leaves a mark behind all that is durable, so that damage to it will be
// known as damage.
func (w *writer) seal() {
	if w.file == nil {
		return
	}
	w.buf, w.name = w.buf[:0], w.name[:0]
	w.frame(markFrame, nil)
	_, err := w.file.Write(w.buf)
	if err = errors.Join(err, w.file.Sync(), w.file.Close()); err != nil {
		w.j.opts.Log.Warn("journal: not sealed", "file", w.seg.path, "error", err)
	}
}
