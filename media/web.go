package media

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	mimeEvent = "audio/telephone-event"
	// gatherWithin: on our own port gathering takes no network, only a look at the interfaces.
	gatherWithin = 5 * time.Second
)

// Causes of Lost and Closed of a browser.
var (
	ErrConsent = errors.New("media: browser sends no ICE checks, or never came through")
	ErrSilent  = errors.New("media: browser sends none of the packets that it promised")
	ErrHungUp  = errors.New("media: browser closed the connection")
)

// WebConfig is what a browser end is made with.
type WebConfig struct {
	// OnEvent gets the end's events, one after another, in the engine's courier: it should post and return. nil: none.
	OnEvent func(Event)
}

// pionWeb is a browser behind pion's PeerConnection. It stays up without packets.
type pionWeb struct {
	side
	pc        *webrtc.PeerConnection
	answering sync.Mutex // one offer after another

	// under side.mu
	out    webrtc.TrackLocalWriter // nil until the first offer is answered
	outRTP rtp.Header
	link   link
}

var _ WebEnd = (*pionWeb)(nil)

// NewWeb makes a browser end; Answer connects it. ErrClosed or pion's error.
func (e *Engine) NewWeb(cfg WebConfig) (WebEnd, error) {
	pc, err := e.web.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("new browser: %w", err)
	}
	w := &pionWeb{pc: pc}
	w.setup(e, cfg.OnEvent, w, 0)
	w.wire = WebWire
	sender, err := pc.AddTrack(voice{w})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("new browser: %w", err), pc.Close())
	}
	if err := e.admit(&w.side); err != nil {
		return nil, errors.Join(fmt.Errorf("new browser: %w", err), pc.Close())
	}
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { w.changed(time.Now()) })
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		e.running.Go(func() { w.readReports(receiver.Read, nobody) })
		e.running.Go(func() { w.readRTP(track) })
	})
	e.running.Go(func() { w.readReports(sender.Read, w.ourSSRC) })
	return w, nil
}

// Answer implements WebEnd. After ErrOffer and ErrNoCodec another offer may be tried; after other errors only Close.
func (w *pionWeb) Answer(offer string) (string, error) {
	w.answering.Lock()
	defer w.answering.Unlock()
	if err := checkOffer(offer); err != nil {
		return "", err
	}
	if w.isClosed() {
		return "", ErrClosed
	}
	if err := w.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("take offer: %w", w.sayWhy(err))
	}
	answer, err := w.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("make answer: %w", w.sayWhy(err))
	}
	gathered := webrtc.GatheringCompletePromise(w.pc)
	if err := w.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("take own answer: %w", w.sayWhy(err))
	}
	select {
	case <-gathered:
	case <-time.After(gatherWithin):
		return "", fmt.Errorf("gather candidates: nothing after %v", gatherWithin)
	}
	return w.pc.LocalDescription().SDP, nil
}

func (w *pionWeb) sayWhy(err error) error {
	if w.isClosed() || w.pc.ConnectionState() == webrtc.PeerConnectionStateClosed {
		return ErrClosed
	}
	return err
}

// changed looks at the state itself: pion tells each change in a goroutine of its own, so they come in any order.
func (w *pionWeb) changed(at time.Time) {
	w.mu.Lock()
	state := w.pc.ConnectionState()
	now := w.link.after(state)
	if now != w.link && !w.closed {
		switch now {
		case linkUp:
			w.emitLocked(Event{Kind: Up, At: at})
		case linkLost:
			w.emitLocked(Event{Kind: Lost, At: at, Cause: ErrConsent})
		}
	}
	w.link = now
	w.mu.Unlock()
	if state == webrtc.PeerConnectionStateClosed {
		w.Close(ErrHungUp)
	}
}

// link is the connection as its owner knows it.
type link uint8

const (
	linkNew link = iota
	linkUp
	linkLost
)

// after is the link that pion's state makes of l. Connecting changes nothing: an ICE restart of a lost connection goes
// through it. Failed is told also of a connection that was never up.
func (l link) after(state webrtc.PeerConnectionState) link {
	switch state {
	case webrtc.PeerConnectionStateConnected:
		return linkUp
	case webrtc.PeerConnectionStateFailed:
		return linkLost
	case webrtc.PeerConnectionStateDisconnected:
		if l == linkUp {
			return linkLost
		}
	}
	return l
}

// doubtful is the pause in its sound after which a browser that is doubted counts as lost; packets come every 20 ms.
const doubtful = 500 * time.Millisecond

// watch implements far. A browser in a call sends without a pause; ICE needs seconds more to miss it, in which the
// customer would hear nothing.
func (w *pionWeb) watch(now time.Time) { w.missLocked(now, w.eng.cfg.WebSilentAfter) }

// Doubt implements WebEnd.
func (w *pionWeb) Doubt() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.missLocked(time.Now(), doubtful)
}

// missLocked tells of a browser that spoke and then has been silent for so long; the connection counts as lost from its
// last packet on, until the next one. One that has never spoken may still be about to.
func (w *pionWeb) missLocked(now time.Time, silence time.Duration) {
	if w.closed || w.link != linkUp || !w.expected || !w.heard || now.Sub(w.since) < silence {
		return
	}
	w.link = linkLost
	w.emitLocked(Event{Kind: Lost, At: w.since, Cause: ErrSilent})
}

func (w *pionWeb) readRTP(track *webrtc.TrackRemote) {
	buf, p := make([]byte, receiveMTU+32), new(Packet)
	for {
		n, _, err := track.Read(buf[:receiveMTU])
		at := time.Now()
		switch {
		case n == 0 && err != nil:
			return
		case err != nil: // a payload type that pion does not know
			w.count(&w.stats.UnknownPT)
		default:
			w.handle(buf[:n], at, p)
		}
	}
}

func (w *pionWeb) handle(b []byte, at time.Time, p *Packet) {
	h, body, err := parseRTP(b)
	if err != nil {
		w.count(&w.stats.Malformed)
		return
	}
	w.mu.Lock()
	law, event, ok := w.format.known(h.pt)
	if !ok || w.closed {
		w.stats.UnknownPT++
		w.mu.Unlock()
		return
	}
	if w.link == linkLost { // ICE notices only at its next look, up to 2 s later
		w.link = linkUp
		w.emitLocked(Event{Kind: Up, At: at})
	}
	dst := w.takeLocked(h, body, law, event, at, p)
	w.mu.Unlock()
	if dst != nil {
		dst.WriteRTP(p)
	}
}

func (w *pionWeb) count(n *uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*n++
}

// ready implements far.
func (w *pionWeb) ready() bool { return w.link == linkUp && w.out != nil }

func (w *pionWeb) send(h header, b []byte) error {
	w.outRTP = rtp.Header{Version: 2, Marker: h.marker, PayloadType: h.pt, SequenceNumber: h.seq, Timestamp: h.ts, SSRC: h.ssrc}
	_, err := w.out.WriteRTP(&w.outRTP, b[headerLen:])
	return err
}

func (w *pionWeb) report(packets []rtcp.Packet) {
	// An error here is the connection's end, which is told as such.
	_ = w.pc.WriteRTCP(packets)
}

// shut closes the connection in a goroutine, since pion waits for its own.
func (w *pionWeb) shut() {
	go func() {
		defer w.eng.running.Done() // admit's
		_ = w.pc.GracefulClose()
	}()
}
