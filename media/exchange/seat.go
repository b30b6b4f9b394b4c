package exchange

import (
	"errors"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// errReplaced ends a browser end whose page brought another one.
var errReplaced = errors.New("replaced by a newer connection of the same seat")

// errLeft ends the browser end of an agent who left the floor.
var errLeft = errors.New("the agent left")

// seat is an agent's place: whichever browser end is the newest.
type seat struct {
	agent stamp.AgentID
	x     *Exchange

	// under Exchange.mu
	end  media.WebEnd
	up   bool
	line *line       // the call that the agent takes part in
	leg  stamp.LegNo // the agent's leg in it
	base media.Stats // of the end when it joined the call
}

// Answer takes the SDP offer of an agent's page: a new connection for the
// agent's seat, which replaces the one before. The answer is complete.
func (x *Exchange) Answer(agent stamp.AgentID, offer string) (string, error) {
	var end media.WebEnd
	ready := make(chan struct{}) // no event is taken before end is known
	end, err := x.engine.NewWeb(media.WebConfig{OnEvent: func(ev media.Event) {
		<-ready
		x.seatEvent(agent, end, ev)
	}})
	close(ready)
	if err != nil {
		return "", fmt.Errorf("seat agent %s: %w", agent, err)
	}
	x.take(agent, end) // before the answer, or its Up could find the seat with another end
	answer, err := end.Answer(offer)
	if err != nil {
		end.Close(err)
		return "", fmt.Errorf("seat agent %s: %w", agent, err)
	}
	return answer, nil
}

// take puts the end on the agent's seat; the one before it is lost.
func (x *Exchange) take(agent stamp.AgentID, end media.WebEnd) {
	x.mu.Lock()
	s := x.desks[agent]
	if s == nil {
		s = &seat{agent: agent, x: x}
		x.desks[agent] = s
	}
	before, wasUp := s.end, s.up
	s.end, s.up, s.base = end, false, media.Stats{}
	notes := s.lostLocked(wasUp)
	x.mu.Unlock()
	notes(time.Now())
	if before != nil {
		before.Close(errReplaced)
	}
}

// Leave closes an agent's connection: the agent logged out.
func (x *Exchange) Leave(agent stamp.AgentID) {
	x.mu.Lock()
	s := x.desks[agent]
	delete(x.desks, agent)
	x.mu.Unlock()
	if s != nil {
		s.end.Close(errLeft)
	}
}

// Seated reports whether the agent's warm connection is up.
func (x *Exchange) Seated(agent stamp.AgentID) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.desks[agent]
	return s != nil && s.up
}

// seatEvent runs in the engine's courier. Events of an end that is no longer
// the seat's mean nothing.
func (x *Exchange) seatEvent(agent stamp.AgentID, end media.WebEnd, ev media.Event) {
	x.mu.Lock()
	s := x.desks[agent]
	if s == nil || s.end != end {
		x.mu.Unlock()
		return
	}
	notes := func(time.Time) {}
	switch ev.Kind {
	case media.Up:
		notes = s.backLocked()
	case media.Lost, media.Closed:
		wasUp := s.up
		s.up = false
		notes = s.lostLocked(wasUp)
	default:
		if l := s.line; l != nil {
			post, leg := l.post, s.leg
			notes = func(at time.Time) {
				if in := legInput(leg, ev, end.Stats); in != nil {
					post(at, in)
				}
			}
		}
	}
	x.mu.Unlock()
	notes(ev.At)
}

// lostLocked returns what is to be told, without the lock, of a broken seat.
func (s *seat) lostLocked(wasUp bool) func(at time.Time) {
	if !wasUp {
		return func(time.Time) {}
	}
	if s.line != nil {
		s.line.end.Attach(nil)
	}
	return s.tellLocked(false, call.SeatLost{Agent: s.agent})
}

// backLocked returns what is to be told of a seat that is connected (again).
func (s *seat) backLocked() func(at time.Time) {
	if s.up {
		return func(time.Time) {}
	}
	s.up = true
	return s.tellLocked(true, call.SeatBack{Agent: s.agent})
}

func (s *seat) tellLocked(up bool, in call.Input) func(at time.Time) {
	var post Post
	if s.line != nil {
		post = s.line.post
	}
	agent, seats := s.agent, s.x.seats
	return func(at time.Time) {
		if post != nil {
			post(at, in)
		}
		seats.Seat(at, agent, up)
	}
}

// join makes the seat part of a call.
func (s *seat) join(l *line, leg stamp.LegNo) {
	if s.line != nil {
		s.leave()
	}
	s.line, s.leg, s.base = l, leg, s.end.Stats()
}

// mute takes the seat out of the sound; it stays part of the call.
func (s *seat) mute() {
	s.end.Attach(nil)
	s.end.Play("", nil)
	s.end.Expect(false)
}

// leave takes the seat out of its call.
func (s *seat) leave() {
	l := s.line
	s.mute()
	if l.seat == s {
		l.end.Attach(nil)
		l.seat = nil
	}
	sum := summary(s.leg, s.base, s.end.Stats())
	s.line = nil
	l.post(time.Now(), call.Summary{Stats: sum})
}
