package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Span is the stamps of one segment.
type Span struct {
	First, Last uint64 // none where Last < First
	Before      Hash   // the chain's link before First
	After       Hash   // the one of Last: Before.Next over the bytes of all of them
}

// Holds says whether a store holds the stamps of a span as the same bytes:
// whether chaining its bytes from Before gives After.
type Holds func(ctx context.Context, span Span) (bool, error)

// Prune deletes, oldest first, the segments which all positions have passed,
// whose stamps are older than keep, and which the store holds. It stops at the
// first that must stay and returns how many went. The segment being written
// always stays.
func (j *Journal) Prune(ctx context.Context, positions []uint64, holds Holds, keep time.Duration) (int, error) {
	j.files.Lock()
	defer j.files.Unlock()
	made := time.Now().Add(-keep).UnixMicro()
	removed := 0
	for segments := j.shelf.all(); len(segments) > 1; segments = segments[1:] {
		s, next := segments[0], segments[1]
		if !passed(positions, next.first) || next.made > made {
			return removed, nil
		}
		ok, err := holds(ctx, Span{First: s.first, Last: next.first - 1, Before: s.before, After: next.before})
		if err != nil {
			return removed, fmt.Errorf("prune segment %d: %w", s.number, err)
		}
		if !ok {
			return removed, nil
		}
		if err := j.removeBefore(next.number); err != nil {
			return removed, fmt.Errorf("prune segment %d: %w", s.number, err)
		}
		j.shelf.dropOldest()
		removed++
	}
	return removed, nil
}

// passed says whether everybody has applied seq. It is the first of the next
// segment, not the last of this one: side entries behind the last travel with it.
func passed(positions []uint64, seq uint64) bool {
	return len(positions) > 0 && slices.Min(positions) >= seq
}

// removeBefore deletes the files with lower numbers, dead ones too, in
// ascending order: a hole in the row would be taken for damage.
func (j *Journal) removeBefore(number uint32) error {
	numbers, err := segmentNumbers(j.dir)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if n >= number {
			break
		}
		if err := j.opts.Disk.Remove(segmentPath(j.dir, n)); err != nil && !isMissing(err) {
			return err
		}
	}
	return j.opts.Disk.SyncDir(j.dir)
}
