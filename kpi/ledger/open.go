package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

// Open opens the journal in dir, which it makes where it is missing, counts a
// boot and takes up Seq where it stood. A torn tail is cut off and logged. The
// error is ErrLocked where another process has it, a *Fault where bytes that
// had been fsynced are not what was written.
func Open(dir string, opts Options) (*Journal, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	j, err := openLocked(dir, opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), lock.Close())
	}
	j.lock = lock
	return j, nil
}

func openLocked(dir string, opts Options) (*Journal, error) {
	p, err := readPast(dir, opts.Log)
	if err != nil {
		return nil, err
	}
	node, err := nodeOf(dir, len(p.segments) == 0)
	if err != nil {
		return nil, err
	}
	for _, s := range p.segments {
		if s.node != node {
			return nil, &Fault{File: s.path, Reason: fmt.Errorf("segment of node %s in the journal of %s", s.node, node)}
		}
	}
	for _, n := range p.dead {
		if err := opts.Disk.Remove(segmentPath(dir, n)); err != nil && !isMissing(err) {
			return nil, fmt.Errorf("remove dead segment %d: %w", n, err)
		}
	}
	boot, err := countBoot(dir)
	if err != nil {
		return nil, err
	}
	return start(dir, node, boot, p, opts), nil
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

// tail is where a segment ends, and what matters of what stands in it.
type tail struct {
	seq    uint64
	head   Hash
	first  stamp.Instant // of the first stamp
	last   stamp.Instant
	closed stamp.Bucket
	anyCut bool
}

// cutMark finds bucket.closed among the bytes of stamps without decoding all.
const cutMark = `"kind":"bucket.closed"`

// readTail reads a segment from its beginning and checks the chain. With a
// *Fault the tail tells what stands before it.
func readTail(s segment) (tail, error) {
	t := tail{seq: s.first - 1, head: s.before}
	sc, err := openScanner(s)
	if err != nil {
		return t, err
	}
	defer sc.close()
	var first, last []byte
	for {
		off := sc.off
		f, err := sc.next()
		if errors.Is(err, io.EOF) {
			return t, t.decode(s, first, last)
		}
		torn := err != nil && !errors.Is(err, errRead)
		if err == nil && f.kind == stampFrame {
			if err = t.take(f); err == nil {
				last = append(last[:0], f.body...)
			}
			if err == nil && first == nil {
				first = append(first, f.body...)
			}
		}
		if err != nil {
			if err := t.decode(s, first, last); err != nil {
				return t, err
			}
			return t, &Fault{File: s.path, Offset: off, Seq: t.seq + 1, Reason: err, torn: torn}
		}
	}
}

// take moves t past a stamp and looks whether it is a cut.
func (t *tail) take(f frame) error {
	if err := t.link(f); err != nil || !bytes.Contains(f.body, []byte(cutMark)) {
		return err
	}
	s, err := stamp.Decode(f.body)
	if err != nil {
		return err
	}
	if cut, ok := s.Fact.(stamp.BucketClosed); ok {
		t.closed, t.anyCut = cut.Bucket, true
	}
	return nil
}

// link moves t past a stamp whose Seq and hash must be the next.
func (t *tail) link(f frame) error {
	seq, hash, ok := parseStampName(f.name)
	if !ok {
		return errors.New("malformed name of a stamp frame")
	}
	if seq != t.seq+1 {
		return fmt.Errorf("seq %d where %d is due", seq, t.seq+1)
	}
	if next := t.head.Next(f.body); next != hash {
		return fmt.Errorf("the chain gives %s, the frame says %s", next, hash)
	}
	t.seq, t.head = seq, hash
	return nil
}

// decode takes the instants of the first and the last stamp.
func (t *tail) decode(s segment, first, last []byte) error {
	if first == nil {
		return nil
	}
	a, err := stamp.Decode(first)
	if err != nil {
		return fmt.Errorf("read first stamp of %s: %w", s.path, err)
	}
	b, err := stamp.Decode(last)
	if err != nil {
		return fmt.Errorf("read last stamp of %s: %w", s.path, err)
	}
	t.first, t.last = a.Instant, b.Instant
	return nil
}
