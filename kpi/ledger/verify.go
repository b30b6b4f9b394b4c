package ledger

import (
	"errors"
	"fmt"
	"io"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Summary is what Verify saw.
type Summary struct {
	Node     stamp.NodeID
	Segments int
	First    uint64 // Seq of the first stamp
	Last     uint64 // Seq of the last one
	Head     Hash   // its link
	Sides    int    // that stand
	Erased   int
	Torn     int64 // bytes behind the last frame that nobody was told about
}

// Verify recomputes the whole chain of the journal in dir, decodes every stamp,
// and returns the first fault as a *Fault. It writes nothing and takes no lock.
// With a fault the summary tells what stands before it.
func Verify(dir string) (Summary, error) {
	live, _, err := linked(dir)
	if err != nil || len(live) == 0 {
		return Summary{}, err
	}
	v := Summary{Node: live[0].node, First: live[0].first, Last: live[0].first - 1, Head: live[0].before}
	for i, s := range live {
		if s.node != v.Node || s.first != v.Last+1 || s.before != v.Head {
			return v, &Fault{File: s.path, Seq: v.Last + 1, Reason: fmt.Errorf(
				"header says node %s, seq %d, link %s; due are %s, %d, %s", s.node, s.first, s.before, v.Node, v.Last+1, v.Head)}
		}
		if err := v.segment(s, i == len(live)-1); err != nil {
			return v, err
		}
		v.Segments++
	}
	return v, nil
}

func (v *Summary) segment(s segment, last bool) error {
	sc, err := openScanner(s)
	if err != nil {
		return err
	}
	defer sc.close()
	for {
		off := sc.off
		f, err := sc.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && last && !errors.Is(err, errRead) {
			was, perr := proven(sc.file, s.number, off, s.end)
			if !was && perr == nil {
				v.Torn = s.end - off
				return nil
			}
			err = errors.Join(err, perr)
		}
		if err == nil {
			err = v.frame(f)
		}
		if err != nil {
			return &Fault{File: s.path, Offset: off, Seq: v.Last + 1, Reason: err}
		}
	}
}

func (v *Summary) frame(f frame) error {
	switch f.kind {
	case sideFrame:
		_, err := parseSideName(f.name)
		if f.erased {
			v.Erased++
		} else {
			v.Sides++
		}
		return err
	case stampFrame:
		return v.stamp(f)
	}
	return nil
}

func (v *Summary) stamp(f frame) error {
	t := tail{seq: v.Last, head: v.Head}
	if err := t.link(f); err != nil {
		return err
	}
	s, err := stamp.Decode(f.body)
	if err != nil {
		return err
	}
	if s.Seq != t.seq || s.Node != v.Node {
		return fmt.Errorf("stamp %d of %s in the place of %d of %s", s.Seq, s.Node, t.seq, v.Node)
	}
	v.Last, v.Head = t.seq, t.head
	return nil
}
