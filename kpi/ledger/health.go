package ledger

import "time"

// Health is how the writing goes. Read it for metrics and for the doors: what
// dials asks for Ok, what admits an INVITE asks for less than Critical.
type Health struct {
	State    State
	Free     int64  // bytes on the journal's disk
	Released int    // halves of the reserve given back, 0 to 2
	Waiting  uint64 // units of Append that are not yet durable
	Groups   uint64 // fsynced
	Failures uint64 // writes and fsyncs that failed, each followed by a new segment
	Refused  uint64 // stamps that came after Close
	Failing  error  // why the last attempt failed; nil: it did not
	SyncTime time.Duration
	Beat     time.Time // when the writer last came round; it does each second at least
	Segments int
	Bytes    int64 // of all segments, as far as they count
}

func (w *writer) report() {
	h := w.stats
	h.Beat = time.Now()
	h.State, h.Free, h.Released = w.space.state(), w.space.free, w.space.released
	if w.attempts > 1 { // the disk refuses: what happens now can't be made durable
		h.State = Critical
	}
	w.health.Store(&h)
}
