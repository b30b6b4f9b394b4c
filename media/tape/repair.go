package tape

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Repair gives a tape whose recorder was cut off its end: what follows the last
// chunk that opens is cut away, and a trailer says that the tape is truncated. A
// tape that has an end is left as it is.
func Repair(path string, keys *Keyring) (Trailer, error) {
	r, err := Open(path, keys)
	if err != nil {
		return Trailer{}, err
	}
	defer r.Close()
	if t, err := r.Trailer(); err == nil {
		return t, nil
	}
	for n := r.chunks(); n > 0; n-- { // a power cut may have left a hole at the end
		if err := r.load(n - 1); err == nil {
			break
		}
		r.bytes = (n - 1) * int64(r.label.Chunk)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Trailer{}, fmt.Errorf("repair recording: %w", err)
	}
	at := int64(len(r.raw)) + r.bytes + r.chunks()*(4+sealing)
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return Trailer{}, errors.Join(fmt.Errorf("repair recording: %w", err), f.Close())
	}
	if err := f.Truncate(at); err != nil {
		return Trailer{}, errors.Join(fmt.Errorf("repair recording: %w", err), f.Close())
	}
	w := &Writer{file: f, label: r.label, raw: r.raw, seal: r.seal, n: uint64(r.chunks()), bytes: r.bytes} //nolint:gosec // not below 0
	return w.Close(Trailer{Why: "cut_off", Truncated: true})
}
