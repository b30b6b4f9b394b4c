package wiretap

// Key is one keypress as RFC 4733 tells it.
type Key struct {
	Digit    byte
	Duration uint16 // of the last packet, in 1/8000 s
	Packets  int
	Ends     int // packets with the end bit; RFC 4733 §2.5.1.4 wants three
	First    RTP
}

// Keys reads the telephone events of the payload type, one key for each timestamp.
func Keys(packets []Packet, payloadType uint8) []Key {
	var keys []Key
	for _, p := range packets {
		r, ok := ReadRTP(p)
		if !ok || r.Type != payloadType || len(r.Payload) < 4 || r.Payload[0] > 15 {
			continue
		}
		if n := len(keys); n == 0 || keys[n-1].First.Timestamp != r.Timestamp {
			keys = append(keys, Key{Digit: "0123456789*#ABCD"[r.Payload[0]], First: r})
		}
		k := &keys[len(keys)-1]
		k.Packets++
		k.Duration = uint16(r.Payload[2])<<8 | uint16(r.Payload[3])
		if r.Payload[1]&0x80 != 0 {
			k.Ends++
		}
	}
	return keys
}
