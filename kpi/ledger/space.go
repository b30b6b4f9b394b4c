package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
)

// State says what the disk allows.
type State string

// The states. Each asks more than the one before.
const (
	Ok       State = "ok"
	Low      State = "low"      // stop dialing
	Critical State = "critical" // refuse new INVITEs too; calls in progress go on
)

// judge returns the state for the free bytes and the number of reserve halves
// (0 to 2) that had to be given back. Dialing stops and INVITEs are refused
// before the reserve is touched, unless somebody else fills the disk at once.
func judge(free, reserve int64, released int) State {
	switch {
	case released >= reserveHalves || free < reserve/2:
		return Critical
	case released > 0 || free < reserve:
		return Low
	}
	return Ok
}

const reserveHalves = 2

// space watches the free bytes and keeps the reserve. The writer owns it.
type space struct {
	disk     Disk
	dir      string
	reserve  int64
	log      *slog.Logger
	free     int64
	released int // halves given back
}

func newSpace(dir string, opts Options) *space {
	s := &space{disk: opts.Disk, dir: dir, reserve: opts.ReserveBytes, log: opts.Log, released: reserveHalves}
	if s.reserve == 0 {
		s.released = 0
		s.measure()
		return s
	}
	s.adopt()
	s.refresh()
	return s
}

func (s *space) state() State { return judge(s.free, s.reserve, s.released) }

func (s *space) half() int64 { return s.reserve / reserveHalves }

func (s *space) path(half int) string {
	return filepath.Join(s.dir, fmt.Sprintf("reserve.%d", half+1))
}

// adopt counts the halves that an earlier boot left, and drops those of
// another size.
func (s *space) adopt() {
	for half := range reserveHalves {
		info, err := os.Stat(s.path(half))
		if err == nil && half == reserveHalves-s.released && info.Size() == s.half() {
			s.released--
			continue
		}
		if err == nil {
			_ = s.disk.Remove(s.path(half)) // Reserve makes it anew, whatever it is
		}
	}
}

// refresh measures the free bytes and takes the reserve back where there is
// room for it and for the calls that follow.
func (s *space) refresh() {
	s.measure()
	for s.released > 0 && s.free >= s.half()+s.reserve {
		if err := s.disk.Reserve(s.path(reserveHalves-s.released), s.half()); err != nil {
			s.log.Warn("journal: reserve not made", "error", err)
			return
		}
		s.released--
		s.measure()
	}
}

func (s *space) measure() {
	free, err := s.disk.Free(s.dir)
	if err != nil { // judge by the reserve alone
		s.log.Warn("journal: free space unknown", "error", err)
		free = math.MaxInt64
	}
	s.free = free
}

// release gives one half of the reserve back to the disk; false: there is none.
func (s *space) release() bool {
	if s.released >= reserveHalves || s.reserve == 0 {
		return false
	}
	half := reserveHalves - s.released - 1
	err := s.disk.Remove(s.path(half))
	s.released++
	s.log.Error("journal: disk is full, reserve released", "half", s.released, "of", reserveHalves, "error", errors.Join(err))
	s.measure()
	return err == nil
}
