package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Options says how a journal writes. The zero value is the one to run with.
type Options struct {
	// SyncEvery is the shortest time between two fsyncs: 5 ms, well under what
	// a person hears and long enough for hundreds of stamps to share one.
	SyncEvery time.Duration
	// SegmentBytes is the size from which on a segment is followed by the next:
	// 64 MB, about 150 000 stamps, read in a second at start. At most 1 GB.
	SegmentBytes int64
	// ReserveBytes is kept free for the calls in progress on a full disk: 64 MB.
	// The journal is low below as many free bytes, critical below half of them.
	// Negative: no reserve.
	ReserveBytes int64
	// Synced, if not nil, is told by the writer how long each group took to be
	// written and fsynced. It must return at once.
	Synced func(took time.Duration)
	Disk   Disk         // the real one
	Log    *slog.Logger // slog.Default()
}

func (o Options) complete() (Options, error) {
	setDefault(&o.SyncEvery, 5*time.Millisecond)
	setDefault(&o.SegmentBytes, 64<<20)
	setDefault(&o.ReserveBytes, 64<<20)
	o.ReserveBytes = max(o.ReserveBytes, 0)
	if o.Disk == nil {
		o.Disk = osDisk{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	var errs []error
	if o.SyncEvery < 0 {
		errs = append(errs, fmt.Errorf("journal: sync every %v, must be positive", o.SyncEvery))
	}
	if o.SegmentBytes < headerBytes || o.SegmentBytes > 1<<30 {
		errs = append(errs, fmt.Errorf("journal: segments of %d bytes, must be %d to %d", o.SegmentBytes, headerBytes, 1<<30))
	}
	return o, errors.Join(errs...)
}

func setDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
