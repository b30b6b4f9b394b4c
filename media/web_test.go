package media_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"github.com/callstamp/callstamp/media"
)

func TestAnswerSaysWhatWeAre(t *testing.T) {
	t.Parallel()
	public := netip.MustParseAddr("203.0.113.7")
	e := startEngine(t, func(c *media.Config) {
		c.Web = netip.MustParseAddrPort("0.0.0.0:0")
		c.PublicIP = public
	})
	_, agent, _ := webTo(t, e)
	answer := agent.pc.RemoteDescription().SDP
	for _, want := range []string{"a=ice-lite", "a=setup:passive", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
		"a=rtpmap:126 telephone-event/8000", "a=sendrecv", " 127.0.0.1 ", " " + public.String() + " ", "a=end-of-candidates"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer has no %q:\n%s", want, answer)
		}
	}
	for _, unwanted := range []string{"a=extmap:", "nack", "transport-cc", ".local", "typ srflx"} {
		if strings.Contains(answer, unwanted) {
			t.Errorf("the answer has %q:\n%s", unwanted, answer)
		}
	}
	for _, line := range strings.Split(answer, "\r\n") {
		if strings.HasPrefix(line, "a=candidate:") && strings.Fields(line)[5] != "9" {
			if port := strings.Fields(line)[5]; port != portOf(e.WebAddr()) {
				t.Errorf("candidate on another port than ours: %s", line)
			}
		}
	}
}

func portOf(a netip.AddrPort) string { return a.String()[strings.LastIndexByte(a.String(), ':')+1:] }

// A page may offer before it has a microphone: then no SSRC is declared.
func TestOfferWithoutSSRC(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, err := e.NewWeb(media.WebConfig{})
	if err != nil {
		t.Fatal(err)
	}
	agent := newBrowser(t)
	agent.edit = func(sdp string) string {
		kept := ""
		for _, line := range strings.SplitAfter(sdp, "\r\n") {
			if !strings.HasPrefix(line, "a=ssrc") && !strings.HasPrefix(line, "a=msid") {
				kept += line
			}
		}
		return kept
	}
	if err := agent.offer(web, false); err != nil {
		t.Fatal(err)
	}
	media.Bridge(trunk, web)
	speak(t, media.PCMU, 1000, 0, agent.write)
	speak(t, media.PCMU, 440, 7, customer.write)
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	if err := agent.offer(web, true); err != nil {
		t.Fatal(err)
	}
	customer.forget()
	agent.forget()
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	agent.continuous(t)
}

func TestVanishedBrowserIsLost(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.WebLostAfter = time.Second })
	web, agent, log := webTo(t, e)
	mouth := speak(t, media.PCMU, 1000, 0, agent.write)
	log.await(t, media.FirstReceived, 1)
	mouth.quiet()
	if err := agent.socket.Close(); err != nil { // a laptop that is shut says nothing
		t.Fatal(err)
	}
	if ev := log.await(t, media.Lost, 1); !errors.Is(ev.Cause, media.ErrConsent) {
		t.Errorf("%+v", ev)
	}
	if err := web.Press("1", time.Second); err != nil {
		t.Errorf("a lost connection is not closed: %v", err)
	}
}

// A browser that falls silent in a call is lost from its last packet on, and back with its next one, whatever ICE says.
func TestSilentBrowserIsLost(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.WebSilentAfter = 300 * time.Millisecond })
	web, agent, log := webTo(t, e)
	web.Expect(true)
	<-time.After(600 * time.Millisecond) // nothing was sent yet: the page may be about to
	mouth := speak(t, media.PCMU, 1000, 0, agent.write)
	log.await(t, media.FirstReceived, 1)
	mouth.quiet()
	lost := log.await(t, media.Lost, 1)
	if last := web.Stats().LastReceivedAt; !errors.Is(lost.Cause, media.ErrSilent) || !lost.At.Equal(last) {
		t.Errorf("%+v, the last packet came at %v", lost, last)
	}
	mouth = speak(t, media.PCMU, 1000, 0, agent.write)
	up := log.await(t, media.Up, 2)
	if gap := web.Stats().LastReceivedAt.Sub(up.At); gap > time.Second {
		t.Errorf("back only %v after", gap)
	}
	mouth.quiet()
	log.await(t, media.Lost, 2)
	web.Expect(false)
	mouth = speak(t, media.PCMU, 1000, 0, agent.write)
	log.await(t, media.Up, 3)
	mouth.quiet()
	<-time.After(600 * time.Millisecond)
	if n := len(log.all(media.Lost)); n != 2 { // silence is none where nothing was promised
		t.Errorf("lost %d times", n)
	}
}

// One that is doubted is lost after a shorter silence.
func TestDoubtedBrowser(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.WebSilentAfter = time.Hour })
	web, agent, log := webTo(t, e)
	web.Doubt() // in no call
	web.Expect(true)
	web.Doubt() // nothing heard yet
	mouth := speak(t, media.PCMU, 1000, 0, agent.write)
	log.await(t, media.FirstReceived, 1)
	web.Doubt() // it speaks
	mouth.quiet()
	eventually(t, "lost", func() bool { web.Doubt(); return len(log.all(media.Lost)) == 1 })
	if ev := log.all(media.Lost)[0]; !ev.At.Equal(web.Stats().LastReceivedAt) {
		t.Errorf("%+v", ev)
	}
}

func TestBrowsersReports(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.ReportEvery = 50 * time.Millisecond })
	web, agent, _ := webTo(t, e)
	speak(t, media.PCMU, 1000, 0, agent.write)
	web.Play("", media.Loop(media.Tone(time.Second, 600)))
	agent.awaitTone(t, 600)
	ours, theirs := agent.heard()[0].SSRC, uint32(agent.ctx.SSRC())
	eventually(t, "they are heard", func() bool { return web.Stats().Received > 0 })
	if err := agent.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{SSRC: theirs, NTPTime: 1 << 32,
		Reports: []rtcp.ReceptionReport{{SSRC: ours, FractionLost: 128, Jitter: 16}}}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "their report", func() bool {
		s := web.Stats()
		return s.FarReports == 1 && s.FarLost == 0.5 && s.FarJitter == 2*time.Millisecond
	})
	eventually(t, "our report, about them", func() bool {
		agent.mu.Lock()
		defer agent.mu.Unlock()
		return slices.ContainsFunc(agent.reports, func(p rtcp.Packet) bool {
			sr, ok := p.(*rtcp.SenderReport)
			return ok && sr.SSRC == ours && len(sr.Reports) == 1 && sr.Reports[0].SSRC == theirs && sr.Reports[0].LastSenderReport == 1<<16
		})
	})
}
