package media

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// voice is the track that a browser hears. Unlike pion's own tracks it sends every negotiated payload type.
type voice struct{ w *pionWeb }

var _ webrtc.TrackLocal = voice{}

func (v voice) ID() string                { return "voice" }
func (v voice) RID() string               { return "" }
func (v voice) StreamID() string          { return "callstamp" }
func (v voice) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// Bind learns what was negotiated, once, after the first answer.
func (v voice) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	format, first, err := negotiated(ctx.CodecParameters())
	if err != nil {
		return webrtc.RTPCodecParameters{}, err
	}
	w := v.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.format, w.out = format, ctx.WriteStream()
	w.tx = newRewriter(uint32(ctx.SSRC()))
	return first, nil
}

// Unbind is called when the connection is closed.
func (v voice) Unbind(webrtc.TrackLocalContext) error {
	v.w.mu.Lock()
	defer v.w.mu.Unlock()
	v.w.out = nil
	return nil
}

// negotiated is the format of the codecs in the browser's order; first is the first law among them.
func negotiated(codecs []webrtc.RTPCodecParameters) (f Format, first webrtc.RTPCodecParameters, err error) {
	f = Format{PCMU: NoPT, PCMA: NoPT, Event: NoPT, Ptime: frameTime}
	found := false
	for _, c := range codecs {
		law := PCMU
		switch c.MimeType {
		case webrtc.MimeTypePCMU:
			f.PCMU = int(c.PayloadType)
		case webrtc.MimeTypePCMA:
			f.PCMA, law = int(c.PayloadType), PCMA
		default:
			if c.ClockRate == clockRate {
				f.Event = int(c.PayloadType)
			}
			continue
		}
		if !found {
			f.Prefer, first, found = law, c, true
		}
	}
	if !found {
		return f, first, ErrNoCodec
	}
	return f, first, nil
}

// ourSSRC is known once the first offer is answered.
func (w *pionWeb) ourSSRC() uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.tx.ssrc
}

func nobody() uint32 { return 0 }

// readReports takes RTCP until the connection closes. pion hands out a packet once per SSRC in it: to our sender what
// is about us, to the receiver what the browser says of itself.
func (w *pionWeb) readReports(read func([]byte) (int, interceptor.Attributes, error), aboutUs func() uint32) {
	buf := make([]byte, receiveMTU)
	for {
		n, _, err := read(buf)
		if err != nil {
			return
		}
		w.heardRTCP(buf[:n], aboutUs(), time.Now())
	}
}
