package sip

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

// TestKeepAlive: a trunk is up while it answers OPTIONS with anything, down while it does not.
func TestKeepAlive(t *testing.T) {
	r, p := outRig(t, withTrunk(func(t *Trunk) { t.KeepAlive = 100 * time.Millisecond }))
	state := func() TrunkState { return r.Trunks()[0] }
	if state().Up {
		t.Error("up before anything was heard")
	}
	for _, answer := range []string{"200 OK", "404 Not Found"} {
		m := p.Expect("OPTIONS", "OPTIONS")
		p.Send(m.Reply(answer, "a", ""))
		eventually(t, func() bool { return state().Up && state().RTT > 0 }, func() string { return state().Fault })
	}
	since := state().Since
	m := p.Expect("OPTIONS", "OPTIONS")
	p.Send(m.Reply("503 Service Unavailable", "a", ""))
	eventually(t, func() bool { return !state().Up && state().Since.After(since) }, func() string { return "still up" })
}

// TestRegistration: challenged, granted for two seconds, refreshed in time with a fresh CSeq, undone by Close.
func TestRegistration(t *testing.T) {
	p := siptest.NewPeer(t, "")
	r := newRig(t, p.Port(), withTrunk(func(t *Trunk) {
		t.User, t.Password, t.Register, t.Domain = "0287100", "secret", true, "trunk.example"
	}))
	p.SetTarget(r.udp())
	m := p.Expect("REGISTER sip:trunk.example SIP/2.0", "REGISTER")
	if m.URI("To") != "sip:0287100@trunk.example" || m.Header("Expires") != "3600" || !strings.Contains(m.Header("Contact"), "<sip:0287100@127.0.0.1:") {
		t.Errorf("REGISTER: %+v", m)
	}
	p.Send(m.Reply("401 Unauthorized", "a", "", `WWW-Authenticate: Digest realm="trunk", nonce="n"`))
	again := p.Expect("REGISTER", "REGISTER")
	if again.Header("Call-ID") != m.Header("Call-ID") || again.Header("CSeq") != "2 REGISTER" || !strings.Contains(again.Header("Authorization"), `uri="sip:trunk.example"`) {
		t.Errorf("answer to the challenge: %+v", again)
	}
	p.Send(again.Reply("200 OK", "a", "", "Contact: "+again.Header("Contact")+";expires=2"))
	eventually(t, func() bool { return r.Trunks()[0].Registered && r.Trunks()[0].Up }, func() string { return r.Trunks()[0].Fault })
	third := p.Expect("REGISTER", "REGISTER")
	for third.Header("CSeq") == "2 REGISTER" {
		third = p.Expect("REGISTER", "REGISTER")
	}
	p.Send(third.Reply("200 OK", "a", "", "Expires: 3600"))
	closed := make(chan error, 1)
	go func() { closed <- r.Close(context.Background()) }()
	last := p.Expect("REGISTER", "REGISTER")
	for last.Header("Expires") != "0" {
		last = p.Expect("REGISTER", "REGISTER")
	}
	p.Send(last.Reply("200 OK", "a", ""))
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestTrunkFaults(t *testing.T) {
	err := validateTrunks([]Trunk{{ID: "a", Host: "bad host", Transport: "sctp", Port: -1, Register: true, CallerIDs: []string{"x y"}, Domain: "a\r\nb"}, {ID: "a"}, {}})
	for _, want := range []string{"neither an address nor a name", "transport", "port -1", "registers without", "caller id", "domain", "stands twice", "needs an id", "needs allowed"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}
