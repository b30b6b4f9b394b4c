package browser

import (
	"encoding/binary"
	"math"
)

// ToneWAV is a file for the microphone: a sine of half the full power at 48 kHz, mono, 16 bit. hz must be a whole number,
// so that a second holds whole waves and the loop makes no click.
func ToneWAV(hz, seconds int) []byte {
	const rate = 48000
	size := rate * seconds * 2
	b := make([]byte, 0, 44+size)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // mono
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, rate*2)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	for i := range rate * seconds {
		v := 0.5 * math.MaxInt16 * math.Sin(2*math.Pi*float64(hz)*float64(i%rate)/rate)
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(v)))
	}
	return b
}
