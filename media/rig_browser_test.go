package media_test

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/callstamp/callstamp/media"
)

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
