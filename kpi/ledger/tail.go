package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/callstamp/callstamp/kpi/stamp"
)

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
