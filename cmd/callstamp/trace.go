package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

const (
	// openMost is how many calls may be kept for their traces: twenty times what
	// a node carries, so that forgotten wrap-ups cannot fill the memory.
	openMost = 10_000
	// tracesMost is how many closed calls wait for the collector. What comes when
	// it is full is dropped and counted.
	tracesMost = 1024
	// traceBatch is how many calls are sent at once, traceWait how long that may take.
	traceBatch = 32
	traceWait  = 10 * time.Second
)

// tracer keeps the stamps of calls until they close, and has their traces sent.
// heed never waits: a collector that is away costs traces, nothing else.
type tracer struct {
	send func(context.Context, [][]span, []traceID) error
	log  *slog.Logger

	closed           chan []stamp.Stamp
	exported, losses atomic.Uint64

	mu   sync.Mutex
	open map[stamp.ID][]stamp.Stamp
}

func newTracer(send func(context.Context, [][]span, []traceID) error, log *slog.Logger) *tracer {
	return &tracer{send: send, log: log, closed: make(chan []stamp.Stamp, tracesMost), open: map[stamp.ID][]stamp.Stamp{}}
}

// seed gives the stamps that earlier boots have of calls that are still open.
func (t *tracer) seed(calls [][]stamp.Stamp) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, stamps := range calls {
		t.open[stamps[0].Subject.ID] = append(slices.Clip(stamps), t.open[stamps[0].Subject.ID]...)
	}
}

// heed takes one stamp of the journal, in its order.
func (t *tracer) heed(s stamp.Stamp) {
	if t == nil || s.Subject.Kind != stamp.SubjectCall {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	stamps, known := t.open[s.Subject.ID]
	if !known && (s.N != 1 || len(t.open) >= openMost) {
		if s.N == 1 {
			t.losses.Add(1)
		}
		return // its beginning is not here: half a trace misleads
	}
	stamps = append(stamps, s)
	if _, over := s.Fact.(stamp.CallClosed); !over {
		t.open[s.Subject.ID] = stamps
		return
	}
	delete(t.open, s.Subject.ID)
	select {
	case t.closed <- stamps:
	default:
		t.losses.Add(1)
	}
}

// finish says that no stamp will come any more.
func (t *tracer) finish() {
	if t != nil {
		close(t.closed)
	}
}

// run sends traces until ctx ends, or what there was at finish is sent.
func (t *tracer) run(ctx context.Context) {
	if t == nil {
		return
	}
	well := true
	for {
		batch, more := t.next(ctx)
		if len(batch) > 0 {
			err := t.export(ctx, batch)
			if err != nil && well {
				t.log.Warn("traces are not taken, calls go on without them", "err", err)
			}
			if err == nil && !well {
				t.log.Info("traces are taken again", "dropped", t.losses.Load())
			}
			well = err == nil
		}
		if !more {
			return
		}
	}
}

// next waits for a call and takes what else is there; more is false at the end.
func (t *tracer) next(ctx context.Context) (batch [][]stamp.Stamp, more bool) {
	select {
	case <-ctx.Done():
		return nil, false
	case stamps, ok := <-t.closed:
		if !ok {
			return nil, false
		}
		batch = append(batch, stamps)
	}
	for len(batch) < traceBatch {
		select {
		case stamps, ok := <-t.closed:
			if !ok {
				return batch, false
			}
			batch = append(batch, stamps)
		default:
			return batch, true
		}
	}
	return batch, true
}

func (t *tracer) export(ctx context.Context, batch [][]stamp.Stamp) error {
	var traces [][]span
	var ids []traceID
	for _, stamps := range batch {
		id, err := traceOf(stamps[0].Subject.ID)
		if err != nil {
			t.losses.Add(1)
			continue
		}
		traces, ids = append(traces, spansOf(stamps)), append(ids, id)
	}
	ctx, cancel := context.WithTimeout(ctx, traceWait)
	defer cancel()
	if err := t.send(ctx, traces, ids); err != nil {
		t.losses.Add(uint64(len(traces)))
		return err
	}
	t.exported.Add(uint64(len(traces)))
	return nil
}

// traceMetrics count what became of the traces; both stay 0 where none are sent.
func (a *app) traceMetrics() *sample {
	s := &sample{}
	exported := s.desc("traces_exported_total", "Traces of calls that the collector has taken.")
	dropped := s.desc("traces_dropped_total", "Traces of calls that were dropped: the collector is away or too slow.")
	s.read = func(r *reading) {
		if a.tracer == nil {
			r.sum(exported, 0)
			r.sum(dropped, 0)
			return
		}
		r.sum(exported, a.tracer.exported.Load())
		r.sum(dropped, a.tracer.losses.Load())
	}
	return s
}
