package tape

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// Label stands at the beginning of a tape, in the clear.
type Label struct {
	ID       string `json:"id"`       // unique among all tapes
	Call     string `json:"call"`     // what it is of; not looked at here
	No       int    `json:"no"`       //
	Kind     string `json:"kind"`     //
	Law      string `json:"law"`      // PCMA or PCMU
	Channels int    `json:"channels"` // 1, or 2: left the customer, right the agents
	Chunk    int    `json:"chunk"`    // bytes of sound in a whole chunk
	Began    int64  `json:"began"`    // µs since 1970
	KeyID    string `json:"key"`
	Key      []byte `json:"sealed_key"`
}

const (
	magic = "CSTAPE1\n"
	// rate is samples a second; G.711 has a byte for each.
	rate = 8000
	// maxLabel bounds what is read of a file that may be anything.
	maxLabel = 4 << 10
	maxChunk = 1 << 20
	sealing  = 16 // what GCM adds
)

// marshal is the label with all that stands before the first chunk.
func (l Label) marshal() ([]byte, error) {
	text, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("write label: %w", err)
	}
	if len(text) > maxLabel {
		return nil, fmt.Errorf("write label: %d bytes, at most %d", len(text), maxLabel)
	}
	b := binary.BigEndian.AppendUint16([]byte(magic), uint16(len(text)))
	return append(b, text...), nil
}

// readLabel reads the label and returns its bytes, which seal every chunk.
func readLabel(r io.ReaderAt) (l Label, raw []byte, err error) {
	head := make([]byte, len(magic)+2)
	if _, err := r.ReadAt(head, 0); err != nil || string(head[:len(magic)]) != magic {
		return l, nil, fmt.Errorf("read label: %w", ErrTape)
	}
	n := int(binary.BigEndian.Uint16(head[len(magic):]))
	if n > maxLabel {
		return l, nil, fmt.Errorf("read label of %d bytes: %w", n, ErrTape)
	}
	raw = make([]byte, len(head)+n)
	if k, err := r.ReadAt(raw, 0); k < len(raw) {
		return l, nil, fmt.Errorf("read label: %w (%w)", ErrTape, err)
	}
	if err := json.Unmarshal(raw[len(head):], &l); err != nil {
		return l, nil, fmt.Errorf("read label: %w (%w)", ErrTape, err)
	}
	if l.Channels < 1 || l.Channels > 2 || l.Chunk < 1 || l.Chunk > maxChunk || l.Law != "PCMA" && l.Law != "PCMU" {
		return l, nil, fmt.Errorf("read label: %d channels of %q in chunks of %d: %w", l.Channels, l.Law, l.Chunk, ErrTape)
	}
	return l, raw, nil
}

// Gap is a part of the sound that was silenced on purpose, in µs of the sound.
type Gap struct {
	FromUS int64  `json:"from_us"`
	ToUS   int64  `json:"to_us"`
	Why    string `json:"why"` // paused
}

// Trailer is what is known at a tape's end; it is sealed like the sound.
type Trailer struct {
	Bytes     int64  `json:"bytes"` // of sound
	Gaps      []Gap  `json:"gaps,omitempty"`
	Why       string `json:"why"`                 // why the recording stopped
	Truncated bool   `json:"truncated,omitempty"` // the recorder was cut off; the end was added later
	WAV       string `json:"wav_sha256"`          // of the whole WAV, hexadecimal
}

// LengthUS is the time that n bytes of sound take.
func (l Label) LengthUS(n int64) int64 { return n * 1_000_000 / int64(rate*l.Channels) }
