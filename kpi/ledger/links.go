package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// segment is one file that counts.
type segment struct {
	header
	path string
	end  int64 // bytes that count
}

// linked returns the segments that count, oldest first, and the numbers of the
// dead: files that no later segment follows. The last segment's end is the
// length of its file.
func linked(dir string) (live []segment, dead []uint32, err error) {
	numbers, err := segmentNumbers(dir)
	if err != nil {
		return nil, nil, err
	}
	var want uint32 // the number that the later segment follows; 0: look for the last one
	var end int64
	for i, n := range slices.Backward(numbers) {
		switch {
		case len(live) == 0 || n == want:
		case n > want: // the first one follows nothing, so want is 0 behind it
			dead = append(dead, n)
			continue
		default:
			return nil, nil, &Fault{File: segmentPath(dir, want), Reason: fmt.Errorf("segment %d is missing, but %d is there", want, numbers[i])}
		}
		s, err := readSegment(dir, n)
		switch {
		case errors.Is(err, errTornHeader) && len(live) == 0:
			dead = append(dead, n)
			continue
		case errors.Is(err, errTornHeader):
			return nil, nil, &Fault{File: s.path, Reason: errHeader}
		case err != nil:
			return nil, nil, err
		}
		if len(live) > 0 {
			if s.end < end {
				return nil, nil, &Fault{File: s.path, Offset: s.end, Reason: fmt.Errorf("%d bytes, its successor counts on %d", s.end, end)}
			}
			s.end = end
		}
		live = append(live, s)
		want, end = s.follows, s.followEnd
	}
	slices.Reverse(live)
	return live, dead, nil
}

var errTornHeader = errors.New("header was never fsynced")

// readSegment reads a segment's header; its end is the length of the file. The
// error is errTornHeader where the making of the file was cut short.
func readSegment(dir string, number uint32) (segment, error) {
	s := segment{path: segmentPath(dir, number)}
	f, err := os.Open(s.path)
	if err != nil {
		return s, fmt.Errorf("open segment: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return s, fmt.Errorf("open segment: %w", err)
	}
	s.end = info.Size()
	b := make([]byte, headerBytes)
	if _, err := f.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return s, fmt.Errorf("read header of %s: %w", s.path, err)
	}
	if s.header, err = parseHeader(b); err == nil && s.number != number {
		err = fmt.Errorf("header says segment %d", s.number)
	}
	if err == nil {
		return s, nil
	}
	if errors.Is(err, ErrNewer) { // its checksum is right, so it is no damage
		return s, fmt.Errorf("%s: %w", s.path, err)
	}
	was, perr := proven(f, number, 0, s.end)
	if perr != nil {
		return s, perr
	}
	if !was && errors.Is(err, errHeader) {
		return s, errTornHeader
	}
	return s, &Fault{File: s.path, Reason: err}
}
