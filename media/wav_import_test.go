package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
)

// wavOf writes a file of any shape: sine tones of the given hertz, half as loud
// as can be, in both channels.
func wavOf(s wavShape, seconds float64, extensible bool, hertz ...float64) []byte {
	var data []byte
	for i := range int(seconds * float64(s.rate)) {
		v := 0.0
		for _, hz := range hertz {
			v += 0.5 / float64(len(hertz)) * math.Sin(2*math.Pi*hz*float64(i)/float64(s.rate))
		}
		for range s.channels {
			switch {
			case s.tag == wavALaw:
				data = append(data, PCMA.Encode(int16(v*32767)))
			case s.tag == wavMu:
				data = append(data, PCMU.Encode(int16(v*32767)))
			case s.width == 1:
				data = append(data, byte(128+v*127))
			default:
				whole := uint32(int32(v * (1<<31 - 1)))
				for b := 4 - s.width; b < 4; b++ {
					data = append(data, byte(whole>>(8*b)))
				}
			}
		}
	}
	le := binary.LittleEndian
	format := le.AppendUint16(nil, s.tag)
	if extensible {
		format = le.AppendUint16(nil, wavExtensible)
	}
	format = le.AppendUint16(format, uint16(s.channels))
	format = le.AppendUint32(format, uint32(s.rate))
	format = le.AppendUint32(format, uint32(s.rate*s.channels*s.width))
	format = le.AppendUint16(format, uint16(s.channels*s.width))
	format = le.AppendUint16(format, uint16(s.width*8))
	if extensible {
		format = append(format, 22, 0, byte(s.width*8), 0, 4, 0, 0, 0)
		format = append(le.AppendUint16(format, s.tag), make([]byte, 14)...)
	}
	file := []byte("RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00abc\x00fmt ")
	file = append(le.AppendUint32(file, uint32(len(format))), format...)
	file = append(le.AppendUint32(append(file, "data"...), uint32(len(data))), data...)
	return file
}

// level is how strong a tone is in a clip: its amplitude, 0 to 1.
func level(c *Clip, hertz float64) float64 {
	var re, im float64
	for i, s := range c.samples {
		w := 2 * math.Pi * hertz * float64(i) / clockRate
		re += float64(s) / 32768 * math.Cos(w)
		im += float64(s) / 32768 * math.Sin(w)
	}
	return 2 * math.Hypot(re, im) / float64(len(c.samples))
}

// Whatever shape a file has, the tone in it comes out as loud as it was, at the
// same pitch and for as long.
func TestImportWAV(t *testing.T) {
	for _, s := range []wavShape{
		{wavPCM, 1, 8000, 2}, {wavPCM, 2, 44100, 2}, {wavPCM, 1, 48000, 3}, {wavPCM, 2, 96000, 4}, {wavPCM, 1, 11025, 1},
		{wavPCM, 1, 16000, 2}, {wavPCM, 1, 4000, 2}, {wavALaw, 1, 8000, 1}, {wavMu, 1, 8000, 1}, {wavMu, 2, 16000, 1}, {wavPCM, 1, 22050, 2},
	} {
		for _, extensible := range []bool{false, true} {
			c, err := ImportWAV(bytes.NewReader(wavOf(s, 1, extensible, 1000)))
			if err != nil {
				t.Errorf("%+v: %v", s, err)
				continue
			}
			if n := len(c.samples); n < clockRate-2 || n > clockRate+2 {
				t.Errorf("%+v: a second became %d samples", s, n)
			}
			if got := level(c, 1000); math.Abs(got-0.5) > 0.01 {
				t.Errorf("%+v: the tone is %.3f loud, not 0.5", s, got)
			}
			if got := level(c, 3000); got > 0.02 { // G.711 bends a tone a little
				t.Errorf("%+v: a tone that was not there is %.3f loud", s, got)
			}
		}
	}
}

// What lies above the telephone's band is taken away, not folded into it: 5 kHz
// would be heard at 3 kHz.
func TestImportDoesNotFold(t *testing.T) {
	for _, rate := range []int{16000, 44100, 48000} {
		c, err := ImportWAV(bytes.NewReader(wavOf(wavShape{wavPCM, 1, rate, 2}, 1, false, 5000, 1000)))
		if err != nil {
			t.Fatal(err)
		}
		if alias := level(c, 3000); alias > 0.25*0.001 { // −60 dB
			t.Errorf("from %d Hz, 5 kHz is heard at 3 kHz, %.5f loud", rate, alias)
		}
		if got := level(c, 1000); math.Abs(got-0.25) > 0.005 {
			t.Errorf("from %d Hz, 1 kHz is %.3f loud", rate, got)
		}
	}
}

// The sound of 16 bits at 8 kHz is kept to the bit.
func TestImportKeepsWhatFits(t *testing.T) {
	var file bytes.Buffer
	want := NewClip([]int16{0, 1, -1, 32767, -32768, 12345})
	if err := WriteWAV(&file, want); err != nil {
		t.Fatal(err)
	}
	c, err := ImportWAV(&file)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range want.samples {
		if c.samples[i] != s {
			t.Errorf("sample %d: %d, was %d", i, c.samples[i], s)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	good := wavShape{wavPCM, 1, 8000, 2}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"no WAV":       {[]byte("ID3 this is an mp3"), "save it as WAV"},
		"empty":        {nil, "save it as WAV"},
		"float":        {wavOf(wavShape{3, 1, 8000, 4}, 0.1, false, 1000), "format 3"},
		"64 bits":      {wavOf(wavShape{wavPCM, 1, 8000, 8}, 0, false, 1000), "64 bits"},
		"six channels": {wavOf(wavShape{wavPCM, 6, 8000, 2}, 0.1, false, 1000), "6 channels"},
		"too slow":     {wavOf(wavShape{wavPCM, 1, 2000, 2}, 0.1, false, 100), "2000 samples"},
		"no sound":     {wavOf(good, 0, false, 1000), "no sound"},
		"cut off":      {wavOf(good, 0.1, false, 1000)[:30], "no data"},
		"too long":     {wavOf(wavShape{wavPCM, 1, 4000, 1}, 601, false, 100), "too long"},
	} {
		if _, err := ImportWAV(bytes.NewReader(c.file)); !errors.Is(err, ErrImport) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzImportWAV(f *testing.F) {
	f.Add(wavOf(wavShape{wavPCM, 2, 44100, 3}, 0.01, true, 1000))
	f.Add(wavOf(wavShape{wavMu, 1, 8000, 1}, 0.01, false, 1000))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ImportWAV(bytes.NewReader(b)); (c == nil) == (err == nil) {
			t.Errorf("clip %v, error %v", c, err)
		}
	})
}
