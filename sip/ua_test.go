package sip

import (
	"net/netip"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

func TestAdmission(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9, func(c *Config) { c.Admit = func() (bool, time.Duration) { return false, 7 * time.Second } })
	p := siptest.NewPeer(t, r.udp())
	p.Send(p.NewCall("1", "1900").Request("INVITE", siptest.SDP(1)))
	if m := p.Expect("SIP/2.0 503", "INVITE"); m.Header("Retry-After") != "7" {
		t.Errorf("Retry-After: %q", m.Header("Retry-After"))
	}
}

// TestTrunkSwap: a trunk that is taken away is a stranger from the next packet on; its call goes on.
func TestTrunkSwap(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	p := siptest.NewPeerAt(t, "127.0.0.2:0", r.udp())
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Silent(4 * testT1)
	if err := r.SetTrunks([]Trunk{{ID: "t2", Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}}}); err != nil {
		t.Fatal(err)
	}
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Expect("SIP/2.0 200", "OPTIONS")
	if err := r.SetTrunks([]Trunk{{ID: "t2"}}); err == nil {
		t.Error("a trunk without addresses was accepted")
	}
	p.Send(p.NewCall("1", "2").Request("OPTIONS", ""))
	p.Expect("SIP/2.0 200", "OPTIONS")
}
