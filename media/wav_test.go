package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"
)

func wavFile(tag, channels uint16, rate uint32, bitsEach uint16, data []byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF\x00\x00\x00\x00WAVE"), "LIST\x03\x00\x00\x00abc\x00fmt \x12\x00\x00\x00"...) // an odd chunk is padded
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, bitsEach)
	b = le.AppendUint16(b, 0)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

func TestReadWAV(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want []int16
	}{
		"16 bits":            {wavFile(wavPCM, 1, 8000, 16, []byte{0x34, 0x12, 0xFF, 0xFF}), []int16{0x1234, -1}},
		"µ-law":              {wavFile(wavMu, 1, 8000, 8, []byte{0x80, 0xFF}), []int16{32124, 0}},
		"A-law":              {wavFile(wavALaw, 1, 8000, 8, []byte{0xAA, 0xD5}), []int16{32256, 8}},
		"endless data":       {bytes.Replace(wavFile(wavMu, 1, 8000, 8, []byte{0xFE}), []byte("data\x01\x00\x00\x00"), []byte("data\xFF\xFF\xFF\xFF"), 1), []int16{8}},
		"stereo":             {wavFile(wavPCM, 2, 8000, 16, nil), nil},
		"48 kHz":             {wavFile(wavPCM, 1, 48000, 16, nil), nil},
		"24 bits":            {wavFile(wavPCM, 1, 8000, 24, nil), nil},
		"floating point":     {wavFile(3, 1, 8000, 32, nil), nil},
		"not a WAV":          {[]byte("ID3 something else entirely"), nil},
		"nothing":            {nil, nil},
		"header only":        {wavFile(wavMu, 1, 8000, 8, nil)[:30], nil},
		"data without a fmt": {[]byte("RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00ab"), nil},
	} {
		clip, err := ReadWAV(bytes.NewReader(c.file))
		switch {
		case c.want == nil && !errors.Is(err, ErrWAV):
			t.Errorf("%s: %v, want ErrWAV", name, err)
		case c.want != nil && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != nil && !slices.Equal(clip.Samples(), c.want):
			t.Errorf("%s: %v, want %v", name, clip.Samples(), c.want)
		}
	}
	if _, err := ReadWAV(bytes.NewReader(make([]byte, maxWAV+1))); !errors.Is(err, ErrWAV) {
		t.Errorf("ten minutes and more: %v", err)
	}
}

func TestWriteWAVReadsBack(t *testing.T) {
	var b bytes.Buffer
	tone := Tone(100*time.Millisecond, 440)
	if err := WriteWAV(&b, tone); err != nil {
		t.Fatal(err)
	}
	back, err := ReadWAV(&b)
	if err != nil || !slices.Equal(back.Samples(), tone.Samples()) {
		t.Errorf("%v", err)
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(wavFile(wavPCM, 1, 8000, 16, []byte{1, 2, 3}))
	f.Add(wavFile(wavMu, 1, 8000, 8, []byte{1, 2, 3}))
	f.Fuzz(func(t *testing.T, b []byte) {
		clip, err := ReadWAV(bytes.NewReader(b))
		if err != nil && !errors.Is(err, ErrWAV) {
			t.Errorf("%v is no ErrWAV", err)
		}
		if err == nil && len(clip.Samples()) > len(b) {
			t.Error("more samples than bytes")
		}
	})
}

func TestPlayers(t *testing.T) {
	a, b := NewClip(make([]int16, 100)), NewClip(make([]int16, 100))
	frame := make([]byte, FrameSize)
	once := Once(a, b)
	if n, m, o := once.Frame(PCMU, frame), once.Frame(PCMU, frame), once.Frame(PCMU, frame); n != 160 || m != 40 || o != 0 {
		t.Errorf("a playlist of 200 samples gave %d, %d, %d", n, m, o)
	}
	loop := Loop(a, b)
	for i := range 10 {
		if n := loop.Frame(PCMA, frame); n != FrameSize || frame[0] != PCMA.Encode(0) {
			t.Errorf("frame %d of a loop: %d", i, n)
		}
	}
	if n := Loop(NewClip(nil)).Frame(PCMU, frame); n != 0 {
		t.Errorf("a loop of nothing gave %d", n)
	}
}
