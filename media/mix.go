package media

// mix adds up frames and cuts what is too loud for 16 bits: it saturates, it never wraps. Nobody to hear is silence.
func mix(dst *[FrameSize]int16, heard []*[FrameSize]int16) {
	switch len(heard) {
	case 0:
		clear(dst[:])
		return
	case 1:
		*dst = *heard[0]
		return
	}
	var sum [FrameSize]int32
	for _, f := range heard {
		for i, s := range f {
			sum[i] += int32(s)
		}
	}
	for i, s := range sum {
		dst[i] = int16(min(max(s, -1<<15), 1<<15-1))
	}
}

// encodeFrame writes a frame in the given law. dst holds FrameSize bytes.
func encodeFrame(law Law, dst []byte, frame *[FrameSize]int16) {
	dst = dst[:FrameSize]
	if law == PCMA {
		for i, s := range frame {
			dst[i] = encodeA(s)
		}
		return
	}
	for i, s := range frame {
		dst[i] = encodeMu(s)
	}
}
