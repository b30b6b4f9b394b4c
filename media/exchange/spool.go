package exchange

import (
	"sync"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

const (
	// spoolWrite is how many samples of a channel are given to the disk at once: 1 s.
	spoolWrite = 8000
	// spoolHolds is how far a disk may be behind, in samples of a channel, 30 s:
	// network disks stall for ten seconds and come back.
	spoolHolds = 30 * 8000
)

// spool stands between the engine's wheel, which never waits, and a tape, which
// waits for the disk.
type spool struct {
	tape        Tape
	write, most int
	wake        chan struct{} // capacity 1

	mu      sync.Mutex
	pending []byte
	full    bool // the disk is too far behind
	ended   bool
	why     stamp.RecordingEnd
	gaps    []Gap
}

var _ media.Reel = (*spool)(nil)

func newSpool(t Tape, channels int) *spool {
	return &spool{tape: t, write: spoolWrite * channels, most: spoolHolds * channels, wake: make(chan struct{}, 1)}
}

// Take implements media.Reel.
func (s *spool) Take(frame []byte) bool {
	s.mu.Lock()
	if s.ended || s.full {
		s.mu.Unlock()
		return false
	}
	s.full = len(s.pending)+len(frame) > s.most
	if !s.full {
		s.pending = append(s.pending, frame...)
	}
	due, full := len(s.pending) >= s.write, s.full
	s.mu.Unlock()
	if due || full {
		s.poke()
	}
	return !full
}

// end says that nothing more follows.
func (s *spool) end(why stamp.RecordingEnd, gaps []Gap) {
	s.mu.Lock()
	s.ended, s.why, s.gaps = true, why, gaps
	s.mu.Unlock()
	s.poke()
}

func (s *spool) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run writes until the end, and closes the tape. failed: the tape takes no more,
// or too slowly; then it is to be ended, and finish closes it.
func (s *spool) run() (failed bool) {
	for range s.wake {
		sound, ended, full := s.take()
		_, err := s.tape.Write(sound)
		switch {
		case ended:
			s.finish()
			return false
		case err != nil, full:
			return true
		}
	}
	return false
}

// finish closes the tape after end.
func (s *spool) finish() {
	s.mu.Lock()
	why, gaps := s.why, s.gaps
	s.mu.Unlock()
	s.tape.Close(why, gaps)
}

func (s *spool) take() (sound []byte, ended, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sound, s.pending = s.pending, nil
	return sound, s.ended, s.full
}
