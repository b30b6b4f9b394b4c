package sip

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/sip/siptest"
)

// TestJudgeRegister is what an answer to REGISTER means, row by row.
func TestJudgeRegister(t *testing.T) {
	const own = "sip:u@192.0.2.1:5060"
	for _, row := range []struct {
		name string
		code int // 0: none came
		head []string
		want registered
	}{
		{"silence", 0, nil, registered{fault: "no answer to REGISTER", advances: true}},
		{"granted as asked", 200, nil, registered{granted: time.Hour}},
		{"granted less, by the header", 200, []string{"Expires: 60"}, registered{granted: time.Minute}},
		{"by our Contact among others", 200, []string{"Contact: <sip:u@192.0.2.9>;expires=5", "Contact: <" + own + ">;expires=90", "Expires: 7"}, registered{granted: 90 * time.Second}},
		{"by a Contact that was rewritten", 200, []string{"Contact: <sip:u@203.0.113.1:40000>;expires=45"}, registered{granted: 45 * time.Second}},
		{"more than asked", 200, []string{"Expires: 86400"}, registered{granted: time.Hour}},
		{"nonsense", 200, []string{"Expires: soon"}, registered{granted: time.Hour}},
		{"too brief", 423, []string{"Min-Expires: 7200"}, registered{fault: "423 to REGISTER", minimum: 2 * time.Hour}},
		{"too brief, and no more than asked", 423, []string{"Min-Expires: 60"}, registered{fault: "423 to REGISTER"}},
		{"too brief beyond reason", 423, []string{"Min-Expires: 99999999"}, registered{fault: "423 to REGISTER", minimum: 24 * time.Hour}},
		{"forbidden", 403, nil, registered{fault: "403 to REGISTER"}},
		{"busy", 503, []string{"Retry-After: 40"}, registered{fault: "503 to REGISTER", later: 40 * time.Second, advances: true}},
	} {
		var res *sip.Response
		if row.code != 0 {
			text := fmt.Sprintf("SIP/2.0 %d X\r\n%s\r\n\r\n", row.code, strings.Join(append(row.head, "Content-Length: 0"), "\r\n"))
			msg, err := sip.NewParser().ParseSIP([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			res = msg.(*sip.Response)
		}
		if got := judgeRegister(res, time.Hour, own); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
	}
}

func TestBackOff(t *testing.T) {
	for fails, want := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 6: 5 * time.Minute, 60: 5 * time.Minute} {
		if got := backOff(fails); got != want {
			t.Errorf("after %d: %v, want %v", fails, got, want)
		}
	}
}

func registering(port int) option {
	return withTrunk(func(t *Trunk) {
		t.User, t.Password, t.Register, t.Domain = "0287100", "secret", true, "trunk.example"
	})
}

// TestRegistrarWantsLonger: 423 is answered at once by what it asks for.
func TestRegistrarWantsLonger(t *testing.T) {
	p := siptest.NewPeer(t, "")
	r := newRig(t, p.Port(), registering(0), withTrunk(func(t *Trunk) { t.Expires = time.Minute }))
	p.SetTarget(r.udp())
	m := p.Expect("REGISTER", "REGISTER")
	p.Send(m.Reply("423 Interval Too Brief", "a", "", "Min-Expires: 600"))
	again := p.Expect("REGISTER", "REGISTER")
	if again.Header("Expires") != "600" || again.Header("Call-ID") != m.Header("Call-ID") {
		t.Errorf("again: %+v", again)
	}
	p.Send(again.Reply("200 OK", "a", "", "Expires: 600"))
	eventually(t, func() bool { return r.Trunks()[0].Registered }, func() string { return r.Trunks()[0].Fault })
	if left := time.Until(r.Trunks()[0].Until); left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("holds for %v", left)
	}
	unbind(t, r, p)
}

// unbind ends the rig while the registrar answers.
func unbind(t *testing.T, r *rig, p *siptest.Peer) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- r.Close(t.Context()) }()
	for {
		m := p.Expect("REGISTER", "REGISTER")
		p.Send(m.Reply("200 OK", "a", ""))
		if m.Header("Expires") == "0" {
			break
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestNextRegistrar: the first is silent, the second binds us; both may send us calls, and calls go to the second.
func TestNextRegistrar(t *testing.T) {
	dead, alive := siptest.NewPeer(t, ""), siptest.NewPeerAt(t, "127.0.0.2:0", "")
	r := newRig(t, dead.Port(), registering(0), withTrunk(func(t *Trunk) {
		t.Backups, t.Allow, t.Domain = []string{alive.Addr()}, nil, ""
	}), func(c *Config) { c.TrunkSilent = 5 * testT1 })
	dead.Expect("REGISTER", "REGISTER")
	m := alive.Expect("REGISTER", "REGISTER")
	alive.SetTarget(r.udp())
	alive.Send(m.Reply("200 OK", "a", ""))
	eventually(t, func() bool { return r.Trunks()[0].Registered }, func() string { return r.Trunks()[0].Fault })
	if s := r.Trunks()[0]; s.Peer != netip.MustParseAddrPort(alive.Addr()) || !s.Up {
		t.Errorf("state %+v", s)
	}
	contact := m.URI("Contact")
	call := alive.NewCall("+84901234567", strings.TrimPrefix(strings.SplitN(contact, "@", 2)[0], "sip:"))
	call.Remote = "<sip:1900@trunk.example>"
	alive.Send(call.Request("INVITE", siptest.SDP(1)))
	if a := r.next(); a.Called != "1900" {
		t.Errorf("called %q: the request URI names our binding, To the number", a.Called)
	} else {
		a.Release(486)
	}
	alive.Expect("SIP/2.0 486", "INVITE")
	alive.Send(call.Request("ACK", ""))
	unbind(t, r, alive)
}

// TestStaleNonce: a refresh begins with the nonce that was good, and answers a new one at once.
func TestStaleNonce(t *testing.T) {
	p := siptest.NewPeer(t, "")
	r := newRig(t, p.Port(), registering(0))
	p.SetTarget(r.udp())
	m := p.Expect("REGISTER", "REGISTER")
	ask := func(nonce string) string {
		return `WWW-Authenticate: Digest realm="trunk", nonce="` + nonce + `", qop="auth", algorithm=SHA-256, stale=true`
	}
	p.Send(m.Reply("401 Unauthorized", "a", "", ask("one"), `WWW-Authenticate: Digest realm="trunk", nonce="md5"`))
	m = p.Expect("REGISTER", "REGISTER")
	p.Send(m.Reply("200 OK", "a", "", "Expires: 1"))
	m = nextNumber(p, m)
	if h := m.Header("Authorization"); !strings.Contains(h, `nonce="one"`) || !strings.Contains(h, "nc=00000002") || !strings.Contains(h, "SHA-256") {
		t.Errorf("refresh: %s", h)
	}
	p.Send(m.Reply("401 Unauthorized", "a", "", ask("two")))
	m = nextNumber(p, m)
	if h := m.Header("Authorization"); !strings.Contains(h, `nonce="two"`) || !strings.Contains(h, "nc=00000001") {
		t.Errorf("after a stale nonce: %s", h)
	}
	p.Send(m.Reply("200 OK", "a", ""))
	unbind(t, r, p)
}

// nextNumber is the next REGISTER that is no repetition of last.
func nextNumber(p *siptest.Peer, last siptest.Message) siptest.Message {
	for {
		if m := p.Expect("REGISTER", "REGISTER"); m.Header("CSeq") != last.Header("CSeq") {
			return m
		}
	}
}

// TestChangedTrunk: a changed trunk binds anew only after the old binding is undone, its calls count on, and a running
// call is not touched.
func TestChangedTrunk(t *testing.T) {
	p := siptest.NewPeer(t, "")
	r := newRig(t, p.Port(), registering(0), withTrunk(func(t *Trunk) { t.MaxCalls = 1 }))
	p.SetTarget(r.udp())
	m := p.Expect("REGISTER", "REGISTER")
	p.Send(m.Reply("200 OK", "a", ""))
	eventually(t, func() bool { return r.Trunks()[0].Registered }, func() string { return r.Trunks()[0].Fault })
	c, leg, rec := answeredDial(t, r, p)
	changed := r.trunk("t1").Trunk
	changed.Expires = 2 * time.Hour
	if err := r.SetTrunks([]Trunk{changed}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Dial(dialTo("t1", "+84901234567", "")); err == nil {
		t.Error("one call too many: the running one is forgotten")
	}
	m = p.Expect("REGISTER", "REGISTER")
	if m.Header("Expires") != "0" {
		t.Errorf("first after the change: Expires %s", m.Header("Expires"))
	}
	p.Send(m.Reply("200 OK", "a", ""))
	m = nextNumber(p, siptest.Message{})
	for m.Header("Expires") == "0" {
		m = nextNumber(p, m)
	}
	if m.Header("Expires") != "7200" {
		t.Errorf("then: Expires %s", m.Header("Expires"))
	}
	p.Send(m.Reply("200 OK", "a", ""))
	p.Send(c.Request("BYE", ""))
	p.Expect("SIP/2.0 200", "BYE")
	rec.has(t, "gone by customer  0")
	_ = leg
	unbind(t, r, p)
}
