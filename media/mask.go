package media

const (
	maskHop    = 80          // 10 ms between two looks
	maskWindow = 2 * maskHop // 20 ms looked at
	// maskDelay is how long a sample waits until its neighbourhood has been looked at.
	maskDelay = 3 * maskHop
)

// keyMask silences the keypad's tones in what is recorded: card numbers and PINs must not be read from a recording. Sound
// leaves it 30 ms late, so that the beginning of a tone can still be taken out. Each window in which a tone stands is
// silenced with 10 ms on either side; a tone that begins between two windows is therefore gone from its first sample.
type keyMask struct {
	line [maskDelay + FrameSize]int16 // the newest at the end
	hush [maskDelay + FrameSize]bool
	more int // samples of the next frame that are to be silenced
}

// frame takes 20 ms and gives the 20 ms that came maskDelay before in its place.
func (m *keyMask) frame(f *[FrameSize]int16) {
	copy(m.line[:], m.line[FrameSize:])
	copy(m.hush[:], m.hush[FrameSize:])
	copy(m.line[maskDelay:], f[:])
	for i := range FrameSize {
		m.hush[maskDelay+i] = i < m.more
	}
	m.more = 0
	for at := maskDelay - maskHop; at <= maskDelay; at += maskHop {
		if keyIn(m.line[at:at+maskWindow]) != 0 {
			m.silence(at-maskHop, at+maskWindow+maskHop)
		}
	}
	for i := range f {
		f[i] = m.line[i]
		if m.hush[i] {
			f[i] = 0
		}
	}
}

func (m *keyMask) silence(from, to int) {
	for i := from; i < min(to, len(m.hush)); i++ {
		m.hush[i] = true
	}
	m.more = max(m.more, to-len(m.hush))
}
