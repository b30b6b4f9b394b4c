package tape

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Writer records one tape. It belongs to one goroutine.
type Writer struct {
	file  *os.File
	label Label
	raw   []byte // the label as it stands in the file
	seal  cipher.AEAD
	part  []byte // sound of the chunk that is being filled
	out   []byte
	n     uint64 // chunks written
	bytes int64  // of sound
	err   error  // the first; nothing is taken after it
}

// The first byte of a nonce says what it seals.
const (
	kindSound = 0
	kindEnd   = 1
)

// endMark stands where a chunk's length would.
const endMark = 0xFFFFFFFF

// Create makes the file, which must not exist, and writes the label; l.Chunk is
// a second of sound where it is 0.
func Create(path string, keys *Keyring, l Label) (*Writer, error) {
	key, id, sealed, err := keys.seal()
	if err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	l.KeyID, l.Key = id, sealed
	if l.Chunk == 0 {
		l.Chunk = rate * l.Channels
	}
	w := &Writer{label: l, part: make([]byte, 0, l.Chunk)}
	if w.raw, err = l.marshal(); err != nil {
		return nil, err
	}
	if w.seal, err = newGCM(key); err != nil {
		return nil, err
	}
	if w.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, fmt.Errorf("create recording: %w", err)
	}
	if _, err := w.file.Write(w.raw); err != nil {
		return nil, errors.Join(fmt.Errorf("create recording: %w", err), w.file.Close(), os.Remove(path))
	}
	return w, nil
}

// Label is what stands on the tape.
func (w *Writer) Label() Label { return w.label }

// Bytes is how much sound was taken.
func (w *Writer) Bytes() int64 { return w.bytes + int64(len(w.part)) }

// Write takes sound; whole chunks go to the file at once. After an error nothing
// more is taken.
func (w *Writer) Write(sound []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	taken := 0
	for len(sound) > 0 {
		n := min(w.label.Chunk-len(w.part), len(sound))
		w.part = append(w.part, sound[:n]...)
		sound, taken = sound[n:], taken+n
		if len(w.part) == w.label.Chunk {
			if w.err = w.flush(); w.err != nil {
				return taken, w.err
			}
		}
	}
	return taken, nil
}

// flush writes the part as a chunk. Once it has failed, only the same part may
// be tried again: its number must not seal another.
func (w *Writer) flush() error {
	if len(w.part) == 0 {
		return nil
	}
	w.out = binary.BigEndian.AppendUint32(w.out[:0], uint32(len(w.part))) //nolint:gosec // at most maxChunk
	w.out = w.seal.Seal(w.out, nonce(w.n), w.part, w.raw)
	if err := w.put(w.out); err != nil {
		return err
	}
	w.n++
	w.bytes += int64(len(w.part))
	w.part = w.part[:0]
	return nil
}

// put writes all of b or, as far as the disk lets us, nothing: half a chunk would
// be taken for damage.
func (w *Writer) put(b []byte) error {
	at, err := w.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	if _, err := w.file.Write(b); err != nil {
		_, seek := w.file.Seek(at, io.SeekStart)
		return errors.Join(fmt.Errorf("write recording: %w", err), w.file.Truncate(at), seek)
	}
	return nil
}

// Close writes what is left, reads all of it back, and writes the end, durably.
// The file must be kept whatever the error: it reads up to its last chunk.
func (w *Writer) Close(t Trailer) (Trailer, error) {
	defer w.file.Close()
	last := w.flush()
	var err error
	if t, err = w.end(t); err != nil {
		return t, errors.Join(last, err)
	}
	if err := w.file.Sync(); err != nil {
		return t, fmt.Errorf("end recording: %w", err)
	}
	return t, last
}

// Abandon closes the file as it is, without an end.
func (w *Writer) Abandon() error { return w.file.Close() }

// end proves what was written and seals the trailer behind it.
func (w *Writer) end(t Trailer) (Trailer, error) {
	t.Bytes = w.bytes
	r := &Reader{file: w.file, label: w.label, raw: w.raw, seal: w.seal, bytes: w.bytes, at: -1}
	sum, err := r.sum()
	if err != nil {
		return t, fmt.Errorf("read recording back: %w", err)
	}
	t.WAV = sum
	b, err := endOf(w.seal, w.raw, w.n, t)
	if err != nil {
		return t, err
	}
	return t, w.put(b)
}

// endOf is the trailer as it stands in the file. Its nonce is random: an end
// that was cut off may be written again, with another text.
//
//	0xFFFFFFFF · length of the text (4) · nonce (12) · sealed text
func endOf(seal cipher.AEAD, raw []byte, n uint64, t Trailer) ([]byte, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("write end: %w", err)
	}
	b := binary.BigEndian.AppendUint32(nil, endMark)
	b = binary.BigEndian.AppendUint32(b, uint32(len(text))) //nolint:gosec // some gaps
	by := make([]byte, nonceLen)
	_, _ = rand.Read(by) // never fails (crypto/rand)
	by[0] = kindEnd
	return seal.Seal(append(b, by...), by, text, endData(raw, n)), nil
}

// endData binds the end to its tape and to the number of chunks before it.
func endData(raw []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(bytes.Clone(raw), n) }

const nonceLen = 12

// nonce of chunk n, unique under a tape's key: each number is sealed once.
//
//	kind (1) · 0 0 0 · number (8)
func nonce(n uint64) []byte {
	b := make([]byte, 4, nonceLen)
	b[0] = kindSound
	return binary.BigEndian.AppendUint64(b, n)
}
