package sip

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/callstamp/callstamp/sip/siptest"
)

// tortuous is an INVITE as wild as RFC 4475 §3.1.1.1's: white space wherever the grammar allows it.
func tortuous(via, to string) string {
	lines := []string{
		"INVITE sip:1900@127.0.0.1;unknownparam SIP/2.0", "TO :", " sip:1900@127.0.0.1" + to,
		`from   : "J Rosenberg \\\""       <sip:jdrosen@example.com>`, "  ;", "  tag = 98asjd8", "MaX-fOrWaRdS: 0068", "Call-ID: wsinv.ndaksdj@192.0.2.1",
		"cseq: 0009", "  INVITE", "Via  : SIP  /   2.0", " /UDP", "    " + via + ";branch=z9hG4bK390skdjuw", "NewFangledHeader:   newfangled value",
		" continued newfangled value", "UnknownHeaderWithUnusualValue: ;;,,;;,;", "Content-Type: application/sdp",
		"v:  SIP  / 2.0  / TCP     spindle.example.com   ;", "  branch  =   z9hG4bK9ikj8  ,", " SIP  /    2.0   / UDP  192.168.255.111   ; branch=",
		" z9hG4bK30239", `m:"Quoted string \"\"" <sip:jdrosen@example.com> ; newparam =`, "      newvalue ;", "  secondparam ; q = 0.33",
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + siptest.SDP(1)
}

// TestTidy: what the parser made nothing of it reads, and the rest is as it was.
func TestTidy(t *testing.T) {
	t.Parallel()
	got := tidy([]byte(tortuous("192.0.2.2", " ;   tag    = 1918181833n")))
	msg, err := sip.NewParser().ParseSIP(got)
	if err != nil {
		t.Fatal(err)
	}
	req := msg.(*sip.Request)
	branch, _ := req.Via().Params.Get("branch")
	for name, c := range map[string][2]string{
		"tag of From":  {tagOf(req.From().Params), "98asjd8"},
		"tag of To":    {tagOf(req.To().Params), "1918181833n"},
		"name of From": {req.From().DisplayName, `J Rosenberg \\\"`},
		"branch":       {branch, "z9hG4bK390skdjuw"},
		"host of Via":  {req.Via().Host, "192.0.2.2"},
		"Contact":      {req.Contact().Address.String(), "sip:jdrosen@example.com"},
		"body":         {string(req.Body()), siptest.SDP(1)},
		"other":        {req.GetHeader("UnknownHeaderWithUnusualValue").Value(), ";;,,;;,;"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: %q, want %q", name, c[0], c[1])
		}
	}
	plainOne := message(well("127.0.0.1:5060"))
	if again := tidy(plainOne); !bytes.Equal(again, message(well("127.0.0.1:5060"))) || &again[0] != &plainOne[0] {
		t.Errorf("a plain message was changed to %q", again)
	}
}

// TestTortuousCall: who writes so is answered as anybody else.
func TestTortuousCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, 9)
	p := siptest.NewPeer(t, r.udp())
	p.Send(tortuous(p.Addr(), ""))
	a := r.next()
	if a.Called != "1900" || a.Caller != "jdrosen" {
		t.Errorf("called %q by %q", a.Called, a.Caller)
	}
	a.Release(486)
	refused := p.Expect("SIP/2.0 486", "INVITE")
	if refused.Tag("From") != "98asjd8" || len(refused.All("Via")) < 2 {
		t.Errorf("refused with %+v", refused)
	}
	a.tells(t, "gone by system sip 486 busy")
}

func FuzzTidy(f *testing.F) {
	f.Add([]byte(tortuous("192.0.2.2", ";tag=1")))
	f.Add(message(well("127.0.0.1:5060")))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := tidy(bytes.Clone(b)); len(got) > len(b) {
			t.Errorf("%d bytes became %d", len(b), len(got))
		}
	})
}

func BenchmarkTidy(b *testing.B) {
	plainOne := message(well("127.0.0.1:5060"))
	b.ReportAllocs()
	for b.Loop() {
		tidy(plainOne)
	}
}
