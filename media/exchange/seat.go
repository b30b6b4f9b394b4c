package exchange

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// errReplaced ends a browser end whose page brought another one.
var errReplaced = errors.New("replaced by a newer connection of the same seat")

// errLeft ends the browser end of an agent who left the floor.
var errLeft = errors.New("the agent left")

// seat is an agent's place: whichever browser end is the newest. It stands as
// long as there is an end or a call.
type seat struct {
	agent stamp.AgentID
	x     *Exchange

	// under Exchange.mu
	end   media.WebEnd // nil: no page has come, or the agent left in a call
	up    bool
	place             // in the call that the agent takes part in
	ear   *media.Ear  // of the agent's part in the call
	talk  *media.Talk // with the customer; nil: there is none
	base  media.Stats // of the end when it joined the call
	spent media.Stats // of the ends that the call had before this one
}

// Answer takes the SDP offer of an agent's page: a new connection for the
// agent's seat, which replaces the one before. The answer is complete. After an
// error (media.ErrOffer, media.ErrNoCodec, media.ErrClosed) what was there
// before goes on.
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
	answer, err := end.Answer(offer)
	if err != nil {
		end.Close(err)
		return "", fmt.Errorf("seat agent %s: %w", agent, err)
	}
	x.take(agent, end) // BEFORE the page knows the answer: without it, it can't be Up
	return answer, nil
}

// take puts the end on the agent's seat; the one before it is lost.
func (x *Exchange) take(agent stamp.AgentID, end media.WebEnd) {
	x.mu.Lock()
	before := x.seatLocked(agent).change(end)
	x.mu.Unlock()
	if before != nil {
		before.Close(errReplaced)
	}
}

// Leave closes an agent's connection: the agent logged out. A call that the
// agent still takes part in is told SeatLost.
func (x *Exchange) Leave(agent stamp.AgentID) {
	x.mu.Lock()
	var before media.WebEnd
	if s := x.desks[agent]; s != nil {
		before = s.change(nil)
		s.clear()
	}
	x.mu.Unlock()
	if before != nil {
		before.Close(errLeft)
	}
}

// Report tells Seats whether the agent's warm connection is up, in order with
// what Seats is told of it anyway: a session that begins knows nothing of before.
func (x *Exchange) Report(agent stamp.AgentID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.desks[agent]
	x.seats.Seat(time.Now(), agent, s != nil && s.up)
}

// seatLocked is the agent's seat, an empty one if there was none.
func (x *Exchange) seatLocked(agent stamp.AgentID) *seat {
	s := x.desks[agent]
	if s == nil {
		s = &seat{agent: agent, x: x}
		x.desks[agent] = s
	}
	return s
}

// seatEvent runs in the engine's courier. Events of an end that is no longer
// the seat's mean nothing.
func (x *Exchange) seatEvent(agent stamp.AgentID, end media.WebEnd, ev media.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.desks[agent]
	if s == nil || s.end != end {
		return
	}
	switch ev.Kind {
	case media.Up:
		s.back(ev.At)
	case media.Lost, media.Closed:
		s.lost(ev.At)
	default:
		if s.room != nil {
			s.tell(ev, s.room.post)
		}
	}
}

// lost tells of a connection that broke.
func (s *seat) lost(at time.Time) {
	if !s.up {
		return
	}
	s.up = false
	if s.room != nil {
		s.room.drop(s.leg)
		s.room.post(at, call.SeatLost{Agent: s.agent})
	}
	s.x.seats.Seat(at, s.agent, false)
}

// back tells of a connection that is up (again).
func (s *seat) back(at time.Time) {
	if s.up {
		return
	}
	s.up = true
	if s.room != nil {
		s.room.post(at, call.SeatBack{Agent: s.agent})
	}
	s.x.seats.Seat(at, s.agent, true)
}

// change gives the seat another end, nil for none, and returns the one before,
// which is the caller's to close.
func (s *seat) change(end media.WebEnd) (before media.WebEnd) {
	s.lost(s.lastHeard(time.Now()))
	if s.room != nil {
		s.spent = s.sofar()
	}
	before, s.end, s.base = s.end, end, media.Stats{}
	return before
}

// lastHeard is until when the seat took part in the sound of its call: its last
// packet. Out of the sound, or before the first packet in it, it is now.
func (s *seat) lastHeard(now time.Time) time.Time {
	if s.end == nil || s.joined.IsZero() {
		return now
	}
	if last := s.end.Stats().LastReceivedAt; last.After(s.joined) {
		return last
	}
	return now
}

// sofar is what the seat has counted since it joined its call.
func (s *seat) sofar() media.Stats {
	if s.end == nil {
		return s.spent
	}
	return plus(s.spent, since(s.base, s.end.Stats()))
}

// join makes the seat part of a call, and of no other.
func (s *seat) join(r *room, leg stamp.LegNo) {
	if s.room == r && s.leg == leg {
		return
	}
	s.leave()
	s.x.desks[s.agent] = s // leave may have cleared it
	s.place = place{room: r, leg: leg}
	r.seats = append(r.seats, s)
	s.ear, s.talk = media.NewEar(true), nil
	if l := r.line(stamp.CustomerLeg); l != nil {
		s.talk = media.NewTalk(l.ear, s.ear)
	}
	s.base, s.spent = media.Stats{}, media.Stats{}
	if s.end != nil {
		s.base = s.end.Stats()
		s.end.Mute(false) // what was muted in another call is not muted here
	}
}

// mute takes the seat out of the sound; it stays part of the call.
func (s *seat) mute() {
	s.end.Attach(nil)
	s.end.Play("", nil)
	s.end.Expect(false)
}

// leave takes the seat out of its call, if it is in one, and posts its account.
func (s *seat) leave() {
	r := s.room
	if r == nil {
		return
	}
	r.drop(s.leg)
	r.seats = slices.DeleteFunc(r.seats, func(other *seat) bool { return other == s })
	no := s.leg
	s.place = place{}
	if s.talk != nil {
		r.post(time.Now(), call.Voice{Of: voiceOf(no, s.talk.End(time.Now()))}) // BEFORE the account, which may close the call
	}
	s.ear, s.talk = nil, nil
	r.post(time.Now(), call.Summary{Stats: account(no, s.sofar())})
	s.clear()
}

// clear forgets a seat without end and call.
func (s *seat) clear() {
	if s.end == nil && s.room == nil {
		delete(s.x.desks, s.agent)
	}
}
