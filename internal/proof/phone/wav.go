package phone

import (
	"encoding/binary"
	"math"
)

// WAV is a file with a sine of a quarter of the full power, mono, 16 bit: for a browser's microphone (48 kHz) or a softphone
// (8 kHz). hz must be a whole number, so that a second holds whole waves and a loop makes no click.
func WAV(rate, hz, seconds int) []byte {
	size := rate * seconds * 2
	b := make([]byte, 0, 44+size)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // mono
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*2))
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	for i := range rate * seconds {
		v := 0.5 * math.MaxInt16 * math.Sin(2*math.Pi*float64(hz)*float64(i%rate)/float64(rate))
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(v)))
	}
	return b
}
