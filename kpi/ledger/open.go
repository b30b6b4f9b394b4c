package ledger

import (
	"errors"
	"fmt"
)

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
