package sip

import (
	"errors"
	"testing"
	"time"

	"github.com/callstamp/callstamp/sip/siptest"
)

const soon = 200 * time.Millisecond // of TrunkSilent in tests; Timer B is 1.92 s

func silentSoon(c *Config) { c.TrunkSilent = soon }

const silentStory = "sent; rejected 408; gone by network sip 408 trunk_silent"

// TestSilentTrunk: nothing comes back, so the call is told long before Timer B, and the INVITE is not repeated after it.
func TestSilentTrunk(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, silentSoon)
	began := time.Now()
	_, rec := r.dialOut(0)
	rec.tells(t, silentStory)
	if took := time.Since(began); took < soon || took > soon+64*testT1/2 {
		t.Errorf("given up after %v, want %v", took, soon)
	}
	for range 4 { // T1·(1+2+4) = 210 ms
		if m, ok := p.Receive(soon / 2); ok && m.Header("CSeq") != "1 INVITE" {
			t.Errorf("got %q", m.Start)
		}
	}
	p.Silent(16 * testT1)
}

// TestSilentTrunkRings: who is heard of after all is cancelled, once, and the refusal acknowledged.
func TestSilentTrunkRings(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, silentSoon)
	_, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	rec.tells(t, silentStory)
	p.Send(invite.Reply("180 Ringing", "a", ""))
	cancel := p.Expect("CANCEL", "CANCEL")
	if cancel.Header("Via") != invite.Header("Via") {
		t.Errorf("CANCEL has Via %q, the INVITE %q", cancel.Header("Via"), invite.Header("Via"))
	}
	p.Send(cancel.Reply("200 OK", "a", ""))
	p.Send(invite.Reply("487 Request Terminated", "a", ""))
	ack := p.Expect("ACK", "ACK")
	if ack.Header("Via") != invite.Header("Via") || ack.Tag("To") != "a" {
		t.Errorf("ACK has Via %q, To %q", ack.Header("Via"), ack.Header("To"))
	}
	eventually(t, func() bool { return r.Legs() == 0 }, func() string { return "the leg waits on" })
	rec.tells(t, silentStory)
}

// TestSilentTrunkAnswers: a 200 that comes late is acknowledged and ended.
func TestSilentTrunkAnswers(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, silentSoon)
	_, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	rec.tells(t, silentStory)
	p.Send(invite.Reply("200 OK", "late", siptest.SDP(1), "Contact: <sip:late@"+p.Addr()+">"))
	p.Expect("ACK", "ACK")
	bye := p.Expect("BYE", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	rec.tells(t, silentStory)
}

// TestNotSilent: 100 is enough, whatever the ringing takes.
func TestNotSilent(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, silentSoon)
	_, rec := r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("100 Trying", "", ""))
	p.Silent(2 * soon)
	p.Send(invite.Reply("486 Busy Here", "a", ""))
	rec.tells(t, "sent; rejected 486; gone by customer sip 486 busy")
}

// TestCancelIntoSilence: the conversation gave up first.
func TestCancelIntoSilence(t *testing.T) {
	t.Parallel()
	r, p := outRig(t, silentSoon)
	leg, rec := r.dialOut(0)
	p.Expect("INVITE", "INVITE")
	leg.Release(0)
	rec.tells(t, "sent; rejected 408; gone by system cancelled sip 408 trunk_silent")
}

// TestRetryAfter: after 503 with a time nothing goes out in that time; without one, or with another status, it does.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, status, header string
		rests                time.Duration
	}{
		{"with a time", "503 Service Unavailable", "Retry-After: 2", 2 * time.Second},
		{"with a comment", "503 Service Unavailable", "Retry-After: 2 (at lunch);duration=60", 2 * time.Second},
		{"for ever", "503 Service Unavailable", "Retry-After: 99999999", time.Hour},
		{"without", "503 Service Unavailable", "X: y", 0},
		{"of another kind", "486 Busy Here", "Retry-After: 2", 0},
		{"no number", "503 Service Unavailable", "Retry-After: soon", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, p := outRig(t)
			_, rec := r.dialOut(0)
			invite := p.Expect("INVITE", "INVITE")
			p.Send(invite.Reply(row.status, "a", "", row.header))
			p.Expect("ACK", "ACK")
			rec.has(t, "rejected "+row.status[:3])
			leg, err := r.Dial(dialTo("t1", "+84901234567", ""))
			var rest Resting
			switch {
			case row.rests == 0 && err != nil:
				t.Fatal(err)
			case row.rests == 0:
				leg.Release(0)
			case !errors.As(err, &rest) || rest.Asked != row.rests || rest.For > row.rests || rest.For < row.rests-time.Second:
				t.Fatalf("dialed: %v", err)
			}
			if got := r.Resting("t1"); (got != nil) != (row.rests > 0) {
				t.Errorf("rests: %v", got)
			}
			if row.rests == 2*time.Second {
				eventually(t, func() bool { return r.Resting("t1") == nil }, func() string { return "the rest does not end" })
				leg, err := r.Dial(dialTo("t1", "+84901234567", ""))
				if err != nil {
					t.Fatalf("after the rest: %v", err)
				}
				leg.Release(0)
			}
		})
	}
}
