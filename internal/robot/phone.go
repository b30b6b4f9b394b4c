package robot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// phone is the warm connection: silent until a call needs it.
type phone struct {
	pc    *webrtc.PeerConnection
	mux   io.Closer
	track *webrtc.TrackLocalStaticRTP
	voice Voice
	heard func(pt uint8, payload []byte)
	up    chan struct{}
	stop  chan struct{}
	done  sync.WaitGroup

	talk atomic.Bool
}

// newAPI has the browser's audio as far as we use it: G.711 and keys. Each
// phone gets its own sockets, as each browser has; with bind, one of that
// address, which the phone closes.
func newAPI(bind string) (*webrtc.API, io.Closer, error) {
	m := &webrtc.MediaEngine{}
	for _, c := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, PayloadType: 0},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA, ClockRate: 8000}, PayloadType: 8},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "audio/telephone-event", ClockRate: 8000}, PayloadType: 126},
	} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, nil, err
		}
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	own := io.Closer(nothing{})
	if bind != "" {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(bind)})
		if err != nil {
			return nil, nil, err
		}
		mux := webrtc.NewICEUDPMux(nil, conn)
		s.SetICEUDPMux(mux)
		own = mux
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s)), own, nil
}

// nothing needs no closing.
type nothing struct{}

func (nothing) Close() error { return nil }

// newPhone makes a connection and its SDP offer.
func newPhone(c Config) (*phone, string, error) {
	api, mux, err := newAPI(c.Bind)
	if err != nil {
		return nil, "", fmt.Errorf("robot's codecs: %w", err)
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("robot's connection: %w", err), mux.Close())
	}
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, "audio", "robot")
	if err != nil {
		return nil, "", errors.Join(err, pc.Close(), mux.Close())
	}
	p := &phone{pc: pc, mux: mux, track: track, voice: c.Voice, heard: c.Heard, up: make(chan struct{}), stop: make(chan struct{})}
	if _, err := pc.AddTrack(track); err != nil {
		return nil, "", errors.Join(err, pc.Close(), mux.Close())
	}
	var up sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			up.Do(func() { close(p.up) })
		}
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.done.Go(func() { p.listen(t) }) })
	offer, err := pc.CreateOffer(nil)
	if err == nil {
		err = pc.SetLocalDescription(offer)
	}
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("robot's offer: %w", err), pc.Close(), mux.Close())
	}
	return p, offer.SDP, nil
}

// broken reports whether ICE or DTLS gave up, for now at least.
func (p *phone) broken() bool {
	switch p.pc.ConnectionState() {
	case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		return true
	}
	return false
}

// answered takes the server's answer and waits until sound could flow.
func (p *phone) answered(ctx context.Context, sdp string) error {
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return fmt.Errorf("robot takes answer: %w", err)
	}
	select {
	case <-p.up:
		p.done.Go(p.speak)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("robot's connection is not up: %w", ctx.Err())
	}
}

// speak sends a frame each 20 ms while a call wants sound. Always µ-law: the
// server turns it into what the trunk has.
func (p *phone) speak() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	pkt := rtp.Packet{Header: rtp.Header{Version: 2}, Payload: make([]byte, frame)}
	pcm := make([]int16, frame)
	fresh := true
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		pkt.Timestamp += frame
		if !p.talk.Load() {
			fresh = true
			continue
		}
		p.voice.Frame(pcm)
		for i, s := range pcm {
			pkt.Payload[i] = ulaw(s)
		}
		pkt.SequenceNumber++
		pkt.Marker, fresh = fresh, false
		if err := p.track.WriteRTP(&pkt); err != nil {
			return
		}
	}
}

func (p *phone) listen(t *webrtc.TrackRemote) {
	for {
		pkt, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		if p.heard != nil && (pkt.PayloadType == 0 || pkt.PayloadType == 8) {
			p.heard(pkt.PayloadType, pkt.Payload)
		}
	}
}

func (p *phone) close() error {
	close(p.stop)
	err := errors.Join(p.pc.Close(), p.mux.Close())
	p.done.Wait()
	return err
}
