package robot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// phone is the warm connection: silent until a call needs it.
type phone struct {
	pc    *webrtc.PeerConnection
	track *webrtc.TrackLocalStaticRTP
	voice Voice
	heard func(pt uint8, payload []byte)
	up    chan struct{}
	down  chan struct{} // closed when ICE or DTLS gave up
	stop  chan struct{}
	done  sync.WaitGroup

	talk atomic.Bool
}

// newAPI has the browser's audio as far as we use it: G.711 and keys. Each
// phone gets its own sockets, as each browser has.
func newAPI() (*webrtc.API, error) {
	m := &webrtc.MediaEngine{}
	for _, c := range []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, PayloadType: 0},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMA, ClockRate: 8000}, PayloadType: 8},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "audio/telephone-event", ClockRate: 8000}, PayloadType: 126},
	} {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithSettingEngine(s)), nil
}

// newPhone makes a connection and its SDP offer.
func newPhone(v Voice, heard func(pt uint8, payload []byte)) (*phone, string, error) {
	api, err := newAPI()
	if err != nil {
		return nil, "", fmt.Errorf("robot's codecs: %w", err)
	}
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, "", fmt.Errorf("robot's connection: %w", err)
	}
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypePCMU, ClockRate: 8000}, "audio", "robot")
	if err != nil {
		return nil, "", errors.Join(err, pc.Close())
	}
	p := &phone{pc: pc, track: track, voice: v, heard: heard, up: make(chan struct{}), down: make(chan struct{}), stop: make(chan struct{})}
	if _, err := pc.AddTrack(track); err != nil {
		return nil, "", errors.Join(err, pc.Close())
	}
	var up, down sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch s {
		case webrtc.PeerConnectionStateConnected:
			up.Do(func() { close(p.up) })
		case webrtc.PeerConnectionStateDisconnected, webrtc.PeerConnectionStateFailed:
			down.Do(func() { close(p.down) })
		}
	})
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.done.Go(func() { p.listen(t) }) })
	offer, err := pc.CreateOffer(nil)
	if err == nil {
		err = pc.SetLocalDescription(offer)
	}
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("robot's offer: %w", err), pc.Close())
	}
	return p, offer.SDP, nil
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
	err := p.pc.Close()
	p.done.Wait()
	return err
}
