package ledger

import (
	"errors"
	"fmt"
)

// failed abandons the file: after a failed fsync nobody knows what of it is on
// the disk, and asking again would be answered with a lie. It reports whether
// trying again at once makes sense.
func (w *writer) failed(err error) (again bool) {
	w.attempts++
	w.stats.Failures++
	w.stats.Failing = err
	w.j.opts.Log.Error("journal: group not written, going on in a new segment", "error", err, "attempt", w.attempts, "unsynced", len(w.unsynced))
	w.abandon()
	again = w.attempts == 1
	if isFull(err) {
		again = w.space.release()
	}
	w.report()
	return again
}

// abandon leaves the file as far as it is durable. That it can't be cut is no
// harm: the next segment says how much of it counts.
func (w *writer) abandon() {
	if w.file == nil {
		return
	}
	var err error
	if w.seg.end > 0 {
		err = w.file.Truncate(w.seg.end)
	}
	err = errors.Join(err, w.file.Close())
	if w.seg.end == 0 {
		err = errors.Join(err, w.j.opts.Disk.Remove(w.seg.path))
	}
	if err != nil {
		w.j.opts.Log.Warn("journal: abandoned segment left as it is", "file", w.seg.path, "counts", w.seg.end, "error", err)
	}
	w.file = nil
}

// lost returns an error where Close had to give up.
func (w *writer) lost() error {
	if len(w.unsynced) == 0 {
		return nil
	}
	return fmt.Errorf("close journal: %d stamps and side entries not written: %w", len(w.unsynced), w.stats.Failing)
}
