package media

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// webPort is the one UDP port that all browsers share, and pion set up for it.
type webPort struct {
	addr  netip.AddrPort
	guard *alertGuard
	mux   *ice.UDPMuxDefault
	api   *webrtc.API
}

// webBuffer holds what comes for all browsers while the reader waits for a processor. The system may give less.
const webBuffer = 4 << 20

func openWebPort(cfg Config) (*webPort, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(cfg.Web))
	if err != nil {
		return nil, fmt.Errorf("listen for browsers: %w", err)
	}
	p := &webPort{addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), guard: &alertGuard{UDPConn: conn}}
	if err := conn.SetReadBuffer(webBuffer); err != nil {
		conn.Close()
		return nil, fmt.Errorf("buffer for browsers: %w", err)
	}
	logs := pionLogs{cfg.Log}
	p.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: p.guard, Logger: logs.NewLogger("mux")})
	if p.api, err = newAPI(cfg, p.mux, logs); err != nil {
		_ = p.mux.Close() // the first error says more
		return nil, fmt.Errorf("set up WebRTC: %w", err)
	}
	return p, nil
}

func (p *webPort) close() error { return p.mux.Close() }

func newAPI(cfg Config, mux ice.UDPMux, logs pionLogs) (*webrtc.API, error) {
	settings, err := newSettings(cfg, mux, logs)
	if err != nil {
		return nil, err
	}
	codecs, err := newCodecs()
	if err != nil {
		return nil, err
	}
	// No interceptors: each would cost a hand-off and allocations per packet; the reports are ours.
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(codecs),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}

func newSettings(cfg Config, mux ice.UDPMux, logs pionLogs) (webrtc.SettingEngine, error) {
	var s webrtc.SettingEngine
	s.LoggerFactory = logs
	s.SetLite(true) // the browser checks, we answer: no check tick of 200 ms, no gathering
	s.SetICEUDPMux(mux)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	s.SetIncludeLoopbackCandidate(true) // a browser on this machine; without it nothing connects there
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	// Failed is given up for good but for an ICE restart; 25 s is pion's own.
	s.SetICETimeouts(cfg.WebLostAfter, max(25*time.Second, 2*cfg.WebLostAfter), 2*time.Second)
	s.SetSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// No cookie round trip: DTLS is only taken from an address that has passed ICE's message integrity.
	s.SetDTLSInsecureSkipHelloVerify(true)
	// Lost flights of the handshake are sent again soon: at 10 % of loss pion's own second adds up to seconds.
	s.SetDTLSRetransmissionInterval(200 * time.Millisecond)
	s.SetReceiveMTU(receiveMTU)
	// Browsers offer both roles; as DTLS server we choose the SRTP profile, and choose AES-GCM.
	if err := s.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return s, err
	}
	if cfg.PublicIP.IsValid() {
		return s, s.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: []string{cfg.PublicIP.String()}, AsCandidateType: webrtc.ICECandidateTypeHost,
			Mode: webrtc.ICEAddressRewriteAppend})
	}
	return s, nil
}

func newCodecs() (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	for _, c := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: clockRate}, PayloadType: 0},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA, ClockRate: clockRate}, PayloadType: 8},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mimeEvent, ClockRate: clockRate}, PayloadType: 126},
	} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	return m, nil
}
