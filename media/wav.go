package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The format tags of WAV that we read (RFC 2361): 16-bit PCM, A-law, µ-law.
const (
	wavPCM  = 1
	wavALaw = 6
	wavMu   = 7
	// maxWAV is ten minutes of 16-bit sound and room for its header: more is no prompt.
	maxWAV = 10*60*clockRate*2 + 64<<10
)

// ErrWAV says that a file is not a WAV of 8 kHz, one channel, 16-bit PCM or G.711.
var ErrWAV = errors.New("not a WAV of 8 kHz, mono, 16-bit PCM, A-law or µ-law")

// ReadWAV reads a whole file. Errors wrap ErrWAV or are the reader's.
func ReadWAV(r io.Reader) (*Clip, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxWAV+1))
	if err != nil {
		return nil, fmt.Errorf("read wav: %w", err)
	}
	if len(b) > maxWAV {
		return nil, fmt.Errorf("read wav: more than %d bytes: %w", maxWAV, ErrWAV)
	}
	samples, err := parseWAV(b)
	if err != nil {
		return nil, fmt.Errorf("read wav: %w", err)
	}
	return NewClip(samples), nil
}

// parseWAV walks the chunks of a RIFF file: "RIFF" size "WAVE", then id, size, data padded to an even length.
func parseWAV(b []byte) ([]int16, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("no RIFF header: %w", ErrWAV)
	}
	tag := uint16(0)
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		// A recorder that streams leaves the size of its data at the maximum.
		body := b[:min(size, len(b))]
		switch id {
		case "fmt ":
			var err error
			if tag, err = wavFormat(body); err != nil {
				return nil, err
			}
		case "data":
			return wavSamples(tag, body)
		}
		b = b[min(size+size&1, len(b)):]
	}
	return nil, fmt.Errorf("no data: %w", ErrWAV)
}

func wavFormat(b []byte) (tag uint16, err error) {
	if len(b) < 16 {
		return 0, fmt.Errorf("fmt chunk of %d bytes: %w", len(b), ErrWAV)
	}
	le := binary.LittleEndian
	tag, channels, rate, bitsEach := le.Uint16(b), le.Uint16(b[2:]), le.Uint32(b[4:]), le.Uint16(b[14:])
	wide := map[uint16]uint16{wavPCM: 16, wavALaw: 8, wavMu: 8}[tag]
	if wide == 0 || bitsEach != wide || channels != 1 || rate != clockRate {
		return 0, fmt.Errorf("format %d, %d channels, %d Hz, %d bits: %w", tag, channels, rate, bitsEach, ErrWAV)
	}
	return tag, nil
}

func wavSamples(tag uint16, b []byte) ([]int16, error) {
	switch tag {
	case wavPCM:
		samples := make([]int16, len(b)/2)
		for i := range samples {
			samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
		}
		return samples, nil
	case wavALaw, wavMu:
		law := PCMU
		if tag == wavALaw {
			law = PCMA
		}
		samples := make([]int16, len(b))
		for i, c := range b {
			samples[i] = law.Decode(c)
		}
		return samples, nil
	}
	return nil, fmt.Errorf("data before fmt: %w", ErrWAV)
}

// WriteWAV writes the clip as 16-bit PCM.
func WriteWAV(w io.Writer, c *Clip) error {
	data := len(c.samples) * 2
	b := make([]byte, 44, 44+data)
	le := binary.LittleEndian
	copy(b, "RIFF")
	le.PutUint32(b[4:], uint32(36+data))
	copy(b[8:], "WAVEfmt ")
	le.PutUint32(b[16:], 16)
	le.PutUint16(b[20:], wavPCM)
	le.PutUint16(b[22:], 1)
	le.PutUint32(b[24:], clockRate)
	le.PutUint32(b[28:], clockRate*2) // bytes per second
	le.PutUint16(b[32:], 2)           // bytes per sample
	le.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	le.PutUint32(b[40:], uint32(data))
	for _, s := range c.samples {
		b = le.AppendUint16(b, uint16(s))
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write wav: %w", err)
	}
	return nil
}
