package sip

import (
	"testing"

	"github.com/callstamp/callstamp/sip/siptest"
)

// TestMessagesAreCounted: a call out and its end, each message under its sort, on both sides.
func TestMessagesAreCounted(t *testing.T) {
	t.Parallel()
	r, p := outRig(t)
	r.dialOut(0)
	invite := p.Expect("INVITE", "INVITE")
	p.Send(invite.Reply("180 Ringing", "a", ""))
	p.Send(invite.Reply("200 OK", "a", siptest.SDP(1), "Contact: <sip:a@"+p.Addr()+">"))
	p.Expect("ACK", "ACK")
	p.Send(p.Answering(invite, "a").Request("BYE", ""))
	p.Expect("SIP/2.0 200", "BYE")
	got := map[MessageSort]uint64{}
	for _, m := range r.Messages() {
		got[m.MessageSort] = m.N
	}
	for sort, least := range map[MessageSort]uint64{
		{Sent: true, Method: "INVITE"}: 1, {Method: "INVITE", Code: 180}: 1, {Method: "INVITE", Code: 200}: 1, {Sent: true, Method: "ACK"}: 1,
		{Method: "BYE"}: 1, {Sent: true, Method: "BYE", Code: 200}: 1,
	} {
		if got[sort] < least {
			t.Errorf("%+v was counted %d times; all: %v", sort, got[sort], got)
		}
	}
	if got[MessageSort{Method: "INVITE"}] > 0 {
		t.Error("an INVITE was counted as received")
	}
}

// TestStrangeMessagesMakeNoSorts: names and codes that a peer makes up would each be a time series.
func TestStrangeMessagesMakeNoSorts(t *testing.T) {
	var m messages
	for _, method := range []string{"INVITE", "HACK1", "HACK2", "INVITE ACK", ""} {
		m.count(MessageSort{Method: method})
	}
	m.count(MessageSort{Method: "INVITE", Code: 999})
	m.written([]byte("\r\n\r\n"))
	m.written([]byte("SIP/2.0 9x OK\r\nCSeq: 1 BYE\r\n\r\n"))
	if len(m.n) != 2 || m.n[MessageSort{Method: "OTHER"}] != 4 {
		t.Errorf("counted %v", m.n)
	}
}
