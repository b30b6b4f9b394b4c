package media_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// eventually polls: sockets know no fake clock.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for deadline := time.Now().Add(patience); !cond(); <-poll.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

func startEngine(t testing.TB, change ...func(*media.Config)) *media.Engine {
	t.Helper()
	lo := netip.MustParseAddr("127.0.0.1")
	cfg := media.Config{TrunkAddr: lo, Web: netip.AddrPortFrom(lo, 0), DrainIdle: 50 * time.Millisecond}
	for _, f := range change {
		f(&cfg)
	}
	e, err := media.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// diary keeps the events of one end.
type diary struct {
	mu     sync.Mutex
	events []media.Event
}

func (d *diary) add(ev media.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, ev)
}

func (d *diary) all(kind media.EventKind) []media.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.events), func(ev media.Event) bool { return ev.Kind != kind })
}

func (d *diary) await(t testing.TB, kind media.EventKind, n int) media.Event {
	t.Helper()
	eventually(t, fmt.Sprintf("event %s number %d", kind, n), func() bool { return len(d.all(kind)) >= n })
	return d.all(kind)[n-1]
}

// ear keeps the RTP that a far side hears.
type ear struct {
	mu      sync.Mutex
	packets []rtp.Packet
	at      []time.Time // of each
}

func (e *ear) hear(b []byte) {
	var p rtp.Packet
	if p.Unmarshal(slices.Clone(b)) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets, e.at = append(e.packets, p), append(e.at, time.Now())
}

func (e *ear) heard() []rtp.Packet {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.packets)
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets, e.at = nil, nil
}

// tone is the share of hz in the newest second/5 of audio; 0 before there is as much.
func (e *ear) tone(hz float64) float64 {
	var samples []int16
	for _, p := range e.heard() {
		if p.PayloadType == 0 || p.PayloadType == 8 {
			law := media.PCMU
			if p.PayloadType == 8 {
				law = media.PCMA
			}
			for _, c := range p.Payload {
				samples = append(samples, law.Decode(c))
			}
		}
	}
	const window = 1600
	if len(samples) < window {
		return 0
	}
	return media.Goertzel(samples[len(samples)-window:], hz)
}

func (e *ear) awaitTone(t testing.TB, hz float64) {
	t.Helper()
	eventually(t, fmt.Sprintf("tone of %v Hz", hz), func() bool { return e.tone(hz) > 0.9 })
}

// continuous fails unless the packets are one stream: one SSRC, no number twice, the timestamps of audio rising with
// the numbers and with the clock.
func (e *ear) continuous(t testing.TB) {
	t.Helper()
	e.mu.Lock()
	packets, at := slices.Clone(e.packets), slices.Clone(e.at)
	e.mu.Unlock()
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		if b.SSRC != a.SSRC {
			t.Errorf("packet %d: SSRC %x after %x", i, b.SSRC, a.SSRC)
		}
		if d := b.SequenceNumber - a.SequenceNumber; d != 1 {
			t.Errorf("packet %d: number %d after %d", i, b.SequenceNumber, a.SequenceNumber)
		}
		most := 8000 + int32(at[i].Sub(at[i-1])*8/time.Millisecond) // a second ahead of the clock
		if d := int32(b.Timestamp - a.Timestamp); d < 0 || d == 0 && b.PayloadType < 96 || d > most {
			t.Errorf("packet %d: timestamp %d after %d, at most %d expected", i, b.Timestamp, a.Timestamp, most)
		}
	}
}

// mouth speaks: a tone in packets of 20 ms.
type mouth struct {
	write func(*rtp.Packet) error
	stop  chan struct{}
	done  chan struct{}
}

func speak(t testing.TB, law media.Law, hz float64, ssrc uint32, write func(*rtp.Packet) error) *mouth {
	m := &mouth{write: write, stop: make(chan struct{}), done: make(chan struct{})}
	src := media.Loop(media.Tone(time.Second, hz))
	p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: uint8(law) * 8, SSRC: ssrc, SequenceNumber: 65530, Timestamp: 4294967000},
		Payload: make([]byte, media.FrameSize)}
	go func() {
		defer close(m.done)
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for {
			src.Frame(law, p.Payload)
			if err := write(p); err != nil {
				return
			}
			p.SequenceNumber++
			p.Timestamp += media.FrameSize
			select {
			case <-m.stop:
				return
			case <-pace.C:
			}
		}
	}()
	t.Cleanup(m.quiet)
	return m
}

func (m *mouth) quiet() {
	select {
	case <-m.stop:
	default:
		close(m.stop)
	}
	<-m.done
}

// phone is the far side of a trunk: a plain UDP socket.
type phone struct {
	ear
	conn *net.UDPConn
	to   netip.AddrPort
}

func newPhone(t testing.TB, to netip.AddrPort) *phone {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{conn: c, to: to}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			p.hear(buf[:n])
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return p
}

func (p *phone) addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

func (p *phone) write(pkt *rtp.Packet) error {
	b, err := pkt.Marshal()
	if err != nil {
		return err
	}
	_, err = p.conn.WriteToUDPAddrPort(b, p.to)
	return err
}

// trunkTo makes a trunk end and the phone that it talks to.
func trunkTo(t testing.TB, e *media.Engine, f media.Format) (media.TrunkEnd, *phone, *diary) {
	t.Helper()
	d := &diary{}
	tr, err := e.NewTrunk(media.TrunkConfig{OnEvent: d.add})
	if err != nil {
		t.Fatal(err)
	}
	p := newPhone(t, tr.LocalAddr())
	tr.SetRemote(media.Remote{RTP: p.addr(), Format: f})
	return tr, p, d
}

// browser is a real WebRTC peer: pion in the role of Chromium.
type browser struct {
	ear
	pc      *webrtc.PeerConnection
	edit    func(sdp string) string // of the offer, nil: none
	socket  *net.UDPConn
	reports []rtcp.Packet // under ear.mu
	out     webrtc.TrackLocalWriter
	ctx     webrtc.TrackLocalContext
}

func (b *browser) ID() string                            { return "mic" }
func (b *browser) RID() string                           { return "" }
func (b *browser) StreamID() string                      { return "page" }
func (b *browser) Kind() webrtc.RTPCodecType             { return webrtc.RTPCodecTypeAudio }
func (b *browser) Unbind(webrtc.TrackLocalContext) error { return nil }
func (b *browser) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	b.out, b.ctx = c.WriteStream(), c
	return c.CodecParameters()[0], nil
}

func (b *browser) write(p *rtp.Packet) error {
	p.Header.SSRC = uint32(b.ctx.SSRC())
	_, err := b.out.WriteRTP(&p.Header, p.Payload)
	return err
}

// browserAPI is pion on one socket, which the test can write to as well.
func browserAPI(t testing.TB, socket net.PacketConn, codecs ...webrtc.RTPCodecParameters) *webrtc.API {
	t.Helper()
	m := &webrtc.MediaEngine{}
	for _, c := range codecs {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	var s webrtc.SettingEngine
	quiet := logging.DefaultLoggerFactory{Writer: io.Discard}
	mux := webrtc.NewICEUDPMux(quiet.NewLogger("ice"), socket)
	t.Cleanup(func() { mux.Close() })
	s.SetICEUDPMux(mux)
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
}

func codec(mime string, pt webrtc.PayloadType) webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 8000}, PayloadType: pt}
}

func chromiumCodecs() []webrtc.RTPCodecParameters {
	return []webrtc.RTPCodecParameters{codec(webrtc.MimeTypePCMU, 0), codec(webrtc.MimeTypePCMA, 8), codec("audio/telephone-event", 126)}
}

func newBrowser(t testing.TB, codecs ...webrtc.RTPCodecParameters) *browser {
	t.Helper()
	if codecs == nil {
		codecs = chromiumCodecs()
	}
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	pc, err := browserAPI(t, socket, codecs...).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{pc: pc, socket: socket}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go b.readReports(receiver.ReadRTCP)
		buf := make([]byte, 1500)
		for {
			n, _, err := track.Read(buf)
			if err != nil && n == 0 {
				return
			}
			b.hear(buf[:n])
		}
	})
	sender, err := pc.AddTrack(b)
	if err != nil {
		t.Fatal(err)
	}
	go b.readReports(sender.ReadRTCP)
	return b
}

func (b *browser) readReports(read func() ([]rtcp.Packet, interceptor.Attributes, error)) {
	for {
		packets, _, err := read()
		if err != nil {
			return
		}
		b.mu.Lock()
		b.reports = append(b.reports, packets...)
		b.mu.Unlock()
	}
}

// offer brings the browser's offer to w and the answer back.
func (b *browser) offer(w media.WebEnd, restart bool) error {
	offer, err := b.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(b.pc)
	if err := b.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	sdp := b.pc.LocalDescription().SDP
	if b.edit != nil {
		sdp = b.edit(sdp)
	}
	answer, err := w.Answer(sdp)
	if err != nil {
		return errors.Join(err, b.pc.SetLocalDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeRollback}))
	}
	return b.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// webTo makes a browser end and the browser that it talks to, connected.
func webTo(t testing.TB, e *media.Engine, codecs ...webrtc.RTPCodecParameters) (media.WebEnd, *browser, *diary) {
	t.Helper()
	d := &diary{}
	w, err := e.NewWeb(media.WebConfig{OnEvent: d.add})
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, codecs...)
	if err := b.offer(w, false); err != nil {
		t.Fatal(err)
	}
	d.await(t, media.Up, 1)
	eventually(t, "browser connected", func() bool { return b.pc.ConnectionState() == webrtc.PeerConnectionStateConnected })
	return w, b, d
}
