package sip

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/media"
)

// ourEvent is the payload type under which we offer telephone-event; an answer keeps the far side's number.
const ourEvent = 101

// session is our half of the SDP of one dialog. Its id stays, its version counts the changes and nothing else
// (RFC 3264 §8).
type session struct {
	id      uint64
	version uint64
	local   netip.AddrPort // our RTP; RTCP is one above
	laws    []media.Law    // what we offer, in this order
	keys    keyring
	last    string // the description after the o= line, to see whether anything changed
}

func newSession(local netip.AddrPort, laws []media.Law, srtp Wish) session {
	if len(laws) == 0 {
		laws = []media.Law{media.PCMA, media.PCMU}
	}
	return session{id: rand.Uint64() >> 2, version: 1, local: local, laws: laws, keys: newKeyring(srtp)} // < 2⁶²: some peers read it signed
}

// offer describes all that we can do, or, once a format is agreed, that format: in a call the law does not change.
func (s *session) offer(agreed *media.Format, d Direction) []byte {
	f := media.Format{PCMU: media.NoPT, PCMA: media.NoPT, Event: ourEvent, Ptime: 20 * time.Millisecond}
	if agreed != nil {
		f = *agreed
		return s.write(lawLines(f, f.Prefer), f, d, nil)
	}
	for _, law := range s.laws {
		setLaw(&f, law, map[media.Law]int{media.PCMU: 0, media.PCMA: 8}[law])
	}
	return s.write(lawLines(f, s.laws...), f, d, nil)
}

// answer describes the agreed format and refuses the far side's other streams with port 0.
func (s *session) answer(far sdp, f media.Format, d Direction) []byte {
	return s.write(lawLines(f, f.Prefer), f, d, &far)
}

// lawLines are the agreed laws and their payload types, the preferred first.
func lawLines(f media.Format, laws ...media.Law) (lines []format) {
	for _, law := range append(laws, media.PCMA, media.PCMU) {
		pt := f.PCMU
		if law == media.PCMA {
			pt = f.PCMA
		}
		if pt == media.NoPT || len(lines) > 0 && lines[0].pt == pt || len(lines) > 1 && lines[1].pt == pt {
			continue
		}
		lines = append(lines, format{pt: pt, name: law.String()})
	}
	return lines
}

func (s *session) write(laws []format, f media.Format, d Direction, far *sdp) []byte {
	family := "IP4"
	if s.local.Addr().Is6() {
		family = "IP6"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "s=-\r\nc=IN %s %s\r\nt=0 0\r\n", family, s.local.Addr())
	streams, ours := 1, 0
	if far != nil {
		streams, ours = far.streams, far.audio
	}
	for i := range streams {
		if i != ours {
			fmt.Fprintf(&b, "m=%s\r\n", far.kinds[i])
			continue
		}
		s.writeAudio(&b, laws, f, d, far)
	}
	description := b.String()
	if s.last != "" && s.last != description {
		s.version++
	}
	s.last = description
	return fmt.Appendf(nil, "v=0\r\no=callstamp %d %d IN %s %s\r\n%s", s.id, s.version, family, s.local.Addr(), description)
}

func (s *session) writeAudio(b *strings.Builder, laws []format, f media.Format, d Direction, far *sdp) {
	fmt.Fprintf(b, "m=audio %d %s", s.local.Port(), s.keys.profile(far))
	for _, l := range laws {
		b.WriteString(" " + strconv.Itoa(l.pt))
	}
	if f.Event != media.NoPT {
		b.WriteString(" " + strconv.Itoa(f.Event))
	}
	b.WriteString("\r\n")
	for _, l := range laws {
		fmt.Fprintf(b, "a=rtpmap:%d %s/8000\r\n", l.pt, l.name)
	}
	if f.Event != media.NoPT {
		fmt.Fprintf(b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", f.Event, f.Event)
	}
	if f.Ptime > 0 {
		fmt.Fprintf(b, "a=ptime:%d\r\n", f.Ptime.Milliseconds())
	}
	for _, line := range s.keys.lines(far) {
		b.WriteString(line + "\r\n")
	}
	fmt.Fprintf(b, "a=%s\r\n", d)
}
