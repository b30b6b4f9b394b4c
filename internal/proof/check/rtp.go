package check

import (
	"encoding/binary"
	"net/netip"
)

type flowKey struct{ src, dst netip.AddrPort }

// flow is one direction of RTP between two addresses.
type flow struct {
	packets []packet
	keys    []keyPress
}

type packet struct {
	at     int64
	marker bool
}

// keyPress is one RFC 4733 event: all its packets have the same timestamp.
type keyPress struct {
	at, end int64 // first packet; first packet with the E bit, 0 = none
	key     byte
	ts      uint32
	pt      int
}

const keypad = "0123456789*#ABCD"

func (w *wire) rtp(d datagram) {
	b := d.body
	if len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 { // RTCP: RFC 5761 §4
		return
	}
	k := flowKey{d.src, d.dst}
	f := w.flows[k]
	if f == nil {
		f = &flow{}
		w.flows[k] = f
	}
	pt := int(b[1] & 127)
	if pt >= 96 && len(b) >= 16 {
		f.press(d.at, pt, binary.BigEndian.Uint32(b[4:]), b[12], b[13]&0x80 != 0)
		return
	}
	f.packets = append(f.packets, packet{d.at, b[1]&0x80 != 0})
}

func (f *flow) press(at int64, pt int, ts uint32, event byte, end bool) {
	n := len(f.keys)
	if n == 0 || f.keys[n-1].ts != ts {
		if int(event) >= len(keypad) {
			return
		}
		f.keys = append(f.keys, keyPress{at: at, key: keypad[event], ts: ts, pt: pt})
		n++
	}
	if k := &f.keys[n-1]; end && k.end == 0 {
		k.end = at
	}
}

// firstFrom returns the first packet of the flow in from … until.
func (f *flow) firstFrom(from, until int64) (at int64, ok bool) {
	if f == nil {
		return 0, false
	}
	for _, p := range f.packets {
		if p.at >= from && p.at <= until {
			return p.at, true
		}
	}
	return 0, false
}

// lastUntil returns the flow's last packet until an instant.
func (f *flow) lastUntil(until int64) (at int64, ok bool) {
	if f == nil {
		return 0, false
	}
	for _, p := range f.packets {
		if p.at <= until {
			at, ok = p.at, true
		}
	}
	return at, ok
}

// sourceFrom returns when another source began in from … until: the first
// packet with the marker bit, or the first of the call.
func (f *flow) sourceFrom(from, until, began int64) (at int64, ok bool) {
	if f == nil {
		return 0, false
	}
	fresh := true
	for _, p := range f.packets {
		if p.at < began || p.at > until {
			continue
		}
		if p.at >= from && (p.marker || fresh) {
			return p.at, true
		}
		fresh = false
	}
	return 0, false
}

// sound returns when sound was seen both ways after the instant from, by the
// definition in the package's doc.
func (w *wire) sound(d *dialog, from int64) (at int64, ok bool) {
	until := d.last()
	if until == 0 {
		until = 1 << 62
	}
	c, okC := w.flows[flowKey{d.customer, d.product}].firstFrom(from, until)
	a, okA := w.flows[flowKey{d.product, d.customer}].sourceFrom(from, until, d.invite)
	return max(c, a), okC && okA
}

// keys returns what the customer pressed in the call.
func (w *wire) keys(d *dialog) []keyPress {
	f := w.flows[flowKey{d.customer, d.product}]
	if f == nil {
		return nil
	}
	var out []keyPress
	for _, k := range f.keys {
		if k.pt == d.custEvent && k.at >= d.invite && (d.last() == 0 || k.at <= d.last()) {
			out = append(out, k)
		}
	}
	return out
}
