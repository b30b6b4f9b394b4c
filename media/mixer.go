package media

import (
	"sync"
	"time"
)

// Mixer is the sound of more than two: every 20 ms each member hears the sum of those it hears. It runs on its engine's
// wheel from the first member to the last, and no longer. It is safe for concurrent use.
//
//	end A ─ Attach ─► jitter buffer ─┐              ┌─► WriteRTP ─► end A
//	end B ─ Attach ─► jitter buffer ─┼─ turn, 20 ms ┼─► WriteRTP ─► end B
//	end C ─ Attach ─► jitter buffer ─┘              └─► WriteRTP ─► end C
//
// What a member's end sends stays one RTP stream when it moves between bridge and mixer: to the end a mixer is one more
// source that is relayed.
type Mixer struct {
	eng *Engine

	mu      sync.Mutex // BEFORE an end's own lock, never after it
	members []*member
	running bool // on the wheel
	heard   []*[FrameSize]int16
	out     [FrameSize]int16
	packet  Packet
	buffer  [headerLen + FrameSize + 32]byte
}

// Party is one member of a mixer: an end, and whom it hears by their place in the list.
type Party struct {
	End   End
	Hears []int
}

// member is a party's place in the mixer, and the sink of what its end receives.
type member struct {
	end   End
	law   Law
	via   uint32 // of the stream towards end
	seq   uint16
	ts    uint32
	hears []*member
	frame [FrameSize]int16

	mu sync.Mutex // the end's reader writes, the wheel reads
	in jitterBuffer
}

// NewMixer makes a mixer without members.
func (e *Engine) NewMixer() *Mixer { return &Mixer{eng: e} }

// Set gives the whole picture: who is a member and whom each one hears. All are attached, anew, so that FirstReceived
// comes again; who stays keeps its buffer. What is played to an end goes before what it hears. Who is no longer named is
// no longer heard, and its attachment is the caller's. The empty list ends the mixer's work until the next Set.
func (m *Mixer) Set(parties []Party) {
	m.mu.Lock()
	before := m.members
	m.members = make([]*member, len(parties))
	for i, p := range parties {
		m.members[i] = find(before, p.End)
		if m.members[i] == nil {
			m.members[i] = &member{end: p.End, via: m.eng.newID()}
		}
	}
	most := 0
	for i, p := range parties {
		to := m.members[i]
		to.law, to.hears = p.End.Format().Prefer, make([]*member, len(p.Hears))
		for k, j := range p.Hears {
			to.hears[k] = m.members[j]
		}
		most = max(most, len(p.Hears))
	}
	m.heard = make([]*[FrameSize]int16, 0, most)
	all := m.members
	start, stop := len(parties) > 0 && !m.running, len(parties) == 0 && m.running
	m.running = len(parties) > 0
	m.mu.Unlock()

	for _, f := range all {
		f.end.Attach(f)
	}
	if start {
		m.eng.wheel.add(m)
	}
	if stop {
		m.eng.wheel.remove(m)
	}
}

func find(members []*member, e End) *member {
	for _, m := range members {
		if m.end == e {
			return m
		}
	}
	return nil
}

// tick is the wheel's turn: a frame of each is read, then each gets its sum.
func (m *Mixer) tick(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, from := range m.members {
		from.mu.Lock()
		from.in.frame(&from.frame)
		from.mu.Unlock()
	}
	for _, to := range m.members {
		if len(to.hears) == 0 {
			continue // its music, if any, is the end's own
		}
		m.heard = m.heard[:0]
		for _, from := range to.hears {
			m.heard = append(m.heard, &from.frame)
		}
		mix(&m.out, m.heard)
		m.writeLocked(to, now)
	}
}

func (m *Mixer) writeLocked(to *member, now time.Time) {
	b := m.buffer[:headerLen+FrameSize]
	encodeFrame(to.law, b[headerLen:], &m.out)
	// An SSRC other than 0: packets of the bridge before may still be under way, and must not interrupt this stream.
	m.packet = Packet{B: b, At: now, Law: to.law, Seq: to.seq, TS: to.ts, SSRC: to.via, Via: to.via}
	to.seq++
	to.ts += FrameSize
	to.end.WriteRTP(&m.packet)
}

// WriteRTP implements Sink. Keys are no sound: who hears them is told of them by the end's events.
func (f *member) WriteRTP(p *Packet) {
	if p.Event {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in.put(p)
}

var _ Sink = (*member)(nil)
