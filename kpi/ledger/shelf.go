package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ErrClosed says that the journal is closed and nothing more will come.
var ErrClosed = errors.New("journal is closed")

// shelf is what readers may see: the segments as far as they are fsynced. The
// writer adds to it, everybody reads it.
type shelf struct {
	mu       sync.Mutex
	segments []segment
	seq      uint64        // the last durable one
	units    uint64        // how many units of Append are durable
	changed  chan struct{} // closed and replaced at every change
	closed   bool
}

func newShelf(segments []segment, seq uint64) *shelf {
	return &shelf{segments: segments, seq: seq, changed: make(chan struct{})}
}

// advance publishes that s counts up to s.end and that units more are durable.
func (h *shelf) advance(s segment, seq, units uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if last := len(h.segments) - 1; last >= 0 && h.segments[last].number == s.number {
		h.segments[last] = s
	} else {
		h.segments = append(h.segments, s)
	}
	h.seq = seq
	h.units += units
	h.wakeLocked()
}

func (h *shelf) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.wakeLocked()
}

func (h *shelf) wakeLocked() {
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *shelf) durable() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seq
}

// all returns the segments as they stand now.
func (h *shelf) all() []segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.segments)
}

// size returns how many segments there are and how many of their bytes count.
func (h *shelf) size() (segments int, bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.segments {
		bytes += s.end
	}
	return len(h.segments), bytes
}

func (h *shelf) last() segment {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.segments) == 0 {
		return segment{}
	}
	return h.segments[len(h.segments)-1]
}

// dropOldest forgets the oldest segment; the caller deletes its file.
func (h *shelf) dropOldest() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.segments = h.segments[1:]
}

// at returns how far segment number counts now and, where there is one, the
// segment that follows it.
func (h *shelf) at(number uint32) (end int64, next *segment, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.segments, func(s segment) bool { return s.number == number })
	if i < 0 {
		return 0, nil, fmt.Errorf("read segment %d: %w", number, ErrPruned)
	}
	if i+1 < len(h.segments) {
		s := h.segments[i+1]
		next = &s
	}
	return h.segments[i].end, next, nil
}

// wait returns once reached holds; it is asked under the lock after every change.
func (h *shelf) wait(ctx context.Context, reached func() bool) error {
	for {
		h.mu.Lock()
		ok, closed, changed := reached(), h.closed, h.changed
		h.mu.Unlock()
		switch {
		case ok:
			return nil
		case closed:
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (h *shelf) written() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.units
}
