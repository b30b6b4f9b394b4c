package phonenet

import (
	"math"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
)

const (
	frame     = 160 // samples of 20 ms
	cueFrames = 30  // of a cue that are compared: 0.6 s
	match     = 0.85
)

// sound is a phone's RTP: one socket, one sender, one listener.
type sound struct {
	conn  Socket
	cues  map[string][]int16
	heard func(what string, at time.Time) // a source began: a cue's name, or "voice"
	raw   func(payload []byte, pt uint8)
	stop  chan struct{}
	done  sync.WaitGroup

	speaks, hears sync.Once

	limit time.Duration // without a packet; 0: none
	lost  func()        // it is over; called once, must not wait
	last  atomic.Int64  // when a packet came, Unix ns

	mu   sync.Mutex
	far  media
	keys []byte
}

func openSound(ip string, wrap func(*net.UDPConn) Socket) (*sound, error) {
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		return nil, err
	}
	conn := Socket(udp)
	if wrap != nil {
		conn = wrap(udp)
	}
	return &sound{conn: conn, stop: make(chan struct{}), heard: func(string, time.Time) {}}, nil
}

func (s *sound) addr() netip.AddrPort {
	a := s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// start begins to send and to listen, once; far may be set again while it runs.
func (s *sound) start(v Voice) {
	s.speaks.Do(func() { s.done.Go(func() { s.send(v) }) })
	s.hear()
}

// hear begins to listen, once.
func (s *sound) hear() { s.hears.Do(func() { s.done.Go(s.listen) }) }

func (s *sound) setFar(m media) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.far = m
}

// press queues a key, sent as RFC 4733 events of 120 ms.
func (s *sound) press(key byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, key)
}

func (s *sound) close() {
	close(s.stop)
	s.conn.Close()
	s.done.Wait()
}

// state returns where and how to send now, and the next key if one waits.
func (s *sound) state() (far media, key byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.keys) > 0 {
		key = s.keys[0]
	}
	return s.far, key
}

func (s *sound) send(v Voice) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: uint32(time.Now().UnixNano()), SequenceNumber: 1}, Payload: make([]byte, frame)}
	pcm := make([]int16, frame)
	var press keyPress
	s.last.Store(time.Now().UnixNano())
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		s.watch(time.Now())
		p.Timestamp += frame
		far, key := s.state()
		if !far.to.IsValid() || far.to.Port() == 0 || far.dir == "sendonly" || far.dir == "inactive" {
			continue // the far side does not want to hear us
		}
		q := p
		if key != 0 && far.event != 0 {
			q.PayloadType = far.event
			q.Marker = press.frames == 0
			if press.frames == 0 {
				press.ts = p.Timestamp
			}
			q.Timestamp = press.ts
			q.Payload = press.next(key)
			if press.frames == 0 {
				s.released()
			}
		} else {
			q.PayloadType = far.pt
			if v != nil {
				v.Frame(pcm)
			}
			for i, x := range pcm {
				p.Payload[i] = encode(far.pt, x)
			}
		}
		p.SequenceNumber++
		q.SequenceNumber = p.SequenceNumber
		if b, err := q.Marshal(); err == nil {
			_, _ = s.conn.WriteToUDPAddrPort(b, far.to) // a closed far side is seen by signalling
		}
	}
}

// watch notices a far side that has fallen silent.
func (s *sound) watch(now time.Time) {
	if s.limit > 0 && now.UnixNano()-s.last.Load() > int64(s.limit) {
		s.limit = 0
		s.lost()
	}
}

func (s *sound) released() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = s.keys[1:]
}

// keyPress makes the events of one key: six of growing duration, the end three
// times (RFC 4733 §2.5.1.4).
type keyPress struct {
	frames int
	ts     uint32
}

func (k *keyPress) next(key byte) []byte {
	k.frames++
	d := min(k.frames, 6) * frame
	b := []byte{eventOf(key), 10, byte(d >> 8), byte(d)}
	if k.frames >= 6 {
		b[1] |= 0x80
	}
	if k.frames == 8 {
		k.frames = 0
	}
	return b
}

func eventOf(key byte) byte {
	switch {
	case key >= '0' && key <= '9':
		return key - '0'
	case key == '*':
		return 10
	}
	return 11
}

// listen reads what comes. The first 0.6 s of a source tell by the cues which
// prompt or music it is; what is none is a voice.
func (s *sound) listen() {
	b := make([]byte, 1500)
	var e ear
	for {
		n, _, err := s.conn.ReadFromUDPAddrPort(b)
		if err != nil {
			select {
			case <-s.stop:
				return
			default:
				continue // ICMP of a far side that is gone
			}
		}
		at := time.Now()
		s.last.Store(at.UnixNano())
		var p rtp.Packet
		if p.Unmarshal(b[:n]) != nil || p.PayloadType != 0 && p.PayloadType != 8 {
			continue
		}
		if s.raw != nil {
			s.raw(p.Payload, p.PayloadType)
		}
		pcm := make([]int16, len(p.Payload))
		for i, x := range p.Payload {
			pcm[i] = decode(p.PayloadType, x)
		}
		if whole, begun := e.take(packet{p.SequenceNumber, at, p.Marker, pcm}); whole != nil {
			s.heard(s.name(whole), begun)
		}
	}
}

// name finds the cue that the sound begins with: the most alike, since two
// prompts of one speaker may begin with the same word. A line may have lost the
// first packets, and nobody knows how many.
func (s *sound) name(pcm []int16) string {
	best, name := match, "voice"
	for what, cue := range s.cues {
		for lost := 0; lost <= overtakes && lost*frame < len(cue); lost++ {
			if like := similar(pcm, cue[lost*frame:]); like > best {
				best, name = like, what
			}
		}
	}
	return name
}

// similar is the normalised correlation of two beginnings, −1 to 1.
func similar(a, b []int16) float64 {
	n := min(len(a), len(b), cueFrames*frame)
	var ab, aa, bb float64
	for i := range n {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
