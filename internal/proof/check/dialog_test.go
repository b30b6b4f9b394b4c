package check

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

var (
	productAt = netip.MustParseAddrPort("127.0.0.1:5060")
	phonesAt  = netip.MustParseAddrPort("127.0.0.1:5070")
)

// sipText is a message of a call that the product makes; tag is the far side's.
func sipText(start, cseq, tag, sdp string) []byte {
	return fmt.Appendf(nil, "%s\r\nFrom: <sip:us@x>;tag=ours\r\nTo: <sip:+8490@x>%s\r\nCall-ID: c1\r\nCSeq: %s\r\n\r\n%s", start, tag, cseq, sdp)
}

func sdpAt(port int, dir string) string {
	return fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 0\r\na=%s\r\n", port, dir)
}

// take lets a wire see messages a millisecond apart; those that begin with "<"
// come to the product.
func take(lines ...[2]string) *dialog {
	w := newWire(productAt)
	for i, l := range lines {
		d := datagram{at: int64(i+1) * 1000, src: productAt, dst: phonesAt, body: []byte(l[1])}
		if l[0] == "<" {
			d.src, d.dst = phonesAt, productAt
		}
		w.take(d)
	}
	return w.dialogs["c1"]
}

// The second branch of a forked INVITE is ended at once; that is not the end of
// the call.
func TestForkedAnswer(t *testing.T) {
	a, b := ";tag=a", ";tag=b"
	d := take(
		[2]string{">", string(sipText("INVITE sip:x SIP/2.0", "1 INVITE", "", sdpAt(4000, "sendrecv")))},
		[2]string{"<", string(sipText("SIP/2.0 200 OK", "1 INVITE", a, sdpAt(5000, "sendrecv")))},
		[2]string{"<", string(sipText("SIP/2.0 200 OK", "1 INVITE", b, sdpAt(6000, "sendrecv")))},
		[2]string{">", string(sipText("BYE sip:x SIP/2.0", "1001 BYE", b, ""))},
		[2]string{"<", string(sipText("SIP/2.0 200 OK", "1001 BYE", b, ""))},
		[2]string{">", string(sipText("BYE sip:x SIP/2.0", "2 BYE", a, ""))},
	)
	if d.bye != 6000 || d.customer.Port() != 5000 || d.final != 2000 {
		t.Errorf("ended at %d, sound at %s, answered at %d", d.bye, d.customer, d.final)
	}
}

// Who offers nothing in the INVITE says in the ACK where the sound goes.
func TestAnswerInTheAck(t *testing.T) {
	turned := func(s []byte) string { // a call to the product: From is the far side's
		return strings.NewReplacer("From: <sip:us@x>;tag=ours", "From: <sip:+8490@x>;tag=far").Replace(string(s))
	}
	d := take(
		[2]string{"<", turned(sipText("INVITE sip:x SIP/2.0", "1 INVITE", "", ""))},
		[2]string{">", turned(sipText("SIP/2.0 200 OK", "1 INVITE", ";tag=us", sdpAt(4000, "sendrecv")))},
		[2]string{"<", turned(sipText("ACK sip:x SIP/2.0", "1 ACK", ";tag=us", sdpAt(5000, "sendrecv")))},
	)
	if d.customer.Port() != 5000 || d.product.Port() != 4000 || d.ack != 3000 {
		t.Errorf("customer at %s, product at %s, acknowledged at %d", d.customer, d.product, d.ack)
	}
}

// A hold that met the customer's own re-INVITE counts once it came about.
func TestHoldAfterGlare(t *testing.T) {
	refused := reinvite{at: 1000, byUs: true, dir: "sendonly", status: 491}
	for name, c := range map[string]struct {
		then reinvite
		want bool
	}{
		"asked again":          {reinvite{at: 3_000_000, byUs: true, dir: "sendonly", status: 200}, true},
		"told by the answer":   {reinvite{at: 2000, dir: "sendrecv", okDir: "sendonly", status: 200}, true},
		"refused again":        {reinvite{at: 3_000_000, byUs: true, dir: "sendonly", status: 491}, false},
		"answered without it":  {reinvite{at: 2000, dir: "sendrecv", okDir: "sendrecv", status: 200}, false},
		"asked again too late": {reinvite{at: 6_000_000, byUs: true, dir: "sendonly", status: 200}, false},
	} {
		d := dialog{offers: []reinvite{refused, c.then}}
		if got := d.afterGlare(refused); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// An INVITE that nobody answers has no end on the wire; its call must have
// failed, and not before the INVITE was sent for the last time.
func TestSilentNetwork(t *testing.T) {
	d := &dialog{invite: 1000, asked: 3_501_000}
	for outcome, us := range map[string]int64{"failed": 4_000_000, "answered": 4_000_000, "failed ": 3_000_000} {
		p := pair{d: d, call: row{"outcome": strings.TrimSpace(outcome), "length_us": us}}
		if got, want := p.gaveUp(), outcome == "failed"; got != want {
			t.Errorf("%q after %d µs: %t", outcome, us, got)
		}
	}
}
