package media_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/prompts"
)

func TestHoldPlaysMusicAndResumes(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, trunkLog := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	web, agent, webLog := webTo(t, e)
	speak(t, media.PCMA, 440, 7, customer.write)
	mic := speak(t, media.PCMA, 1000, 0, agent.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)

	music := media.Loop(media.Tone(time.Second, 1500))
	web.Attach(nil)
	media.Park(trunk, "hold", music)
	customer.awaitTone(t, 1500)
	agent.forget()
	mic.quiet() // as a page does on hold
	customer.forget()
	customer.awaitTone(t, 1500)
	if n := len(agent.heard()); n > 2 {
		t.Errorf("the agent heard %d packets of a customer on hold", n)
	}

	speak(t, media.PCMA, 700, 0, agent.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 700)
	agent.awaitTone(t, 440)
	customer.continuous(t)
	for name, log := range map[string]*diary{"trunk": trunkLog, "web": webLog} {
		log.await(t, media.FirstReceived, 2)
		log.await(t, media.FirstSent, 2)
		if n := len(log.all(media.Played)); n != 0 {
			t.Errorf("%s: music that was stopped told its end %d times", name, n)
		}
	}
}

func TestPromptsPlayOnceAndTellTheEnd(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, log := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	thanks, err := prompts.Load("vi", prompts.CSATThanks)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	trunk.Play("survey", media.Once(media.Tone(300*time.Millisecond, 600), media.Tone(310*time.Millisecond, 900)))
	played := log.await(t, media.Played, 1)
	if d := played.At.Sub(begin); played.ID != "survey" || d < 540*time.Millisecond || d > 5*time.Second {
		t.Errorf("%+v after %v", played, d)
	}
	eventually(t, "31 frames", func() bool { return len(customer.heard()) == 31 })
	customer.continuous(t)
	for i, p := range customer.heard() {
		if want := customer.heard()[0].Timestamp + uint32(i*media.FrameSize); p.Timestamp != want {
			t.Errorf("frame %d: timestamp %d, want %d", i, p.Timestamp, want)
		}
	}
	trunk.Play("cut", media.Once(thanks))
	customer.forget()
	eventually(t, "speech", func() bool { return len(customer.heard()) > 10 })
	trunk.Play("", nil) // the customer pressed a key
	trunk.Play("next", media.Once(media.Tone(40*time.Millisecond, 600)))
	if ev := log.await(t, media.Played, 2); ev.ID != "next" {
		t.Errorf("%+v", ev)
	}
}

func TestDigitsBothWays(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, trunkLog := trunkTo(t, e, media.NewFormat(media.PCMU, 96))
	web, agent, webLog := webTo(t, e)
	media.Bridge(trunk, web)
	key(t, customer.write, 96, 7, 5)
	if ev := trunkLog.await(t, media.Digit, 1); ev.Digit != '5' || ev.Inband || ev.Duration != 80*time.Millisecond {
		t.Errorf("from the customer: %+v", ev)
	}
	key(t, agent.write, 126, 0, 11)
	if ev := webLog.await(t, media.Digit, 1); ev.Digit != '#' {
		t.Errorf("from the agent: %+v", ev)
	}
	wantEvents(t, "customer", &customer.ear, 96, "#")
	wantEvents(t, "agent", &agent.ear, 126, "5")

	customer.forget()
	if err := trunk.Press("19*", 60*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	wantEvents(t, "customer", &customer.ear, 96, "19*")
	customer.forget()
	if err := trunk.Press("7", 200*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key is down", func() bool { return len(customer.heard()) > 2 })
	trunk.Play("", media.Loop(media.Tone(time.Second, 600))) // waits for the key
	wantEvents(t, "customer", &customer.ear, 96, "7")
	stamps := map[uint32]bool{}
	for _, p := range customer.heard() {
		if p.PayloadType == 96 {
			stamps[p.Timestamp] = true
		}
	}
	if len(stamps) != 1 {
		t.Errorf("one key under %d timestamps", len(stamps))
	}
	customer.awaitTone(t, 600)
	agent.forget()
	if err := web.Press("D", 60*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	wantEvents(t, "agent", &agent.ear, 126, "D")
	customer.continuous(t)
	if n := len(trunkLog.all(media.Digit)) + len(webLog.all(media.Digit)); n != 2 {
		t.Errorf("%d keys told, want 2", n)
	}
}

// key sends a key of 80 ms, its packets doubled.
func key(t *testing.T, write func(*rtp.Packet) error, pt uint8, ssrc uint32, code byte) {
	t.Helper()
	for i := range 6 {
		p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SSRC: ssrc, SequenceNumber: uint16(i), Timestamp: 5},
			Payload: []byte{code, 10, byte(min(i+1, 4) * 160 >> 8), byte(min(i+1, 4) * 160 & 0xFF)}}
		if i >= 3 {
			p.Payload[1] |= 0x80
		}
		for range 2 {
			if err := write(p); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wantEvents reads telephone-events as another implementation would: a key per timestamp, ended by its E bit.
func wantEvents(t *testing.T, who string, e *ear, pt uint8, want string) {
	t.Helper()
	got := ""
	eventually(t, fmt.Sprintf("%s gets %q", who, want), func() bool {
		ends := map[uint32]int{}
		got = ""
		for _, p := range e.heard() {
			if p.PayloadType == pt && p.Payload[1]&0x80 != 0 {
				if ends[p.Timestamp]++; ends[p.Timestamp] == 3 {
					got += string("0123456789*#ABCD"[p.Payload[0]])
				}
			}
		}
		return got == want
	})
}

func TestDigitsAsTonesWhereEventsWereNotAgreed(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMA, media.NoPT))
	far, farLog := mirror(t, e, customer)
	far.DetectInband(true)
	if err := trunk.Press("42", 100*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	eventually(t, "two keys of tones", func() bool { return len(customer.heard()) >= 2*9 })
	for _, p := range customer.heard() {
		if err := customer.write(&p); err != nil {
			t.Fatal(err)
		}
	}
	farLog.await(t, media.Digit, 2)
	for i, want := range []byte("42") {
		if ev := farLog.all(media.Digit)[i]; ev.Digit != want || !ev.Inband {
			t.Errorf("key %d: %+v", i, ev)
		}
	}
}

// mirror is a second trunk to the same phone, which from then on speaks to it.
func mirror(t *testing.T, e *media.Engine, p *phone) (media.TrunkEnd, *diary) {
	t.Helper()
	d := &diary{}
	tr, err := e.NewTrunk(media.TrunkConfig{OnEvent: d.add})
	if err != nil {
		t.Fatal(err)
	}
	tr.SetRemote(media.Remote{RTP: p.addr(), Format: media.NewFormat(media.PCMA, media.NoPT)})
	p.to = tr.LocalAddr()
	return tr, d
}

// A page reload: the customer hears music, then the agent again, in one stream.
func TestReloadIsOneStreamForTheCustomer(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, trunkLog := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	speak(t, media.PCMU, 440, 7, customer.write)
	old, page, oldLog := webTo(t, e)
	speak(t, media.PCMU, 1000, 0, page.write)
	media.Bridge(trunk, old)
	customer.awaitTone(t, 1000)

	if err := page.pc.Close(); err != nil { // Chromium sends close_notify
		t.Fatal(err)
	}
	if ev := oldLog.await(t, media.Closed, 1); !errors.Is(ev.Cause, media.ErrHungUp) {
		t.Errorf("%+v", ev)
	}
	music, err := prompts.Music()
	if err != nil {
		t.Fatal(err)
	}
	media.Park(trunk, "", media.Loop(music))
	again, reloaded, _ := webTo(t, e)
	speak(t, media.PCMU, 800, 0, reloaded.write)
	media.Bridge(trunk, again)
	customer.awaitTone(t, 800)
	reloaded.awaitTone(t, 440)
	customer.continuous(t)
	trunkLog.await(t, media.FirstSent, 2)
	old.Close(nil)
	if n := len(oldLog.all(media.Closed)); n != 1 {
		t.Errorf("closed %d times", n)
	}
}

// Chromium may keep sending the law that it likes: where the trunk has the other one, a table turns it.
func TestOtherLawIsTranscoded(t *testing.T) {
	t.Parallel()
	for _, law := range []media.Law{media.PCMU, media.PCMA} {
		t.Run("trunk "+law.String(), func(t *testing.T) {
			t.Parallel()
			e := startEngine(t)
			other := media.PCMA - law
			trunk, customer, _ := trunkTo(t, e, media.NewFormat(law, 101))
			only := codec(webrtc.MimeTypePCMU, 0)
			if other == media.PCMA {
				only = codec(webrtc.MimeTypePCMA, 8)
			}
			web, agent, _ := webTo(t, e, only)
			if f := web.Format(); f.Prefer != other || f.Event != media.NoPT {
				t.Fatalf("negotiated %+v", f)
			}
			speak(t, law, 440, 7, customer.write)
			speak(t, other, 1000, 0, agent.write)
			media.Bridge(trunk, web)
			customer.awaitTone(t, 1000)
			agent.awaitTone(t, 440)
			if pt := customer.heard()[0].PayloadType; pt != uint8(law)*8 {
				t.Errorf("the trunk got payload type %d", pt)
			}
			if pt := agent.heard()[0].PayloadType; pt != uint8(other)*8 {
				t.Errorf("the browser got payload type %d", pt)
			}
		})
	}
}

func TestSameLawIsNotTouched(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMA, 101))
	web, agent, _ := webTo(t, e) // prefers PCMU, takes both
	media.Bridge(trunk, web)
	payload := make([]byte, media.FrameSize)
	for i := range payload {
		payload[i] = byte(i * 7)
	}
	p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SSRC: 7, SequenceNumber: 1}, Payload: payload}
	if err := customer.write(p); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the packet", func() bool { return len(agent.heard()) == 1 })
	if got := agent.heard()[0]; got.PayloadType != 8 || string(got.Payload) != string(payload) {
		t.Errorf("payload type %d, %x", got.PayloadType, got.Payload)
	}
}

func TestMuteSilencesWithoutAGap(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, log := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, agent, webLog := webTo(t, e)
	speak(t, media.PCMU, 1000, 0, agent.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)
	web.Mute(true)
	eventually(t, "silence", func() bool {
		last := customer.heard()
		for _, c := range last[len(last)-1].Payload {
			if c != media.PCMU.Silence() {
				return false
			}
		}
		return true
	})
	web.Mute(false)
	customer.forget()
	customer.awaitTone(t, 1000)
	customer.continuous(t)
	if n := len(log.all(media.FirstSent)) + len(webLog.all(media.FirstReceived)); n > 3 {
		t.Errorf("muting counted as another bridge: %d first packets", n)
	}
}

func TestICERestartKeepsTheCall(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	trunk, customer, _ := trunkTo(t, e, media.NewFormat(media.PCMU, 101))
	web, agent, log := webTo(t, e)
	speak(t, media.PCMU, 1000, 0, agent.write)
	speak(t, media.PCMU, 440, 7, customer.write)
	media.Bridge(trunk, web)
	customer.awaitTone(t, 1000)
	before := agent.pc.LocalDescription().SDP
	if err := agent.offer(web, true); err != nil {
		t.Fatal(err)
	}
	if agent.pc.LocalDescription().SDP == before {
		t.Fatal("no restart was offered")
	}
	eventually(t, "connected again", func() bool { return agent.pc.ICEConnectionState() == webrtc.ICEConnectionStateConnected })
	customer.forget()
	agent.forget()
	customer.awaitTone(t, 1000)
	agent.awaitTone(t, 440)
	agent.continuous(t)
	if n := len(log.all(media.Closed)); n != 0 {
		t.Error("the restart ended the connection")
	}
}

func TestBadOffersAreRefused(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	w, err := e.NewWeb(media.WebConfig{})
	if err != nil {
		t.Fatal(err)
	}
	good := newBrowser(t)
	offer, err := good.pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	without := func(line string) string { return strings.ReplaceAll(offer.SDP, "a="+line, "a=x-"+line) }
	for name, c := range map[string]struct {
		sdp  string
		want error
	}{
		"nothing":          {"", media.ErrOffer},
		"nonsense":         {"nonsense", media.ErrOffer},
		"too long":         {offer.SDP + strings.Repeat("a=x\r\n", 20_000), media.ErrOffer},
		"no media":         {"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", media.ErrOffer},
		"video":            {strings.Replace(offer.SDP, "m=audio", "m=video", 1), media.ErrOffer},
		"two lines":        {offer.SDP + offer.SDP[strings.Index(offer.SDP, "m=audio"):], media.ErrOffer},
		"no fingerprint":   {without("fingerprint"), media.ErrOffer},
		"no ufrag":         {without("ice-ufrag"), media.ErrOffer},
		"no password":      {without("ice-pwd"), media.ErrOffer},
		"no law of ours":   {strings.NewReplacer("PCMU", "G722", "PCMA", "iLBC").Replace(offer.SDP), media.ErrNoCodec},
		"laws not offered": {strings.Replace(offer.SDP, "SAVPF 0 8 126", "SAVPF 126", 1), media.ErrNoCodec},
	} {
		if answer, err := w.Answer(c.sdp); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v; answer %q", name, err, c.want, answer)
		}
	}
	if err := good.offer(w, false); err != nil {
		t.Errorf("a good offer after bad ones: %v", err)
	}
	w.Close(nil)
	if _, err := w.Answer(offer.SDP); !errors.Is(err, media.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
