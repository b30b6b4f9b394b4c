package ledger

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrForked says that a store holds other stamps under this journal's numbers:
// the directory is a copy, and another copy of it went on in its own way.
var ErrForked = errors.New("the store holds other stamps under this journal's numbers")

// Continues says whether the journal goes on from what a store holds: the stamp
// at seq, with its link of the chain. Ask before anything is appended. The
// error is ErrAhead where the journal ends before it, ErrForked where another
// stamp stands in its place, ErrPruned where the store is far behind.
func (j *Journal) Continues(seq uint64, hash Hash) error {
	if durable := j.Durable(); seq > durable {
		return fmt.Errorf("%w: store at %d, journal of %s at %d", ErrAhead, seq, j.node, durable)
	}
	own, err := j.linkAt(seq)
	if err != nil {
		return err
	}
	if own != hash {
		return fmt.Errorf("%w: node %s, stamp %d", ErrForked, j.node, seq)
	}
	return nil
}

// linkAt returns the chain's link of the stamp with this Seq.
func (j *Journal) linkAt(seq uint64) (Hash, error) {
	segments := j.shelf.all()
	if len(segments) == 0 {
		return Hash{}, nil // seq is 0: nothing is durable
	}
	for _, s := range slices.Backward(segments) {
		switch {
		case s.first == seq+1:
			return s.before, nil
		case s.first <= seq:
			return linkIn(s, seq)
		}
	}
	return Hash{}, fmt.Errorf("read journal at %d, it begins at %d: %w", seq, segments[0].first, ErrPruned)
}

func linkIn(s segment, seq uint64) (Hash, error) {
	sc, err := openScanner(s)
	if err != nil {
		return Hash{}, err
	}
	defer sc.close()
	for {
		off := sc.off
		f, err := sc.next()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the file ends before stamp %d", seq)
		}
		if err != nil {
			return Hash{}, &Fault{File: s.path, Offset: off, Seq: seq, Reason: err}
		}
		if f.kind != stampFrame {
			continue
		}
		if at, hash, ok := parseStampName(f.name); ok && at == seq {
			return hash, nil
		}
	}
}
