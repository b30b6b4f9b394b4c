package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// What people bring as a prompt: any rate and width that recorders and studios
// write, in one channel or two. It becomes 8 kHz, one channel.

const (
	wavExtensible = 0xfffe // the true tag begins the sub-format (RFC 2361 and its successors)
	// maxImport is ten minutes of CD sound, far more than a prompt.
	maxImport = 10 * 60 * 44100 * 4
	minRate   = 4000
	maxRate   = 192000
)

// ErrImport says that a file can't become a prompt, and in its text why.
var ErrImport = errors.New("not a WAV that can be a prompt")

// wavShape is how a file's samples are written.
type wavShape struct {
	tag      uint16
	channels int
	rate     int
	width    int // bytes of one sample
}

// ImportWAV reads a whole file of 8, 16, 24 or 32-bit PCM, A-law or µ-law, at
// 4 to 192 kHz, mono or stereo. Errors wrap ErrImport or are the reader's.
func ImportWAV(r io.Reader) (*Clip, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("import wav: %w", err)
	}
	if len(b) > maxImport {
		return nil, fmt.Errorf("import wav: more than %d MB; a prompt is no longer than ten minutes: %w", maxImport>>20, ErrImport)
	}
	shape, data, err := wavChunks(b)
	if err != nil {
		return nil, fmt.Errorf("import wav: %w", err)
	}
	mono := shape.mono(data)
	if len(mono) == 0 {
		return nil, fmt.Errorf("import wav: it holds no sound: %w", ErrImport)
	}
	if len(mono) > 10*60*shape.rate {
		return nil, fmt.Errorf("import wav: %d s are too long; a prompt is no longer than ten minutes: %w", len(mono)/shape.rate, ErrImport)
	}
	return NewClip(toSamples(resample(mono, shape.rate, clockRate))), nil
}

// wavChunks finds the format and the sound among a RIFF file's chunks.
func wavChunks(b []byte) (shape wavShape, data []byte, err error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return shape, nil, fmt.Errorf("it does not begin as a WAV does; save it as WAV: %w", ErrImport)
	}
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		body := b[:min(size, int64(len(b)))] // a recorder that streams leaves the size at the maximum
		switch id {
		case "fmt ":
			if shape, err = shapeOf(body); err != nil {
				return shape, nil, err
			}
		case "data":
			if shape.rate == 0 {
				return shape, nil, fmt.Errorf("its sound stands before its format: %w", ErrImport)
			}
			return shape, body, nil
		}
		b = b[min(size+size&1, int64(len(b))):]
	}
	return shape, nil, fmt.Errorf("it has no data chunk: %w", ErrImport)
}

func shapeOf(b []byte) (wavShape, error) {
	if len(b) < 16 {
		return wavShape{}, fmt.Errorf("its format has %d bytes, not 16: %w", len(b), ErrImport)
	}
	le := binary.LittleEndian
	s := wavShape{tag: le.Uint16(b), channels: int(le.Uint16(b[2:])), rate: int(le.Uint32(b[4:])), width: int(le.Uint16(b[14:])) / 8}
	if s.tag == wavExtensible && len(b) >= 26 {
		s.tag = le.Uint16(b[24:])
	}
	wide := map[uint16][2]int{wavPCM: {1, 4}, wavALaw: {1, 1}, wavMu: {1, 1}}[s.tag]
	switch {
	case wide[0] == 0:
		return s, fmt.Errorf("its samples have format %d; save it as PCM, A-law or µ-law: %w", s.tag, ErrImport)
	case s.width < wide[0] || s.width > wide[1]:
		return s, fmt.Errorf("its samples have %d bits; save it with 8, 16, 24 or 32: %w", s.width*8, ErrImport)
	case s.channels < 1 || s.channels > 2:
		return s, fmt.Errorf("it has %d channels; save it in mono or stereo: %w", s.channels, ErrImport)
	case s.rate < minRate || s.rate > maxRate:
		return s, fmt.Errorf("it has %d samples a second; save it with %d to %d: %w", s.rate, minRate, maxRate, ErrImport)
	}
	return s, nil
}

// mono reads the samples as −1 … 1 and lays two channels together.
func (s wavShape) mono(data []byte) []float64 {
	frame := s.width * s.channels
	out := make([]float64, len(data)/frame)
	for i := range out {
		sum := 0.0
		for c := range s.channels {
			sum += s.sample(data[i*frame+c*s.width:])
		}
		out[i] = sum / float64(s.channels)
	}
	return out
}

func (s wavShape) sample(b []byte) float64 {
	switch {
	case s.tag == wavALaw:
		return float64(PCMA.Decode(b[0])) / 32768
	case s.tag == wavMu:
		return float64(PCMU.Decode(b[0])) / 32768
	case s.width == 1: // 8-bit PCM alone is unsigned
		return (float64(b[0]) - 128) / 128
	case s.width == 2:
		return float64(int16(binary.LittleEndian.Uint16(b))) / 32768
	case s.width == 3:
		return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)>>8) / (1 << 23)
	}
	return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31)
}

// sincLobes is how far the resampler's filter reaches, in zero crossings to
// each side: its stop band lies below −60 dB.
const sincLobes = 24

// resample brings sound to another rate by a sinc under a Hann window, cut off at
// 92 % of the lower of the two Nyquist frequencies, so that
// nothing folds back into the telephone's band.
func resample(in []float64, from, to int) []float64 {
	if from == to {
		return in
	}
	ratio := float64(to) / float64(from)
	cut := 0.92 * min(1, ratio) // of the input's Nyquist frequency
	half := float64(sincLobes) / cut
	out := make([]float64, int(float64(len(in))*ratio+0.5))
	for i := range out {
		at := float64(i) / ratio
		first, last := max(0, int(math.Ceil(at-half))), min(len(in)-1, int(math.Floor(at+half)))
		sum := 0.0
		for k := first; k <= last; k++ {
			x := at - float64(k)
			sum += in[k] * cut * sinc(cut*x) * (0.5 + 0.5*math.Cos(math.Pi*x/half))
		}
		out[i] = sum
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// toSamples rounds to 16 bits and clips what is louder.
func toSamples(in []float64) []int16 {
	out := make([]int16, len(in))
	for i, v := range in {
		out[i] = int16(max(-32768, min(32767, math.Round(v*32768))))
	}
	return out
}
