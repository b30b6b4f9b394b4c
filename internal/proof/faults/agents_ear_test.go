package faults_test

import (
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/proof/wiretap"
)

// piece is how much sound is judged at once: 60 ms, in which a tone of 1000 Hz
// can be told from music.
const piece = 480

// ear is a customer's: it judges what the telephone plays, piece by piece.
type ear struct {
	mu     sync.Mutex
	buf    []float64
	pieces []heard
}

// heard is a piece of sound: how much of it is the agent's tone, and its power.
type heard struct {
	at           time.Time // its end
	agent, power float64
}

// take is the telephone's Script.Heard.
func (e *ear) take(payload []byte, pt uint8) {
	at := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.buf = append(e.buf, wiretap.Decode(pt, payload)...)
	if len(e.buf) < piece {
		return
	}
	e.pieces = append(e.pieces, heard{at, wiretap.Tone(e.buf, 8000, rig.AgentHz), wiretap.Power(e.buf)})
	e.buf = e.buf[:0]
}

// since are the pieces after the instant.
func (e *ear) since(at time.Time) []heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []heard
	for _, p := range e.pieces {
		if p.at.After(at) {
			list = append(list, p)
		}
	}
	return list
}

// agent reports whether the piece is the agent's tone.
func (p heard) isAgent() bool { return p.agent > 0.8 && p.power > 1e-3 }

// isMusic reports whether it is some other sound.
func (p heard) isMusic() bool { return p.agent < 0.3 && p.power > 1e-4 }

// hears reports whether the customer hears the agent now.
func (e *ear) hears() bool {
	all := e.since(time.Now().Add(-300 * time.Millisecond))
	return len(all) > 0 && all[len(all)-1].isAgent()
}

// returned is when, after the instant, the agent was heard again after having
// been away; ok says that it has happened.
func (e *ear) returned(since time.Time) (at time.Time, ok bool) {
	away := false
	for _, p := range e.since(since) {
		switch {
		case p.agent < 0.5:
			away = true
		case away && p.isAgent():
			return p.at, true
		}
	}
	return time.Time{}, false
}

// music is when, after the instant, the customer heard music for the first time.
func (e *ear) music(since time.Time) (at time.Time, ok bool) {
	for _, p := range e.since(since) {
		if p.isMusic() {
			return p.at, true
		}
	}
	return time.Time{}, false
}

// undisturbed reports how many pieces after the instant were not the agent's.
func (e *ear) undisturbed(since time.Time) (others int) {
	for _, p := range e.since(since) {
		if p.agent < 0.5 {
			others++
		}
	}
	return others
}
