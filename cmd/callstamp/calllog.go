package main

import (
	"log/slog"
	"sync"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// callLog writes one line at the end of each call, from its stamps: what is in
// it is in the ledger too, and nothing personal.
type callLog struct {
	log *slog.Logger

	mu   sync.Mutex
	open map[stamp.ID]*callLine
}

type callLine struct {
	created   stamp.CallCreated
	began     stamp.Instant
	length    int64 // µs, from the first stamp to the last release
	endedBy   stamp.Actor
	estimated bool
	offers    int
}

func newCallLog(log *slog.Logger) *callLog {
	return &callLog{log: log, open: map[stamp.ID]*callLine{}}
}

// heed folds one stamp.
func (l *callLog) heed(s stamp.Stamp) {
	if s.Subject.Kind != stamp.SubjectCall {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	id := s.Subject.ID
	if f, first := s.Fact.(stamp.CallCreated); first {
		l.open[id] = &callLine{created: f, began: s.Instant}
	}
	c := l.open[id]
	if c == nil {
		if f, over := s.Fact.(stamp.CallClosed); over { // of an earlier boot
			l.log.Info("call closed", callKey, id, "outcome", f.Outcome, "of", "an earlier boot")
		}
		return
	}
	switch f := s.Fact.(type) {
	case stamp.OfferCreated:
		c.offers++
	case stamp.CallReleased:
		c.length, c.endedBy, c.estimated = s.Sub(c.began), f.EndedBy, f.Estimated
	case stamp.CallClosed:
		l.log.Info("call closed", callKey, id, "direction", c.created.Direction, "trunk", c.created.Trunk, "outcome", f.Outcome,
			"ended_by", c.endedBy, "length_s", seconds(c.length), "offers", c.offers, "estimated", c.estimated)
		delete(l.open, id)
	}
}
