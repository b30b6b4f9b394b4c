// Package tape keeps recorded sound on disk: encrypted in chunks, readable up to
// the last whole chunk whatever happened, and seekable without reading the rest.
//
//	"CSTAPE1\n" · length of the label (2 bytes, big endian) · label (JSON)
//	length of the sound (4 bytes) · sealed sound (length + 16 bytes)     all but the last are whole chunks
//	…
//	0xFFFFFFFF · length (4) · nonce (12) · sealed trailer (JSON)          missing: the recorder was cut off
//
// Each tape has a data key of its own, sealed (AES-256-GCM) under a key of the
// Keyring, which stands apart from the tapes; the label names it. Chunk i is
// sealed under the nonce i with the label as additional data, so that chunks
// can't be exchanged, left out or moved to another tape; the trailer knows how
// many there are.
//
// The sound is G.711 of one or two channels, interleaved. What is read is a WAV
// file made of it on the fly: its header is computed, not stored.
package tape

import "errors"

// Errors that callers tell apart.
var (
	// ErrTape: the file is no tape, or its label is damaged.
	ErrTape = errors.New("not a recording of ours, or its beginning is damaged")
	// ErrKey: the key that the label names is not on the keyring.
	ErrKey = errors.New("the key of this recording is not in node.data_dir/keys")
	// ErrSealed: a chunk is not what was written.
	ErrSealed = errors.New("the recording was changed or is damaged")
	// ErrOpen: the tape has no end yet.
	ErrOpen = errors.New("the recording is not finished")
)
