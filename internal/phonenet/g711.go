package phonenet

// G.711 (ITU-T), written for this room alone: see the package's reason.

func encode(pt uint8, s int16) byte {
	if pt == 8 {
		return encodeA(s)
	}
	return encodeMu(s)
}

// Decode returns the samples of a packet's payload, as Script.Heard gets them.
func Decode(payload []byte, pt uint8) []int16 {
	samples := make([]int16, len(payload))
	for i, c := range payload {
		samples[i] = decode(pt, c)
	}
	return samples
}

func decode(pt uint8, c byte) int16 {
	if pt == 8 {
		return decodeA(c)
	}
	return decodeMu(c)
}

func encodeMu(s int16) byte {
	sign, v := byte(0), int(s)
	if v < 0 {
		sign, v = 0x80, -v
	}
	v = min(v, 32635) + 132
	seg := byte(7)
	for bit := 1 << 14; v&bit == 0 && seg > 0; bit >>= 1 {
		seg--
	}
	return ^(sign | seg<<4 | byte(v>>(seg+3))&15)
}

func decodeMu(c byte) int16 {
	c = ^c
	v := ((int(c&15) << 3) + 132) << (c >> 4 & 7)
	v -= 132
	if c&0x80 != 0 {
		v = -v
	}
	return int16(v)
}

func encodeA(s int16) byte {
	sign, v := byte(0x80), int(s)
	if v < 0 {
		sign, v = 0, -v-1
	}
	v = min(v, 32767) >> 3 // 12 bits
	if v < 32 {
		return (sign | byte(v>>1)) ^ 0x55
	}
	seg := byte(1)
	for v>>(seg+5) > 0 {
		seg++
	}
	return (sign | seg<<4 | byte(v>>seg)&15) ^ 0x55
}

func decodeA(c byte) int16 {
	c ^= 0x55
	v := int(c&15)<<4 + 8
	if seg := c >> 4 & 7; seg > 0 {
		v = (v + 256) << (seg - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return int16(v)
}
