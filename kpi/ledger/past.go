package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// past is what Open learns from the files.
type past struct {
	segments []segment
	dead     []uint32
	number   uint32 // the highest number in use
	seq      uint64 // the last stamp's; 0: none
	head     Hash
	first    stamp.Instant // the first stamp's, where there is no cut yet
	last     stamp.Instant // the last stamp's
	closed   stamp.Bucket  // of the last bucket.closed
	anyCut   bool          // whether there is one
}

// readPast scans the last segment and, back from there, as many as it takes to
// meet a cut. Older ones are Verify's business: the start must be quick.
func readPast(dir string, log *slog.Logger) (past, error) {
	live, dead, err := linked(dir)
	if err != nil {
		return past{}, err
	}
	p := past{segments: live, dead: dead}
	for _, n := range dead {
		p.number = max(p.number, n)
	}
	if len(live) == 0 {
		return p, nil
	}
	if err := p.readLast(&live[len(live)-1], log); err != nil {
		return past{}, err
	}
	for i, s := range slices.Backward(live[:len(live)-1]) {
		if p.anyCut && !p.last.IsZero() {
			break
		}
		t, err := readTail(s)
		if err == nil && t.head != live[i+1].before {
			err = &Fault{File: s.path, Offset: s.end, Seq: t.seq, Reason: errors.New("the chain's link differs from the one that the next segment begins with")}
		}
		if err != nil {
			return past{}, err
		}
		p.takeOlder(t)
	}
	return p, nil
}

// readLast reads the last segment, cuts off its torn tail, and makes what
// stands durable: a process that was killed may have left it in memory alone.
func (p *past) readLast(s *segment, log *slog.Logger) error {
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open last segment: %w", err)
	}
	defer f.Close()
	if err := settle(f); err != nil {
		return err
	}
	t, err := readTail(*s)
	var wrong *Fault
	if errors.As(err, &wrong) && wrong.torn {
		was, perr := proven(f, s.number, wrong.Offset, s.end)
		if perr != nil || was {
			return errors.Join(err, perr)
		}
		log.Warn("journal: torn tail cut off", "file", s.path, "offset", wrong.Offset, "bytes", s.end-wrong.Offset, "reason", wrong.Reason)
		if err := errors.Join(f.Truncate(wrong.Offset), f.Sync()); err != nil {
			return fmt.Errorf("cut off torn tail: %w", err)
		}
		s.end, err = wrong.Offset, nil
	}
	if err != nil {
		return err
	}
	p.number = max(p.number, s.number)
	p.seq, p.head = t.seq, t.head
	p.takeOlder(t)
	return nil
}

func (p *past) takeOlder(t tail) {
	if p.last.IsZero() {
		p.last = t.last
	}
	if !t.first.IsZero() {
		p.first = t.first
	}
	if !p.anyCut {
		p.closed, p.anyCut = t.closed, t.anyCut
	}
}
