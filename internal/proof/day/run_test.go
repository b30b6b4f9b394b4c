package day

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// The day on the wire: ms after t0, who sends, what. c is the customers' side,
// p the product's; "rtp" lines are "rtp <from> <ms> [marker]", "key" lines one
// event packet.
const dayWire = `
10000 c INVITE A +841
10001 p 100 A INVITE
10010 p 200 A INVITE sendrecv
10011 c ACK A
10015 p rtp A marker
11100 p rtp A
11130 c rtp A
11179 p rtp A marker
12182 p INVITE A hold sendonly
12184 c 200 A INVITE recvonly
12683 p INVITE A resume sendrecv
12685 c 200 A INVITE sendrecv
14900 c key A 5
15000 c keyend A 5
16002 p BYE A
16009 c 200 A BYE
20000 c INVITE B +842
20001 p 100 B INVITE
20010 p 200 B INVITE sendrecv
23009 c BYE B
23011 p 200 B BYE
`

const dayNotes = `
load plan +841 answered key=5
load plan +842 abandoned
agent ready lan 900
customer invite +841 9999
agent ringing lan 10119 A o1
agent accept lan 11119 A o1
agent connected lan 11185 A
agent hold lan 12179 A
agent unhold lan 12680 A
agent hangup lan 14179 A
agent dispose lan 16099 A
agent wrap_end lan 16179 A
customer invite +842 19999
`

var product, customers = netip.MustParseAddrPort("127.0.0.1:5060"), netip.MustParseAddrPort("127.0.0.2:5070")

// pcap writes the wire as a capture with Ethernet frames.
func pcap(t *testing.T, script string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriterNanos(&b)
	if err := w.WriteFileHeader(2048, 1); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(strings.TrimSpace(script)) {
		f := strings.Fields(line)
		var ms int64
		fmt.Sscan(f[0], &ms)
		src, dst := customers, product
		if f[1] == "p" {
			src, dst = product, customers
		}
		var body []byte
		if f[2] == "rtp" || f[2] == "key" || f[2] == "keyend" {
			src, dst = rtpPorts(f[1], f[3])
			body = rtpBytes(f)
		} else {
			body = []byte(sipText(f))
		}
		frame := udpFrame(src, dst, body)
		info := gopacket.CaptureInfo{Timestamp: time.UnixMicro(t0 + ms*1000), CaptureLength: len(frame), Length: len(frame)}
		if err := w.WritePacket(info, frame); err != nil {
			t.Fatal(err)
		}
	}
	return &b
}

func sipText(f []string) string {
	call := f[3]
	method, first := f[2], ""
	var sdp, to string
	cseq := 1
	switch f[2] {
	case "INVITE":
		first, sdp, to = "INVITE sip:hot@127.0.0.1 SIP/2.0", "sendrecv", f[4]
		if len(f) > 5 { // a re-INVITE: the product counts its own requests
			sdp, cseq = f[5], map[string]int{"hold": 1, "resume": 2}[f[4]]
		}
	case "ACK", "BYE":
		first = f[2] + " sip:x@127.0.0.1 SIP/2.0"
		if f[2] == "BYE" {
			cseq = 9
		}
	default:
		first, method = "SIP/2.0 "+f[2]+" Text", f[4]
		if len(f) > 5 {
			sdp = f[5]
		}
		if f[4] == "BYE" {
			cseq = 9
		}
		if f[1] == "c" && f[4] == "INVITE" {
			var ms int
			fmt.Sscan(f[0], &ms)
			cseq = map[bool]int{true: 1, false: 2}[ms < 12500]
		}
	}
	body := ""
	if sdp != "" {
		port := map[string]int{"cA": 4000, "cB": 4002, "pA": 6000, "pB": 6002}[f[1]+call]
		ip := map[string]string{"c": "127.0.0.2", "p": "127.0.0.1"}[f[1]]
		body = fmt.Sprintf("v=0\r\nc=IN IP4 %s\r\nm=audio %d RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=%s\r\n", ip, port, sdp)
	}
	return fmt.Sprintf("%s\r\nVia: x\r\nFrom: <sip:%s@127.0.0.2>;tag=1\r\nTo: <sip:hot@127.0.0.1>\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContent-Length: %d\r\n\r\n%s",
		first, to, call, cseq, method, len(body), body)
}

func rtpPorts(from, call string) (src, dst netip.AddrPort) {
	offset := map[string]uint16{"A": 0, "B": 2}[call]
	c, p := netip.AddrPortFrom(customers.Addr(), 4000+offset), netip.AddrPortFrom(product.Addr(), 6000+offset)
	if from == "c" {
		return c, p
	}
	return p, c
}

func rtpBytes(f []string) []byte {
	b := make([]byte, 16)
	b[0], b[1] = 0x80, 8
	if len(f) > 4 && f[4] == "marker" {
		b[1] |= 0x80
	}
	if strings.HasPrefix(f[2], "key") {
		b[1], b[12] = 101, f[4][0]-'0'
		binary.BigEndian.PutUint32(b[4:], 777)
		if f[2] == "keyend" {
			b[13] = 0x80
		}
	}
	return b
}

func udpFrame(src, dst netip.AddrPort, body []byte) []byte {
	b := make([]byte, 14+20+8, 42+len(body))
	b[12] = 8
	ip := b[14:]
	ip[0], ip[9] = 0x45, 17
	binary.BigEndian.PutUint16(ip[2:], uint16(28+len(body)))
	s, d := src.Addr().As4(), dst.Addr().As4()
	copy(ip[12:], s[:])
	copy(ip[16:], d[:])
	binary.BigEndian.PutUint16(ip[20:], src.Port())
	binary.BigEndian.PutUint16(ip[22:], dst.Port())
	binary.BigEndian.PutUint16(ip[24:], uint16(8+len(body)))
	return append(b, body...)
}

// ledgerOf writes the notes as the load does: each act's line, then its end.
func ledgerOf(script string) *bytes.Buffer {
	var b bytes.Buffer
	no := 0
	for line := range strings.Lines(strings.TrimSpace(script)) {
		f := append(strings.Fields(line), "", "", "")
		no++
		n := fmt.Sprintf(`"no":%d,"who":%q,"what":%q,"name":%q`, no, f[0], f[1], f[2])
		var ms int64
		fmt.Sscan(f[3], &ms)
		switch {
		case f[1] == "plan":
			n += fmt.Sprintf(`,"fate":%q,"key":%q`, f[3], strings.TrimPrefix(f[4], "key="))
		case f[1] == "stall":
			n += fmt.Sprintf(`,"at":%d,"us":100000,"ticks":1`, t0+ms*1000)
		case f[1] == "fault", f[1] == "healed":
			n = strings.Replace(n, "server_dead", check.ServerDead, 1) + fmt.Sprintf(`,"at":%d`, t0+ms*1000)
			if us, ok := strings.CutPrefix(f[4], "us="); ok {
				n += `,"us":` + us
			} else if f[4] != "" {
				n += fmt.Sprintf(`,%q:true`, f[4])
			}
		default:
			n += fmt.Sprintf(`,"at":%d,"call":%q,"offer":%q`, t0+ms*1000-3000, f[4], f[5])
			fmt.Fprintf(&b, "{%s}\n{\"no\":%d,\"of\":%d,\"gone\":%d}\n", n, no+1, no, t0+ms*1000)
			no++
			continue
		}
		fmt.Fprintf(&b, "{%s}\n", n)
	}
	return &b
}

func checkDay(t *testing.T, wire, notes string) check.Result {
	t.Helper()
	r, err := check.Run(t.Context(), check.Input{Capture: pcap(t, wire), Ledger: ledgerOf(notes), Product: product, DB: dayDB(t)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The day agrees with its witnesses, and each duration was looked at.
func TestDayAgreesWithItsWitnesses(t *testing.T) {
	t.Parallel()
	r := checkDay(t, dayWire, dayNotes)
	for _, f := range r.Findings {
		t.Error(f)
	}
	var names []string
	for _, s := range r.Spreads {
		names = append(names, fmt.Sprintf("%s %d max %d", s.Name, s.N, s.Max))
	}
	// length: 10000 → 16002, recorded 6010 ms; wait: 10010 → 11179, recorded
	// 1170; talk: 11179 → 14179 less 501 of hold, recorded 2500.
	want := []string{"all 12 max 8000", "answer 2 max 0", "hold 1 max 1000", "leg 2 max 2000", "length 2 max 8000", "ring 1 max 0",
		"talk 1 max 1000", "wait 2 max 1000", "wrap 1 max 0"}
	if !slices.Equal(names, want) {
		t.Errorf("measured %q, want %q", names, want)
	}
	if r.Calls != 2 || r.Dialogs != 2 || r.Outcomes["in answered"] != 1 || r.Plans["abandoned"] != 1 {
		t.Errorf("counted %+v", r)
	}
}

// What a witness says otherwise is a finding, and stalls excuse one duration.
func TestWitnessAgainstTheRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, in, table, key, law string }{
		"an INVITE that the records lack":     {"", "30000 c INVITE C +843\n30001 p 100 C INVITE\n", "wire", "records.calls", "INVITE C", check.LawCall},
		"a call without INVITE":               {"20000 c INVITE B +842\n", "", "wire", "records.calls", "B", check.LawCall},
		"a BYE 90 ms later":                   {"23009 c BYE B", "23100 c BYE B", "wire", "records.calls", "B", check.LawTime},
		"a talk that began 90 ms earlier":     {"11179 p rtp A marker", "11125 p rtp A marker", "wire", "records.entries", "A/1", check.LawTime},
		"another key":                         {"c key A 5", "c key A 4", "wire", "records.survey_answers", "A/1/csat", check.LawKey},
		"no key":                              {"14900 c key A 5\n15000 c keyend A 5\n", "", "wire", "records.survey_answers", "A/1/csat", check.LawKey},
		"a hold that was not signalled":       {"12182 p INVITE A hold sendonly", "12182 p INVITE A hold sendrecv", "wire", "capture", "+841", check.LawHold},
		"an offer that rang at no desk":       {"agent ringing lan 10119 A o1\n", "", "notes", "records.offers", "o1", check.LawDesk},
		"an offer that the records lack":      {"agent hold", "agent ringing lan 12000 A o9\nagent hold", "notes", "records.offers", "o9", check.LawDesk},
		"an accept 50 ms later":               {"agent accept lan 11119", "agent accept lan 11169", "notes", "records.offers", "o1", check.LawTime},
		"a hold 50 ms longer":                 {"agent unhold lan 12680", "agent unhold lan 12730", "notes", "records.segments", "A/1", check.LawTime},
		"a wrap-up 50 ms longer":              {"agent wrap_end lan 16179", "agent wrap_end lan 16229", "notes", "records.segments", "A/1", check.LawTime},
		"a talk that no desk saw":             {"agent connected lan 11185 A\n", "", "notes", "records.segments", "A", check.LawDesk},
		"a talk that the records lack":        {"customer invite +842", "agent connected minh 21000 B\ncustomer invite +842", "notes", "records.segments", "B", check.LawDesk},
		"an end by the other side":            {"16002 p BYE A\n16009 c 200 A BYE", "16002 c BYE A\n16009 p 200 A BYE", "wire", "records.calls", "A", check.LawLeg},
		"a desk without session":              {"agent ready lan 900", "agent ready lan 900\nagent ready minh 901", "notes", "records.agent_sessions", "minh", check.LawDesk},
		"a capture that lacks an act":         {"customer invite +842", "customer invite +849 100\ncustomer invite +842", "notes", "capture", "849", check.LawWitness},
		"one duration in a hundred, no stall": {"agent wrap_end lan 16179", "load stall x 17000\nagent wrap_end lan 16229", "notes", "records.segments", "A/1", check.LawTime},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wire, notes := dayWire, dayNotes
			on := &wire
			if c.in == "notes" {
				on = &notes
			}
			if c.old == "" {
				*on += c.new
			} else {
				*on = strings.Replace(*on, c.old, c.new, 1)
			}
			if *on == dayWire || *on == dayNotes {
				t.Fatalf("%q is not in the day", c.old)
			}
			r := checkDay(t, wire, notes)
			if !slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return f.Table == c.table && f.Key == c.key && f.Law == c.law }) {
				t.Errorf("want %s %s: %s; found %v", c.table, c.key, c.law, r.Findings)
			}
		})
	}
}

// A stall near its end excuses a duration, but not too many of them.
func TestStallExcusesOne(t *testing.T) {
	t.Parallel()
	late := strings.Replace(dayNotes, "agent wrap_end lan 16179", "load stall x 16220\nagent wrap_end lan 16229", 1)
	r := checkDay(t, dayWire, late)
	if len(r.Findings) != 1 || r.Findings[0].Law != check.LawTime || r.Findings[0].Table != "capture" {
		t.Errorf("want only that 1 of 12 is too many, found %v", r.Findings)
	}
	if r.Stalled != 1 || r.StallUS != 100_000 {
		t.Errorf("counted %d stalled ticks of %d µs", r.Stalled, r.StallUS)
	}
}
