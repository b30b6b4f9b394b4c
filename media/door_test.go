package media_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/callstamp/callstamp/media"
)

// M1: a sprayer at ten times the call's rate, before and after the lock, gets nothing in and nothing out.
func TestSprayerStaysOutside(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, agent, _ := webTo(t, e)
	media.Bridge(trunk, web)
	thief := newPhone(t, trunk.LocalAddr())
	spray := func() {
		for seq := range uint16(100) {
			p := &rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 66, SequenceNumber: seq}, Payload: []byte("noise")}
			if err := thief.write(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	spray()
	eventually(t, "the spray is judged", func() bool { return trunk.Stats().Learning == 100 })
	speak(t, media.PCMU, 440, 7, customer.write)
	speak(t, media.PCMU, 1000, 0, agent.write)
	agent.awaitTone(t, 440)
	spray()
	eventually(t, "the second spray is judged", func() bool { return trunk.Stats().Foreign == 100 })
	customer.awaitTone(t, 1000)
	if n := len(thief.heard()); n != 0 {
		t.Errorf("the sprayer got %d packets", n)
	}
	for _, p := range agent.heard() {
		if len(p.Payload) != media.FrameSize {
			t.Errorf("the agent heard %q", p.Payload)
		}
	}
}

// A far side behind NAT announces an address that it does not send from.
func TestFarSideBehindNATIsLearned(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	log := &diary{}
	trunk, err := e.NewTrunk(media.TrunkConfig{OnEvent: log.add})
	if err != nil {
		t.Fatal(err)
	}
	nat, nowhere := newPhone(t, trunk.LocalAddr()), newPhone(t, trunk.LocalAddr())
	trunk.SetRemote(media.Remote{RTP: nowhere.addr(), Format: media.NewFormat(media.PCMA, 101)})
	trunk.Play("", media.Loop(media.Tone(time.Second, 600)))
	nowhere.awaitTone(t, 600) // what was announced is tried first
	mouth := speak(t, media.PCMA, 440, 7, nat.write)
	log.await(t, media.Up, 1)
	nat.awaitTone(t, 600)
	if n := trunk.Stats().Learning; n < 3 || n > 5 {
		t.Errorf("learned in %d packets", n)
	}
	// The same SDP again keeps the lock, another one releases it.
	trunk.SetRemote(media.Remote{RTP: nowhere.addr(), Format: media.NewFormat(media.PCMA, 101)})
	nat.forget()
	nat.awaitTone(t, 600)
	mouth.quiet() // else it would be learned again
	moved := newPhone(t, trunk.LocalAddr())
	trunk.SetRemote(media.Remote{RTP: moved.addr(), Format: media.NewFormat(media.PCMA, 101)})
	moved.awaitTone(t, 600)
}

// M2: the PBX behind the trunk starts another stream under the same address, without a word in SDP.
func TestAnotherSSRCOfTheFarSideIsHeard(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, log := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	far, other, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	media.Bridge(trunk, far)
	first := speak(t, media.PCMU, 440, 7, customer.write)
	other.awaitTone(t, 440)
	first.quiet()
	speak(t, media.PCMU, 900, 8, customer.write)
	other.awaitTone(t, 900)
	other.continuous(t)
	if s := trunk.Stats(); s.Foreign < 3 || s.Foreign > 5 || s.Lost != 0 || len(log.all(media.Up)) != 1 {
		t.Errorf("%+v", s)
	}
}

func TestHeldFarSideGetsNothing(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	trunk.Play("", media.Loop(media.Tone(time.Second, 600)))
	customer.awaitTone(t, 600)
	for name, held := range map[string]media.Remote{
		"c=0.0.0.0": {RTP: netip.MustParseAddrPort("0.0.0.0:4000"), Format: media.NewFormat(media.PCMU, 101)},
		"recvonly":  {RTP: customer.addr(), Format: media.NewFormat(media.PCMU, 101), NoSend: true},
	} {
		trunk.SetRemote(held)
		before := trunk.Stats()
		eventually(t, name, func() bool { return trunk.Stats().Unsendable > before.Unsendable+3 })
		if after := trunk.Stats(); after.Sent != before.Sent {
			t.Errorf("%s: %d packets sent to a far side that holds us", name, after.Sent-before.Sent)
		}
		trunk.SetRemote(media.Remote{RTP: customer.addr(), Format: media.NewFormat(media.PCMU, 101)})
		eventually(t, "resumed", func() bool { return trunk.Stats().Sent > before.Sent+3 })
	}
}

func TestClosedPortIsDrained(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.DrainIdle = 2 * time.Second })
	trunk, customer, log := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	mouth := speak(t, media.PCMU, 440, 7, customer.write)
	log.await(t, media.FirstReceived, 1)
	trunk.Close(errors.New("hung up"))
	trunk.Close(errors.New("again"))
	if ev := log.await(t, media.Closed, 1); ev.Cause.Error() != "hung up" {
		t.Errorf("%+v", ev)
	}
	eventually(t, "late packets are counted", func() bool { return trunk.Stats().Late > 25 }) // half a second
	if s := e.Stats(); s.PortsBound != 1 || s.Ends != 0 {
		t.Errorf("while the far side still sends: %+v", s)
	}
	mouth.quiet()
	lastSeen := time.Now().Add(-20 * time.Millisecond) // or later
	eventually(t, "port released", func() bool { return e.Stats().PortsBound == 0 })
	if d := time.Since(lastSeen); d < 1700*time.Millisecond {
		t.Errorf("released %v after the last late packet", d)
	}
	if n := len(log.all(media.Closed)); n != 1 {
		t.Errorf("closed %d times", n)
	}
}

func TestDrainingEndsEvenUnderFire(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.DrainIdle, c.DrainMax = time.Minute, 200*time.Millisecond })
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	speak(t, media.PCMU, 440, 7, customer.write)
	trunk.Close(nil)
	eventually(t, "port released", func() bool { return e.Stats().PortsBound == 0 })
}

func TestSilenceIsToldOnlyWherePacketsAreExpected(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.SilentAfter, c.GoneAfter = 150*time.Millisecond, 400*time.Millisecond })
	trunk, customer, log := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	quiet, _, quietLog := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	quiet.Expect(true)
	quiet.Expect(false)
	begin := time.Now()
	trunk.Expect(true)
	begun := time.Now()
	// The instant is computed: no delay of the machine is in it.
	at := log.await(t, media.Silent, 1).At.Add(-150 * time.Millisecond)
	if at.Before(begin) || at.After(begun) {
		t.Errorf("silence began %v after the expectation", at.Sub(begin))
	}
	mouth := speak(t, media.PCMU, 440, 7, customer.write)
	log.await(t, media.Resumed, 1)
	mouth.quiet()
	second, third := log.await(t, media.Silent, 2), log.await(t, media.Silent, 3)
	if d := third.At.Sub(second.At); second.Duration != 150*time.Millisecond || third.Duration != 400*time.Millisecond || d != 250*time.Millisecond {
		t.Errorf("told %v and, %v later, %v", second.Duration, d, third.Duration)
	}
	if n := len(quietLog.all(media.Silent)); n != 0 {
		t.Error("silence told where nothing was expected")
	}
}

// One forged plaintext alert from the browser's own address ends a connection of plain pion.
func TestForgedAlertDoesNotEndTheCall(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, agent, log := webTo(t, e)
	speak(t, media.PCMU, 1000, 0, agent.write)
	speak(t, media.PCMU, 440, 7, customer.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)
	to := net.UDPAddrFromAddrPort(e.WebAddr())
	forged := []string{
		"\x15\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x63\x00\x02\x01\x00",             // close_notify
		"\x15\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x64\x00\x02\x02\x28",             // fatal, handshake_failure
		"\x15\xfe\xfd\x00\x01\x00\x00\x00\x00\x00\x65\x00\x04junk",                 // sealed, but not by the browser
		"\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00 not sealed, but as SRTP", // M3
	}
	for range 50 {
		for _, f := range forged {
			if _, err := agent.socket.WriteTo([]byte(f), to); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "alerts counted", func() bool { return e.Stats().ForgedAlerts == 100 })
	customer.forget()
	agent.forget()
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	if n := len(log.all(media.Closed)) + len(log.all(media.Lost)); n != 0 {
		t.Errorf("the connection ended: %+v", log.events)
	}
}

func TestMalformedPacketsAreCounted(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	for _, raw := range []string{"", "x", "\x80\x00\x00", "\xBF\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01", "\x80\x12\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01zzz"} {
		if _, err := customer.conn.WriteToUDPAddrPort([]byte(raw), customer.to); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "counted", func() bool { s := trunk.Stats(); return s.Malformed == 4 && s.UnknownPT == 1 })
}

func TestReportsGoBothWays(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	speak(t, media.PCMU, 440, 7, customer.write)
	trunk.Play("", media.Loop(media.Tone(time.Second, 600)))
	customer.awaitTone(t, 600)
	reports, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(customer.addr().Addr(), 0)))
	if err != nil {
		t.Fatal(err)
	}
	defer reports.Close()
	local := trunk.LocalAddr()
	ours := customer.heard()[0].SSRC
	rr, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7, Reports: []rtcp.ReceptionReport{{SSRC: ours, FractionLost: 64, Jitter: 80}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reports.WriteToUDPAddrPort(rr, netip.AddrPortFrom(local.Addr(), local.Port()+1)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "their report", func() bool {
		s := trunk.Stats()
		return s.FarReports == 1 && s.FarLost == 0.25 && s.FarJitter == 10*time.Millisecond
	})
	trunk.Close(nil) // sends the last report, with BYE, to where theirs came from
	buf := make([]byte, 1500)
	if err := reports.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	n, err := reports.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := rtcp.Unmarshal(buf[:n])
	if err != nil {
		t.Fatal(err)
	}
	sr, isSR := packets[0].(*rtcp.SenderReport)
	_, isBye := packets[len(packets)-1].(*rtcp.Goodbye)
	if !isSR || !isBye || sr.SSRC != ours || len(sr.Reports) != 1 || sr.Reports[0].SSRC != 7 || sr.PacketCount == 0 {
		t.Errorf("%+v", packets)
	}
}

func TestWarmConnectionIsSilent(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	web, agent, log := webTo(t, e)
	if s := web.Stats(); s.Sent+s.Received != 0 || len(agent.heard()) != 0 {
		t.Errorf("%+v", s)
	}
	if f := web.Format(); f.PCMU != 0 || f.PCMA != 8 || f.Event != 126 || f.Prefer != media.PCMU {
		t.Errorf("negotiated %+v", f)
	}
	web.Close(nil)
	log.await(t, media.Closed, 1)
	eventually(t, "the browser sees the end", func() bool { return agent.pc.ConnectionState() == webrtc.PeerConnectionStateClosed })
}

func TestEngineClosesEverything(t *testing.T) {
	t.Parallel()
	e := startEngine(t, func(c *media.Config) { c.DrainIdle = time.Hour })
	trunk, _, trunkLog := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, _, webLog := webTo(t, e)
	media.Bridge(trunk, web)
	drained, _, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	drained.Close(nil)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	for name, log := range map[string]*diary{"trunk": trunkLog, "web": webLog} {
		if ev := log.all(media.Closed); len(ev) != 1 || !errors.Is(ev[0].Cause, media.ErrClosed) {
			t.Errorf("%s: %+v", name, ev)
		}
	}
	if _, err := e.NewTrunk(media.TrunkConfig{}); !errors.Is(err, media.ErrClosed) {
		t.Errorf("new trunk: %v", err)
	}
	if _, err := e.NewWeb(media.WebConfig{}); !errors.Is(err, media.ErrClosed) {
		t.Errorf("new browser: %v", err)
	}
}

func TestEngineSaysWhatItCannotHave(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	if _, err := media.New(media.Config{Web: e.WebAddr()}); err == nil {
		t.Error("two engines on one port")
	}
	if _, err := media.New(media.Config{PortMin: 9, PortMax: 9}); err == nil {
		t.Error("a range without a pair")
	}
}
