package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callstamp/callstamp/media"
)

// Errors of SDP that answers tell apart; all of them are refused with 488, a new session as well as a change.
var (
	ErrBadSDP  = errors.New("bad SDP")
	ErrNoCodec = errors.New("no common codec")
)

// maxSDP is more than any audio offer needs; carriers' video and ICE offers stay far below.
const maxSDP = 16 << 10

// sdp is what we understand of the far side's SDP: its first audio stream (RFC 8866).
type sdp struct {
	rtp, rtcp netip.AddrPort // rtp's address may be 0.0.0.0: the old way to hold (RFC 3264 §8.4)
	direction Direction
	formats   []format      // in the far side's order
	ptime     time.Duration // 0: not said
	streams   int           // m= lines; an answer must have as many (RFC 3264 §6)
	audio     int           // which of them is ours
	secure    bool          // RTP/SAVP
	crypto    []offeredKey  // that we can use, in the far side's order
	kinds     []string      // "video 0 RTP/AVP 31": how the others are refused
}

// format is one payload type that we know.
type format struct {
	pt   int
	name string // PCMU, PCMA, telephone-event
}

// static payload types need no rtpmap (RFC 3551 §6).
var static = map[int]string{0: "PCMU", 8: "PCMA"}

// parseSDP reads an offer or an answer. It accepts bare LF, a missing last line end, any 64-bit o= and lines in any order
// after m=; the error is ErrBadSDP or, when no PCMU and no PCMA is offered, ErrNoCodec.
func parseSDP(body []byte) (sdp, error) {
	if len(body) > maxSDP {
		return sdp{}, fmt.Errorf("%w: %d bytes, at most %d", ErrBadSDP, len(body), maxSDP)
	}
	p := sdpParser{maps: map[int]string{}, out: sdp{audio: -1}}
	lines := strings.Split(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n")
	if strings.TrimSpace(lines[0]) != "v=0" {
		return sdp{}, fmt.Errorf("%w: does not begin with v=0", ErrBadSDP)
	}
	for _, line := range lines {
		line = strings.TrimRight(line, "\r \t")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return sdp{}, fmt.Errorf("%w: line without type", ErrBadSDP)
		}
		if err := p.line(line[0], line[2:]); err != nil {
			return sdp{}, err
		}
	}
	return p.finish()
}

// sdpParser collects what the lines say until the last one.
type sdpParser struct {
	out         sdp
	inMedia     bool // after the first m=
	ours        bool // within our m=
	sessionAddr netip.Addr
	mediaAddr   netip.Addr
	port        int
	pts         []int
	maps        map[int]string
	sessionDir  Direction
	mediaDir    Direction
	hasMediaDir bool
	hasOrigin   bool
	rtcpPort    int
	rtcpAddr    netip.Addr
}

func (p *sdpParser) line(kind byte, value string) error {
	switch kind {
	case 'o':
		p.hasOrigin = true
	case 'c':
		return p.connection(value)
	case 'm':
		return p.media(value)
	case 'a':
		return p.attribute(value)
	}
	return nil
}

// connection reads "IN IP4 192.0.2.1"; the media level wins over the session's.
func (p *sdpParser) connection(value string) error {
	fields := strings.Fields(value)
	if len(fields) != 3 || fields[0] != "IN" || fields[1] != "IP4" && fields[1] != "IP6" {
		if p.inMedia && !p.ours {
			return nil
		}
		return fmt.Errorf("%w: c=", ErrBadSDP)
	}
	host, _, _ := strings.Cut(fields[2], "/")
	addr, err := netip.ParseAddr(host)
	if err != nil { // a name: we look nothing up in a call's way
		if p.inMedia && !p.ours {
			return nil
		}
		return fmt.Errorf("%w: c= is not an address", ErrBadSDP)
	}
	switch {
	case !p.inMedia:
		p.sessionAddr = addr
	case p.ours:
		p.mediaAddr = addr
	}
	return nil
}

// media reads "audio 4000 RTP/AVP 0 8 101" and takes the first stream of plain audio that has a port.
func (p *sdpParser) media(value string) error {
	p.inMedia, p.ours = true, false
	fields := strings.Fields(value)
	if len(fields) < 4 {
		return fmt.Errorf("%w: m=", ErrBadSDP)
	}
	portText, _, _ := strings.Cut(fields[1], "/")
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return fmt.Errorf("%w: m= port", ErrBadSDP)
	}
	p.out.kinds = append(p.out.kinds, fields[0]+" 0 "+strings.Join(fields[2:], " "))
	p.out.streams++
	if p.out.audio >= 0 || port == 0 || fields[0] != "audio" || fields[2] != "RTP/AVP" && fields[2] != "RTP/SAVP" {
		return nil
	}
	p.out.secure = fields[2] == "RTP/SAVP"
	p.out.audio, p.ours, p.port = p.out.streams-1, true, int(port)
	for _, f := range fields[3:] {
		pt, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			return fmt.Errorf("%w: payload type", ErrBadSDP)
		}
		p.pts = append(p.pts, int(pt))
	}
	return nil
}

func (p *sdpParser) attribute(value string) error {
	if p.inMedia && !p.ours {
		return nil
	}
	name, rest, _ := strings.Cut(value, ":")
	if d := slices.Index(directionNames[:], name); d >= 0 {
		if p.inMedia {
			p.mediaDir, p.hasMediaDir = Direction(d), true
		} else {
			p.sessionDir = Direction(d)
		}
		return nil
	}
	switch name {
	case "rtpmap":
		return p.rtpmap(rest)
	case "ptime":
		ms, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		if err == nil && ms >= 10 && ms <= 200 {
			p.out.ptime = time.Duration(ms) * time.Millisecond
		}
	case "crypto":
		if key, ok := parseCrypto(rest); ok && p.ours {
			p.out.crypto = append(p.out.crypto, key)
		}
	case "rtcp":
		p.rtcp(rest)
	}
	return nil
}

// rtpmap reads "101 telephone-event/8000" or "0 PCMU/8000/1"; other clocks and channels are formats we do not know.
func (p *sdpParser) rtpmap(rest string) error {
	number, encoding, ok := strings.Cut(rest, " ")
	pt, err := strconv.ParseUint(number, 10, 7)
	if !ok || err != nil {
		return fmt.Errorf("%w: rtpmap", ErrBadSDP)
	}
	parts := strings.Split(strings.TrimSpace(encoding), "/")
	p.maps[int(pt)] = ""
	if len(parts) >= 2 && parts[1] == "8000" && (len(parts) == 2 || parts[2] == "1") {
		p.maps[int(pt)] = parts[0]
	}
	return nil
}

// rtcp reads "4001" or "4001 IN IP4 192.0.2.1" (RFC 3605); a bad one is as good as none.
func (p *sdpParser) rtcp(rest string) {
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return
	}
	port, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return
	}
	p.rtcpPort = int(port)
	if len(fields) == 4 {
		p.rtcpAddr, _ = netip.ParseAddr(fields[3])
	}
}

func (p *sdpParser) finish() (sdp, error) {
	out := p.out
	if !p.hasOrigin {
		return sdp{}, fmt.Errorf("%w: no o=", ErrBadSDP)
	}
	if out.audio < 0 {
		return sdp{}, fmt.Errorf("%w: no audio", ErrNoCodec)
	}
	addr := p.mediaAddr
	if !addr.IsValid() {
		addr = p.sessionAddr
	}
	if !addr.IsValid() {
		return sdp{}, fmt.Errorf("%w: no c=", ErrBadSDP)
	}
	out.rtp = netip.AddrPortFrom(addr.Unmap(), uint16(p.port))
	if p.rtcpPort != 0 {
		if !p.rtcpAddr.IsValid() {
			p.rtcpAddr = addr
		}
		out.rtcp = netip.AddrPortFrom(p.rtcpAddr.Unmap(), uint16(p.rtcpPort))
	}
	out.direction = p.sessionDir
	if p.hasMediaDir {
		out.direction = p.mediaDir
	}
	if out.heldByAddress() { // the old way to hold, whatever a= says: we may send nothing
		out.direction = map[bool]Direction{true: SendOnly, false: Inactive}[out.direction.Sends()]
	}
	out.formats = p.formats()
	if !slices.ContainsFunc(out.formats, format.audio) {
		return sdp{}, ErrNoCodec
	}
	return out, nil
}

func (p *sdpParser) formats() []format {
	var out []format
	for _, pt := range p.pts {
		name, mapped := p.maps[pt]
		if !mapped {
			name = static[pt]
		}
		for _, known := range []string{"PCMU", "PCMA", "telephone-event"} {
			if strings.EqualFold(name, known) {
				out = append(out, format{pt: pt, name: known})
			}
		}
	}
	return out
}

func (f format) audio() bool { return f.name == "PCMU" || f.name == "PCMA" }

// heldByAddress reports whether the stream is held by c=0.0.0.0.
func (s sdp) heldByAddress() bool { return s.rtp.Addr().IsUnspecified() }

// agreed is the format that both sides know: the far side's payload types, its first law preferred. Where one names a
// law, that law alone is agreed, so that nobody switches in the middle of a call.
func (s sdp) agreed(one bool) media.Format {
	f := media.Format{PCMU: media.NoPT, PCMA: media.NoPT, Event: media.NoPT, Ptime: s.ptime}
	if f.Ptime == 0 {
		f.Ptime = 20 * time.Millisecond
	}
	first := true
	for _, o := range s.formats {
		switch {
		case o.name == "telephone-event":
			if f.Event == media.NoPT {
				f.Event = o.pt
			}
		case first || !one:
			law := media.PCMU
			if o.name == "PCMA" {
				law = media.PCMA
			}
			setLaw(&f, law, o.pt)
			if first {
				f.Prefer, first = law, false
			}
		}
	}
	return f
}

func setLaw(f *media.Format, law media.Law, pt int) {
	switch {
	case law == media.PCMA && f.PCMA == media.NoPT:
		f.PCMA = pt
	case law == media.PCMU && f.PCMU == media.NoPT:
		f.PCMU = pt
	}
}
