package tape

import (
	"bytes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Reader reads a tape as the WAV file that it holds, from anywhere: it decrypts
// the chunks that are asked for and no others. It belongs to one goroutine.
type Reader struct {
	file    io.ReaderAt
	closing io.Closer // nil: the file is another's
	label   Label
	raw     []byte
	seal    cipher.AEAD
	trailer *Trailer // nil: the tape has no end
	bytes   int64    // of sound
	header  []byte

	pos   int64
	at    int64 // number of the chunk in plain; -1: none
	plain []byte
	in    []byte
}

var _ io.ReadSeekCloser = (*Reader)(nil)

// Open opens a tape. One without an end is read up to its last whole chunk.
// ErrTape, ErrKey, ErrSealed, or the system's error.
func Open(path string, keys *Keyring) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open recording: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open recording: %w", err), f.Close())
	}
	r, err := read(f, info.Size(), keys)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open recording: %w", err), f.Close())
	}
	r.closing = f
	return r, nil
}

func read(f io.ReaderAt, size int64, keys *Keyring) (*Reader, error) {
	r := &Reader{file: f, at: -1}
	var err error
	if r.label, r.raw, err = readLabel(f); err != nil {
		return nil, err
	}
	key, err := keys.open(r.label.KeyID, r.label.Key)
	if err != nil {
		return nil, err
	}
	if r.seal, err = newGCM(key); err != nil {
		return nil, err
	}
	return r, r.survey(size)
}

// survey finds how much sound there is: whole chunks, at most one that is not,
// then the end. What follows the last whole part is not looked at.
func (r *Reader) survey(size int64) error {
	chunk, at := int64(r.label.Chunk), int64(len(r.raw))
	n := max((size-at)/(4+chunk+sealing)-1, 0) // all before are whole, or will not open
	r.bytes, at = n*chunk, at+n*(4+chunk+sealing)
	for {
		length, ok := r.length(at, size)
		if !ok {
			return nil
		}
		if length == endMark {
			return r.end(at, size)
		}
		if int64(length) > chunk || length == 0 || at+4+int64(length)+sealing > size {
			return nil
		}
		r.bytes += int64(length)
		at += 4 + int64(length) + sealing
		if int64(length) < chunk { // only the end may follow
			if length, ok := r.length(at, size); ok && length == endMark {
				return r.end(at, size)
			}
			return nil
		}
	}
}

func (r *Reader) length(at, size int64) (uint32, bool) {
	var b [4]byte
	if at+4 > size {
		return 0, false
	}
	if _, err := r.file.ReadAt(b[:], at); err != nil {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[:]), true
}

// maxTrailer is room for some thousand gaps.
const maxTrailer = 1 << 20

func (r *Reader) end(at, size int64) error {
	length, ok := r.length(at+4, size)
	if !ok || length > maxTrailer || at+8+nonceLen+int64(length)+sealing > size {
		return nil // cut off in its last moment
	}
	sealed := make([]byte, nonceLen+int(length)+sealing)
	if _, err := r.file.ReadAt(sealed, at+8); err != nil {
		return fmt.Errorf("read end: %w", err)
	}
	text, err := r.seal.Open(nil, sealed[:nonceLen], sealed[nonceLen:], endData(r.raw, uint64(r.chunks()))) //nolint:gosec // not below 0
	if err != nil || sealed[0] != kindEnd {
		return fmt.Errorf("read end: %w", ErrSealed)
	}
	var t Trailer
	if err := json.Unmarshal(text, &t); err != nil || t.Bytes != r.bytes {
		return fmt.Errorf("read end: %d bytes of sound, not %d: %w", r.bytes, t.Bytes, ErrSealed)
	}
	r.trailer = &t
	return nil
}

// chunks is how many there are, the last one included that may not be whole.
func (r *Reader) chunks() int64 {
	chunk := int64(r.label.Chunk)
	return (r.bytes + chunk - 1) / chunk
}

// Label is what stands on the tape.
func (r *Reader) Label() Label { return r.label }

// Trailer is what stands at its end. ErrOpen: there is none.
func (r *Reader) Trailer() (Trailer, error) {
	if r.trailer == nil {
		return Trailer{}, ErrOpen
	}
	return *r.trailer, nil
}

// Bytes is how much sound there is.
func (r *Reader) Bytes() int64 { return r.bytes }

// Size is the length of the WAV file.
func (r *Reader) Size() int64 { return int64(len(r.wav())) + r.bytes }

// Close closes the file.
func (r *Reader) Close() error {
	if r.closing == nil {
		return nil
	}
	return r.closing.Close()
}

// Seek implements io.Seeker on the WAV file.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.Size()
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek recording to %d: before its beginning", offset)
	}
	r.pos = offset
	return offset, nil
}

// Read implements io.Reader on the WAV file. ErrSealed.
func (r *Reader) Read(p []byte) (int, error) {
	head := r.wav()
	if r.pos < int64(len(head)) {
		n := copy(p, head[r.pos:])
		r.pos += int64(n)
		return n, nil
	}
	at := r.pos - int64(len(head))
	if at >= r.bytes {
		return 0, io.EOF
	}
	chunk := int64(r.label.Chunk)
	if err := r.load(at / chunk); err != nil {
		return 0, err
	}
	n := copy(p, r.plain[at%chunk:])
	r.pos += int64(n)
	return n, nil
}

// load decrypts one chunk.
func (r *Reader) load(n int64) error {
	if r.at == n {
		return nil
	}
	chunk := int64(r.label.Chunk)
	length := min(chunk, r.bytes-n*chunk)
	r.in = append(r.in[:0], make([]byte, 4+length+sealing)...)
	if _, err := r.file.ReadAt(r.in, int64(len(r.raw))+n*(4+chunk+sealing)); err != nil {
		return fmt.Errorf("read recording: %w", err)
	}
	r.at = -1
	var err error
	r.plain, err = r.seal.Open(r.plain[:0], nonce(uint64(n)), r.in[4:], r.raw) //nolint:gosec // not below 0
	if err != nil {
		return fmt.Errorf("read recording, chunk %d: %w", n, ErrSealed)
	}
	r.at = n
	return nil
}

// sum reads all of it: the SHA-256 of the WAV file.
func (r *Reader) sum() (string, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, struct{ io.Reader }{r}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Verify reads all of it and compares with what the trailer says. ErrOpen,
// ErrSealed.
func (r *Reader) Verify() error {
	if r.trailer == nil {
		return ErrOpen
	}
	sum, err := r.sum()
	if err != nil {
		return err
	}
	if sum != r.trailer.WAV {
		return fmt.Errorf("the sound's SHA-256 is %s, not %s: %w", sum, r.trailer.WAV, ErrSealed)
	}
	return nil
}

// wav is the header of the WAV file: RIFF, fmt with an empty extension, fact
// (both wanted for other than PCM), data.
func (r *Reader) wav() []byte {
	if r.header != nil {
		return r.header
	}
	channels, tag := r.label.Channels, uint16(7) // RFC 2361: µ-law
	if r.label.Law == "PCMA" {
		tag = 6
	}
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // into memory
	b.WriteString("RIFF")
	put(uint32(50 + r.bytes)) //nolint:gosec // four hours are far from 4 GB
	b.WriteString("WAVEfmt ")
	put(uint32(18))
	put([]uint16{tag, uint16(channels)})              //nolint:gosec // 1 or 2
	put([]uint32{rate, uint32(rate * channels)})      //nolint:gosec // bytes a second
	put([]uint16{uint16(channels), 8, 0})             //nolint:gosec // bytes a frame, bits a sample, no extension
	b.WriteString("fact")                             //
	put([]uint32{4, uint32(int(r.bytes) / channels)}) //nolint:gosec // frames
	b.WriteString("data")
	put(uint32(r.bytes)) //nolint:gosec // as above
	r.header = b.Bytes()
	return r.header
}
