package exchange_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/callstamp/callstamp/media"
)

// ear keeps the RTP that somebody hears.
type ear struct {
	mu      sync.Mutex
	packets []rtp.Packet
}

func (e *ear) hear(b []byte) {
	var p rtp.Packet
	if p.Unmarshal(slices.Clone(b)) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets = append(e.packets, p)
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.packets)
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets = nil
}

// samples is all audio that was heard.
func (e *ear) samples() []int16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []int16
	for _, p := range e.packets {
		if p.PayloadType != 0 && p.PayloadType != 8 {
			continue
		}
		for _, c := range p.Payload {
			all = append(all, media.Law(p.PayloadType/8).Decode(c))
		}
	}
	return all
}

const window = 1600 // samples: 200 ms

// awaitTone waits until the newest 200 ms are a tone of hz.
func (e *ear) awaitTone(t testing.TB, hz float64) {
	t.Helper()
	eventually(t, fmt.Sprintf("tone of %v Hz", hz), func() bool {
		s := e.samples()
		return len(s) >= window && media.Goertzel(s[len(s)-window:], hz) > 0.9
	})
}

// never fails if any 20 ms of what was heard hold much of hz.
func (e *ear) never(t testing.TB, hz float64) {
	t.Helper()
	s := e.samples()
	for i := 0; i+media.FrameSize <= len(s); i += media.FrameSize {
		if share := media.Goertzel(s[i:i+media.FrameSize], hz); share > 0.5 {
			t.Errorf("%v Hz heard at frame %d: %.2f", hz, i/media.FrameSize, share)
			return
		}
	}
}

// speak sends a tone in packets of 20 ms until quiet is called.
func speak(t testing.TB, hz float64, write func(*rtp.Packet) error) (quiet func()) {
	stop, done := make(chan struct{}), make(chan struct{})
	src := media.Loop(media.Tone(time.Second, hz))
	p := &rtp.Packet{Header: rtp.Header{Version: 2, SSRC: uint32(hz)}, Payload: make([]byte, media.FrameSize)}
	go func() {
		defer close(done)
		pace := time.NewTicker(20 * time.Millisecond)
		defer pace.Stop()
		for {
			src.Frame(media.PCMU, p.Payload)
			if write(p) != nil {
				return
			}
			p.SequenceNumber++
			p.Timestamp += media.FrameSize
			select {
			case <-stop:
				return
			case <-pace.C:
			}
		}
	}()
	quiet = sync.OnceFunc(func() { close(stop); <-done })
	t.Cleanup(quiet)
	return quiet
}

// press sends a key as RFC 4733 events, 80 ms long.
func press(t testing.TB, write func(*rtp.Packet) error, pt, key uint8) {
	t.Helper()
	for i := range 6 {
		end, duration := byte(0), min(i+1, 4)*160
		if i >= 3 {
			end = 0x80
		}
		p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SSRC: 7, SequenceNumber: uint16(40000 + i), Timestamp: 99, Marker: i == 0},
			Payload: []byte{key, end | 10, byte(duration >> 8), byte(duration)}}
		if err := write(p); err != nil {
			t.Fatal(err)
		}
	}
}

// pressInband sends the tones of key 5, 100 ms long, and silence.
func pressInband(t testing.TB, write func(*rtp.Packet) error) {
	t.Helper()
	sound := media.Loop(media.Tone(time.Second, 770, 1336))
	p := &rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7}, Payload: make([]byte, media.FrameSize)}
	for i := range 10 {
		sound.Frame(media.PCMU, p.Payload)
		if i >= 5 {
			for j := range p.Payload {
				p.Payload[j] = media.PCMU.Silence()
			}
		}
		if err := write(p); err != nil {
			t.Fatal(err)
		}
		p.SequenceNumber++
		p.Timestamp += media.FrameSize
	}
}
