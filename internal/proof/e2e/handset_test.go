package e2e

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/sip/siptest"
)

// handset is a telephone that the test holds in its hand: signalling step by step, a voice that speaks on its own.
type handset struct {
	t *testing.T
	*siptest.Peer
	call    *siptest.Call
	voice   *phone.Speaker
	version int
}

// session is an audio session for the SDP: PCMU and keys on the port.
type session struct {
	direction string // "" leaves it out
	address   string // of c=
	version   int
	port      int
	formats   string
}

func (s session) String() string {
	lines := []string{"v=0", fmt.Sprintf("o=- 7 %d IN IP4 127.0.0.1", s.version), "s=-", "c=IN IP4 " + s.address, "t=0 0",
		fmt.Sprintf("m=audio %d RTP/AVP %s", s.port, s.formats), "a=rtpmap:101 telephone-event/8000"}
	if s.direction != "" {
		lines = append(lines, "a="+s.direction)
	}
	return strings.Join(append(lines, ""), "\r\n")
}

// pickUp takes a handset off the hook; nothing is dialed yet.
func (h *house) pickUp(t *testing.T) *handset {
	t.Helper()
	voice, err := phone.Listen(phone.NewStream(phone.PCMU, 101, rig.CustomerHz))
	must(t, err)
	t.Cleanup(voice.Close)
	return &handset{t: t, Peer: siptest.NewPeer(t, h.SIPAddr()), voice: voice}
}

// served is a customer who has called and hears an agent.
func (h *house) served(t *testing.T) *handset {
	t.Helper()
	p := h.pickUp(t)
	p.dial("1900")
	h.farHears(t, rig.AgentHz)
	return p
}

func (p *handset) session(direction string) session {
	p.version++
	return session{direction, "127.0.0.1", p.version, p.voice.Port(), "0 101"}
}

// dial calls a number and is answered.
func (p *handset) dial(number string) {
	p.t.Helper()
	p.call = p.NewCall("+84907777777", number)
	p.Send(p.call.Request("INVITE", p.session("").String()))
	p.answered()
}

// answered takes the 200 to our INVITE and speaks to whom it names.
func (p *handset) answered() siptest.Message {
	p.t.Helper()
	ok := p.Expect("SIP/2.0 200", "INVITE")
	p.call.Answered(ok)
	p.Send(p.call.Request("ACK", ""))
	p.speakTo(ok)
	return ok
}

// speakTo sends our voice to the session that the message describes, as far as it wants to hear it.
func (p *handset) speakTo(m siptest.Message) {
	p.t.Helper()
	_, after, found := strings.Cut(m.Body, "m=audio ")
	port, err := strconv.Atoi(strings.SplitN(after, " ", 2)[0])
	if !found || err != nil {
		p.t.Fatalf("no audio in %s", m.Body)
	}
	if d := direction(m.Body); d == "sendonly" || d == "inactive" {
		p.voice.Speak(netip.AddrPort{})
		return
	}
	p.voice.Speak(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port)))
}

// direction is the one that an SDP names.
func direction(sdp string) string {
	for line := range strings.Lines(sdp) {
		switch d := strings.TrimPrefix(strings.TrimSpace(line), "a="); d {
		case "sendrecv", "sendonly", "recvonly", "inactive":
			return d
		}
	}
	return ""
}

// offers sends a re-INVITE and checks the direction of the answer.
func (p *handset) offers(s session, want string) {
	p.t.Helper()
	p.Send(p.call.Request("INVITE", s.String()))
	ok := p.answered()
	if got := direction(ok.Body); got != want {
		p.t.Errorf("the answer to %q with c=%s is %q, want %q", s.direction, s.address, got, want)
	}
}

// isOffered waits for the server's re-INVITE, checks its direction and answers.
func (p *handset) isOffered(want, answer string) {
	p.t.Helper()
	m := p.Expect("INVITE ", "INVITE")
	if got := direction(m.Body); got != want {
		p.t.Errorf("the server offers %q, want %q", got, want)
	}
	p.Send(m.Reply("200 OK", "", p.session(answer).String(), "Contact: <sip:peer@"+p.Addr()+">"))
	p.speakTo(m)
}

// hangUp says BYE.
func (p *handset) hangUp() {
	p.t.Helper()
	p.Send(p.call.Request("BYE", ""))
	p.Expect("SIP/2.0 200", "BYE")
	p.voice.Speak(netip.AddrPort{})
}

// isHungUp waits for the server's BYE.
func (p *handset) isHungUp() {
	p.t.Helper()
	bye := p.Expect("BYE ", "BYE")
	p.Send(bye.Reply("200 OK", "", ""))
	p.voice.Speak(netip.AddrPort{})
}
