package sip

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/media"
)

const plainSDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

func TestParseSDP(t *testing.T) {
	for _, row := range []struct {
		name string
		body string
		rtp  string
		rtcp string
		dir  Direction
		fmts string // pt=name …
		ms   int
	}{
		{"static types without rtpmap", plainSDP, "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"no line end at the end, bare LF", strings.TrimRight(strings.ReplaceAll(plainSDP, "\r", ""), "\n"), "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"media's c= wins", plainSDP + "c=IN IP4 192.0.2.9\r\n", "192.0.2.9:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"o= of 64 bits", strings.Replace(plainSDP, "- 1 1", "- 18446744073709551615 18446744073709551615", 1), "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"channels, case, dynamic types", strings.Replace(plainSDP, "0 8 101", "97 98 101", 1) + "a=rtpmap:97 pcma/8000/1\r\na=rtpmap:98 PCMU/16000\r\n", "192.0.2.1:4000", "", SendRecv, "97=PCMA 101=telephone-event", 0},
		{"event at 48 kHz is none of ours", strings.Replace(plainSDP, "telephone-event/8000", "telephone-event/48000", 1), "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA", 0},
		{"ptime, rtcp with address", plainSDP + "a=ptime:30\r\na=rtcp:5001 IN IP4 192.0.2.7\r\n", "192.0.2.1:4000", "192.0.2.7:5001", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 30},
		{"rtcp port alone", plainSDP + "a=rtcp:5001\r\n", "192.0.2.1:4000", "192.0.2.1:5001", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"absurd ptime", plainSDP + "a=ptime:99999\r\n", "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"direction of the session", strings.Replace(plainSDP, "t=0 0", "t=0 0\r\na=sendonly", 1), "192.0.2.1:4000", "", SendOnly, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"direction of the stream wins", strings.Replace(plainSDP, "t=0 0", "t=0 0\r\na=sendonly", 1) + "a=inactive\r\n", "192.0.2.1:4000", "", Inactive, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"old hold", plainSDP + "c=IN IP4 0.0.0.0\r\n", "0.0.0.0:4000", "", SendOnly, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"old hold that receives", plainSDP + "c=IN IP4 0.0.0.0\r\na=recvonly\r\n", "0.0.0.0:4000", "", Inactive, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"video first", strings.Replace(plainSDP, "m=audio", "m=video 5000 RTP/AVP 31\r\nc=IN IP4 no.such.name\r\na=sendonly\r\nm=audio", 1), "192.0.2.1:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
		{"IPv6", strings.ReplaceAll(plainSDP, "IP4 192.0.2.1", "IP6 2001:db8::1"), "[2001:db8::1]:4000", "", SendRecv, "0=PCMU 8=PCMA 101=telephone-event", 0},
	} {
		got, err := parseSDP([]byte(row.body))
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		rtcp := ""
		if got.rtcp.IsValid() {
			rtcp = got.rtcp.String()
		}
		var formats []string
		for _, f := range got.formats {
			formats = append(formats, strings.Join([]string{strconv.Itoa(f.pt), f.name}, "="))
		}
		if got.rtp.String() != row.rtp || rtcp != row.rtcp || got.direction != row.dir ||
			strings.Join(formats, " ") != row.fmts || got.ptime != time.Duration(row.ms)*time.Millisecond {
			t.Errorf("%s: %+v %v", row.name, got, formats)
		}
	}
}

func TestRefuseSDP(t *testing.T) {
	for _, row := range []struct {
		name, body string
		want       error
	}{
		{"empty", "", ErrBadSDP},
		{"no version", plainSDP[5:], ErrBadSDP},
		{"no origin", strings.Replace(plainSDP, "o=", "z=", 1), ErrBadSDP},
		{"no address", strings.ReplaceAll(plainSDP, "c=IN", "b=IN"), ErrBadSDP},
		{"address is a name", strings.Replace(plainSDP, "c=IN IP4 192.0.2.1", "c=IN IP4 example.com", 1), ErrBadSDP},
		{"port beyond", strings.Replace(plainSDP, "4000", "70000", 1), ErrBadSDP},
		{"payload type beyond", strings.Replace(plainSDP, " 101\r", " 1010\r", 1), ErrBadSDP},
		{"line without type", plainSDP + "nonsense\r\n", ErrBadSDP},
		{"too long", plainSDP + strings.Repeat("a=x\r\n", maxSDP), ErrBadSDP},
		{"stream switched off", strings.Replace(plainSDP, "4000", "0", 1), ErrNoCodec},
		{"no audio", strings.Replace(plainSDP, "m=audio", "m=video", 1), ErrNoCodec},
		{"G.729 alone", strings.Replace(plainSDP, "0 8 101", "18 101", 1), ErrNoCodec},
	} {
		if _, err := parseSDP([]byte(row.body)); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", row.name, err, row.want)
		}
	}
}

func testSession(laws ...media.Law) session {
	return newSession(netip.MustParseAddrPort("192.0.2.2:6000"), laws, Off)
}

// TestOwnSDPIsReadBack writes every direction and law and reads it as a far side would.
func TestOwnSDPIsReadBack(t *testing.T) {
	for _, laws := range [][]media.Law{{media.PCMA}, {media.PCMU}, {media.PCMU, media.PCMA}} {
		for d := SendRecv; d <= Inactive; d++ {
			s := testSession(laws...)
			got, err := parseSDP(s.offer(nil, d))
			if err != nil {
				t.Fatal(err)
			}
			if got.direction != d || got.rtp.String() != "192.0.2.2:6000" || len(got.formats) != len(laws)+1 || got.formats[0].name != laws[0].String() {
				t.Errorf("%v %v: read back %+v", laws, d, got)
			}
		}
	}
}

// TestVersionCountsChanges: RFC 3264 §8, an unchanged description keeps its version.
func TestVersionCountsChanges(t *testing.T) {
	s := testSession()
	version := func(body []byte) string { return strings.Fields(strings.Split(string(body), "\r\n")[1])[2] }
	far, err := parseSDP([]byte(plainSDP))
	if err != nil {
		t.Fatal(err)
	}
	f := far.agreed(true)
	for i, row := range []struct {
		body []byte
		want string
	}{
		{s.answer(far, f, SendRecv), "1"}, {s.answer(far, f, SendRecv), "1"}, {s.offer(&f, SendRecv), "1"},
		{s.answer(far, f, RecvOnly), "2"}, {s.answer(far, f, RecvOnly), "2"}, {s.answer(far, f, SendRecv), "3"},
	} {
		if got := version(row.body); got != row.want {
			t.Errorf("description %d has version %s, want %s", i, got, row.want)
		}
	}
}

func TestAnswerRefusesOtherStreams(t *testing.T) {
	far, err := parseSDP([]byte(strings.Replace(plainSDP, "m=audio", "m=video 5000 RTP/AVP 31\r\nm=audio", 1)))
	if err != nil {
		t.Fatal(err)
	}
	s := testSession()
	body := string(s.answer(far, far.agreed(true), SendRecv))
	if !strings.Contains(body, "m=video 0 RTP/AVP 31\r\nm=audio 6000 RTP/AVP 0 101\r\n") {
		t.Errorf("answer:\n%s", body)
	}
}

func TestTheLawStaysWithinACall(t *testing.T) {
	far, err := parseSDP([]byte(plainSDP)) // 0 before 8
	if err != nil {
		t.Fatal(err)
	}
	if f := far.keeping(media.PCMA); f.Prefer != media.PCMA || f.PCMU != media.NoPT || f.PCMA != 8 {
		t.Errorf("PCMA was in use: %+v", f)
	}
	if f := far.agreed(true); f.Prefer != media.PCMU || f.PCMA != media.NoPT || f.Event != 101 {
		t.Errorf("first offered: %+v", f)
	}
}

func FuzzParseSDP(f *testing.F) {
	f.Add([]byte(plainSDP))
	f.Add([]byte(plainSDP + "a=rtcp:\r\na=rtpmap:\r\na=ptime:\r\nm=audio\r\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		far, err := parseSDP(body)
		if err != nil {
			return
		}
		s := testSession()
		for _, agreed := range []media.Format{far.agreed(true), far.keeping(media.PCMA)} {
			if _, err := parseSDP(s.answer(far, agreed, Answer(far.direction, SendRecv))); err != nil {
				t.Fatalf("our answer cannot be read: %v\n%q", err, body)
			}
		}
	})
}
