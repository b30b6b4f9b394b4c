package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Fault is damage in a journal's files: bytes that were fsynced are not what
// was written.
type Fault struct {
	File   string
	Offset int64
	Seq    uint64 // of the stamp that stands there or would come next; 0: unknown
	Reason error

	torn bool // a frame is incomplete: perhaps never fsynced
}

// Error implements error.
func (f *Fault) Error() string {
	return fmt.Sprintf("journal damaged: %s at offset %d (seq %d): %v", f.File, f.Offset, f.Seq, f.Reason)
}

// Unwrap returns the reason.
func (f *Fault) Unwrap() error { return f.Reason }

// readAhead is how much a scanner reads at once: some 500 frames.
const readAhead = 256 << 10

// scanner reads the frames of one segment one after the other.
type scanner struct {
	file   *os.File
	number uint32
	off    int64  // of the next frame
	end    int64  // as far as may be read
	ahead  []byte // read ahead
	pos    int    // of off in ahead
}

func openScanner(s segment) (*scanner, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	return &scanner{file: f, number: s.number, off: headerBytes, end: s.end}, nil
}

func (s *scanner) close() { _ = s.file.Close() } // read only: nothing can be lost

// next returns the next frame, whose bytes are good until the next call. The
// error is io.EOF at the end; any other leaves off at the frame that is wrong.
func (s *scanner) next() (frame, error) {
	f, err := s.read()
	if errors.Is(err, errBody) && f.kind == sideFrame {
		s.ahead, s.pos = nil, 0 // it is perhaps being erased while we read: look again
		f, err = s.read()
	}
	if err == nil {
		s.off += f.size
		s.pos += int(f.size)
	}
	return f, err
}

func (s *scanner) read() (frame, error) {
	if s.off >= s.end {
		return frame{}, io.EOF
	}
	if err := s.fill(frameHead); err != nil {
		return frame{}, err
	}
	size, err := frameSize(s.ahead[s.pos:])
	if err != nil {
		return frame{}, err
	}
	if err := s.fill(size); err != nil {
		return frame{}, err
	}
	return parseFrame(s.number, s.off, s.ahead[s.pos:])
}

// errRead says that the disk did not give the bytes, which proves nothing about
// them.
var errRead = errors.New("read segment")

// fill makes at least n bytes available at pos.
func (s *scanner) fill(n int64) error {
	have := int64(len(s.ahead) - s.pos)
	if have >= n {
		return nil
	}
	if s.off+n > s.end {
		return errShort
	}
	fresh := make([]byte, min(max(n, readAhead), s.end-s.off))
	copy(fresh, s.ahead[s.pos:])
	if _, err := s.file.ReadAt(fresh[have:], s.off+have); err != nil {
		if errors.Is(err, io.EOF) {
			return errShort
		}
		return fmt.Errorf("%w: %w", errRead, err)
	}
	s.ahead, s.pos = fresh, 0
	return nil
}

// proven reports whether anything behind off says that the byte at off had been
// fsynced: then what is wrong there is damage and not a torn tail.
func proven(f *os.File, number uint32, off, end int64) (bool, error) {
	b := make([]byte, max(end-off, 0))
	if _, err := f.ReadAt(b, off); err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("read segment: %w", err)
	}
	start := (frameAlign - off%frameAlign) % frameAlign
	for at := start; at+frameHead <= int64(len(b)); at += frameAlign {
		head := b[at:]
		if _, err := frameSize(head); err != nil {
			continue
		}
		if frameHead+int(binary.LittleEndian.Uint16(head[4:])) > len(head) || checkHead(number, off+at, head) != nil {
			continue
		}
		if int64(binary.LittleEndian.Uint32(head[12:])) > off {
			return true, nil
		}
	}
	return false, nil
}
