package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// ErrPruned says that stamps were asked for that the journal has deleted.
var ErrPruned = errors.New("journal no longer holds the stamp")

// Entry is one stamp as it stands in the journal.
type Entry struct {
	Seq   uint64
	Bytes []byte // canonical; what was hashed
	Hash  Hash   // the chain's link with this stamp
	Stamp stamp.Stamp
	Sides []Side // that stood between the stamp before and this one, in their order
}

// Reader reads the durable stamps of a journal one after the other. It belongs
// to one goroutine. Close it.
type Reader struct {
	j     *Journal
	next  uint64
	seg   segment  // being read
	scan  *scanner // nil: no segment chosen yet
	seq   uint64   // of the last stamp scanned
	head  Hash     // its link
	sides []Side   // scanned since then
}

// Reader returns a reader whose first entry is the one with Seq from (0 and 1
// are the same). The error is ErrPruned where the journal begins later.
func (j *Journal) Reader(from uint64) (*Reader, error) {
	r := &Reader{j: j, next: max(from, 1)}
	if segments := j.shelf.all(); len(segments) > 0 && r.next < segments[0].first {
		return nil, fmt.Errorf("read journal from %d, it begins at %d: %w", r.next, segments[0].first, ErrPruned)
	}
	return r, nil
}

// Next returns the Seq of the entry that is read next.
func (r *Reader) Next() uint64 { return r.next }

// Wait returns once there is something to read. The error is the context's, or
// ErrClosed where nothing will come any more.
func (r *Reader) Wait(ctx context.Context) error {
	return r.j.shelf.wait(ctx, func() bool { return r.j.shelf.seq >= r.next })
}

// Read returns the next entries, at most most, none where all durable ones were
// read. The error is a *Fault where the files are damaged.
func (r *Reader) Read(most int) ([]Entry, error) {
	var entries []Entry
	for len(entries) < most {
		e, err := r.one()
		switch {
		case errors.Is(err, io.EOF):
			return entries, nil
		case err != nil:
			return entries, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// All yields what is durable by now, up to the first error.
func (r *Reader) All() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			e, err := r.one()
			if errors.Is(err, io.EOF) || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Close lets go of the file.
func (r *Reader) Close() {
	if r.scan != nil {
		r.scan.close()
		r.scan = nil
	}
}

// one returns the next entry or io.EOF.
func (r *Reader) one() (Entry, error) {
	for {
		if r.scan == nil {
			if err := r.choose(); err != nil {
				return Entry{}, err
			}
		}
		off := r.scan.off
		f, err := r.scan.next()
		if errors.Is(err, io.EOF) {
			if err := r.forward(); err != nil {
				return Entry{}, err
			}
			continue
		}
		if err == nil {
			err = r.take(f)
		}
		var e Entry
		if err == nil && f.kind == stampFrame {
			e, err = r.entry(f)
		}
		if err != nil {
			return Entry{}, &Fault{File: r.seg.path, Offset: off, Seq: r.seq + 1, Reason: err}
		}
		if e.Seq != 0 {
			return e, nil
		}
	}
}

// choose opens the last segment that begins before next. It may be the one
// before that of next: side entries at its end belong to next's stamp.
func (r *Reader) choose() error {
	segments := r.j.shelf.all()
	if len(segments) == 0 {
		return io.EOF
	}
	s := segments[0]
	if r.next < s.first {
		return fmt.Errorf("read journal at %d, it begins at %d: %w", r.next, s.first, ErrPruned)
	}
	for _, later := range segments[1:] {
		if later.first < r.next {
			s = later
		}
	}
	return r.open(s)
}

func (r *Reader) open(s segment) error {
	r.Close()
	sc, err := openScanner(s)
	if isMissing(err) {
		return fmt.Errorf("read segment %d: %w", s.number, ErrPruned)
	}
	if err != nil {
		return err
	}
	if r.seg.number == 0 {
		r.seq, r.head = s.first-1, s.before
	}
	r.seg, r.scan = s, sc
	return nil
}

// forward makes more of the segment readable or goes on to the next; io.EOF:
// there is neither.
func (r *Reader) forward() error {
	end, next, err := r.j.shelf.at(r.seg.number)
	switch {
	case err != nil:
		return err
	case end > r.scan.end:
		r.scan.end = end
		return nil
	case next == nil:
		return io.EOF
	case next.first != r.seq+1 || next.before != r.head:
		return &Fault{File: next.path, Seq: r.seq + 1, Reason: fmt.Errorf("begins at seq %d, or with another link of the chain, where %d is due", next.first, r.seq+1)}
	}
	return r.open(*next)
}

// take moves the reader past a frame.
func (r *Reader) take(f frame) error {
	switch f.kind {
	case sideFrame:
		s, err := sideOf(f)
		r.sides = append(r.sides, s)
		return err
	case stampFrame:
		t := tail{seq: r.seq, head: r.head}
		if err := t.link(f); err != nil {
			return err
		}
		r.seq, r.head = t.seq, t.head
	}
	return nil
}

// entry returns the stamp of f with the sides before it, or nothing where it
// stands before the first one asked for.
func (r *Reader) entry(f frame) (Entry, error) {
	sides := r.sides
	r.sides = nil
	if r.seq < r.next {
		return Entry{}, nil
	}
	body := append([]byte(nil), f.body...)
	s, err := stamp.Decode(body)
	if err != nil {
		return Entry{}, err
	}
	if s.Seq != r.seq || s.Node != r.seg.node {
		return Entry{}, fmt.Errorf("stamp %d of %s in the place of %d of %s", s.Seq, s.Node, r.seq, r.seg.node)
	}
	r.next = r.seq + 1
	return Entry{Seq: r.seq, Bytes: body, Hash: r.head, Stamp: s, Sides: sides}, nil
}

func sideOf(f frame) (Side, error) {
	s, err := parseSideName(f.name)
	if err == nil && !f.erased {
		s.Data = append(s.Data, f.body...)
	}
	return s, err
}
