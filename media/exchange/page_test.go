package exchange_test

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// page is an agent's page: a real WebRTC peer, pion in the role of Chromium.
type page struct {
	ear
	pc   *webrtc.PeerConnection
	wire *wire
	out  webrtc.TrackLocalWriter
	ctx  webrtc.TrackLocalContext
}

// wire is a network that can be cut: what is sent over it then is lost, both ways.
type wire struct {
	*net.UDPConn
	cut atomic.Bool
}

func (w *wire) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := w.UDPConn.ReadFrom(b)
		if err != nil || !w.cut.Load() {
			return n, from, err
		}
	}
}

func (w *wire) WriteTo(b []byte, to net.Addr) (int, error) {
	if w.cut.Load() {
		return len(b), nil
	}
	n, err := w.UDPConn.WriteTo(b, to)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return len(b), nil
	}
	return n, err
}

func (p *page) ID() string                            { return "mic" }
func (p *page) RID() string                           { return "" }
func (p *page) StreamID() string                      { return "page" }
func (p *page) Kind() webrtc.RTPCodecType             { return webrtc.RTPCodecTypeAudio }
func (p *page) Unbind(webrtc.TrackLocalContext) error { return nil }
func (p *page) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	p.out, p.ctx = c.WriteStream(), c
	return c.CodecParameters()[0], nil
}

func (p *page) write(pkt *rtp.Packet) error {
	pkt.Header.SSRC = uint32(p.ctx.SSRC())
	_, err := p.out.WriteRTP(&pkt.Header, pkt.Payload)
	return err
}

func api(t testing.TB, w *wire) *webrtc.API {
	t.Helper()
	m := &webrtc.MediaEngine{}
	for mime, pt := range map[string]webrtc.PayloadType{webrtc.MimeTypePCMU: 0, webrtc.MimeTypePCMA: 8, "audio/telephone-event": 126} {
		c := webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: 8000}, PayloadType: pt}
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			t.Fatal(err)
		}
	}
	var s webrtc.SettingEngine
	quiet := &logging.DefaultLoggerFactory{Writer: io.Discard}
	mux := webrtc.NewICEUDPMux(quiet.NewLogger("ice"), w)
	t.Cleanup(func() { mux.Close() })
	s.LoggerFactory = quiet
	s.SetICEUDPMux(mux)
	s.SetIncludeLoopbackCandidate(true)
	s.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(30*time.Second, time.Minute, 200*time.Millisecond)
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
}

// open makes a page; nobody knows of it yet.
func open(t testing.TB) *page {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &page{wire: &wire{UDPConn: c}}
	if p.pc, err = api(t, p.wire).NewPeerConnection(webrtc.Configuration{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.pc.GracefulClose(); err != nil {
			t.Error(err)
		}
	})
	p.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		buf := make([]byte, 1500)
		for {
			n, _, err := track.Read(buf)
			if err != nil && n == 0 {
				return
			}
			p.hear(buf[:n])
		}
	})
	if _, err := p.pc.AddTrack(p); err != nil {
		t.Fatal(err)
	}
	return p
}

// offer is the page's SDP offer.
func (p *page) offer() (string, error) {
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	<-gathered
	return p.pc.LocalDescription().SDP, nil
}

// sit brings the page to the agent's seat, without waiting for the connection.
func (h *house) sit(agent stamp.AgentID, p *page) error {
	offer, err := p.offer()
	if err != nil {
		return err
	}
	answer, err := h.Answer(agent, offer)
	if err != nil {
		return err
	}
	return p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer})
}

// seat makes a page that is connected at the agent's seat.
func (h *house) seat(t testing.TB, agent stamp.AgentID) *page {
	t.Helper()
	p := open(t)
	if err := h.sit(agent, p); err != nil {
		t.Fatal(err)
	}
	eventually(t, "seated", func() bool {
		return h.Seated(agent) && p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected
	})
	return p
}

var _ webrtc.TrackLocal = (*page)(nil)

func soon(c *media.Config) { c.WebLostAfter = time.Second }
