package acd

import (
	"fmt"
	"slices"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// decision is one step under way: it stamps, and each stamp is applied at once,
// so that the next question sees the new state.
type decision struct {
	m       *Machine
	at      stamp.Instant
	cause   *stamp.Cause
	call    stamp.ID
	stamps  []stamp.Stamp
	effects []Effect
}

func (d *decision) decide(in Input) error {
	switch in := in.(type) {
	case Login:
		return d.login(in)
	case Assign:
		d.assign(in)
		return nil
	case Ready:
		return d.ready()
	case Pause:
		return d.pause(in)
	case Force:
		return d.force(in)
	case Mic:
		return d.mic(in)
	case Fault:
		return d.fault(in.Reason)
	case Logout:
		return d.logout(in)
	case Seat:
		return d.seat(in)
	case Heart:
		return d.heart(in)
	case Reserve:
		return d.reserve(in)
	case Unreserve:
		return d.unreserve()
	case Moved:
		return d.moved(in.Move)
	case Freed:
		return d.freed()
	case Close:
		d.m.leave = "system"
		d.end(stamp.System)
		return nil
	case Tick:
		return d.tick()
	}
	return fmt.Errorf("%w: %T", ErrIllegal, in)
}

// stamp records one fact. A state change never lies before the one before it;
// what it is late by is kept. An observation keeps its true instant.
func (d *decision) stamp(actor stamp.Actor, phase string, f stamp.Fact) {
	at, late := d.at, int64(0)
	if phase != "" && at.Before(d.m.since) {
		late = d.m.since.Sub(at)
		at = d.m.since
	}
	s := stamp.Stamp{
		Org: d.m.org, Subject: stamp.Subject{Kind: stamp.SubjectAgent, ID: d.m.seat.Session}, N: d.m.n + 1,
		Call: d.call, Instant: at, Late: late, Actor: actor, Cause: d.cause, Phase: phase, Fact: f,
	}
	d.m.apply(s)
	d.stamps = append(d.stamps, s)
}

// to moves the session to another state; to the same state is no move.
func (d *decision) to(actor stamp.Actor, state string, f stamp.AgentStateChanged) {
	f.Agent, f.From, f.To = d.m.seat.Agent, d.m.state, state
	if f.From == state && f.Aux == d.m.aux {
		return
	}
	d.stamp(actor, state, f)
	d.changed()
}

func (d *decision) changed() {
	if !slices.Contains(d.effects, Effect(Changed{})) {
		d.effects = append(d.effects, Changed{})
	}
}

func (d *decision) login(in Login) error {
	d.stamp(stamp.Agent, stamp.StateUnreachable, stamp.AgentLogin{Agent: d.m.seat.Agent, Queues: in.Queues, Skills: in.Skills})
	d.changed()
	return nil
}

// settle brings a session that no call claims to the state that is due.
func (d *decision) settle(actor stamp.Actor, f stamp.AgentStateChanged) {
	m := d.m
	switch {
	case m.leave != "":
		d.end(actor)
	case !m.reachable():
		if m.beats && m.seatUp {
			f.Aux = m.fault
		}
		d.to(actor, stamp.StateUnreachable, f)
	case m.want == stamp.StatePaused:
		f.Aux, f.LimitUS, f.Unpaid = m.pause.Reason, m.pause.LimitUS, m.pause.Unpaid
		d.grant(actor, stamp.StatePaused, f)
	default:
		d.grant(actor, stamp.StateReady, f)
	}
}

// grant lets a state that was asked for come true, and says when and by whom it
// was asked for where that was not now and not the agent.
func (d *decision) grant(actor stamp.Actor, state string, f stamp.AgentStateChanged) {
	was := d.m.asked
	d.m.asked = asked{}
	if f.By = was.by; f.By != "" {
		actor = stamp.Supervisor
	}
	if was.at.Before(d.at) && !was.at.IsZero() {
		f.RequestedAt = was.at.At
	}
	d.to(actor, state, f)
}

func (d *decision) end(actor stamp.Actor) {
	d.stamp(actor, stamp.StateOffline, stamp.AgentLogout{Agent: d.m.seat.Agent, By: d.m.leave, Who: d.m.asked.by})
	d.effects = append(d.effects, Changed{}, Ended{})
}

func (d *decision) ready() error {
	d.m.want, d.m.pause, d.m.leave, d.m.asked = stamp.StateReady, Pause{}, "", asked{at: d.at}
	return d.wish(stamp.Agent)
}

func (d *decision) pause(in Pause) error {
	if in.Reason == "" {
		return fmt.Errorf("%w: a pause needs a reason", ErrIllegal)
	}
	d.m.want, d.m.pause, d.m.asked = stamp.StatePaused, in, asked{at: d.at}
	return d.wish(stamp.Agent)
}

func (d *decision) logout(in Logout) error {
	d.m.leave, d.m.asked = in.By, asked{at: d.at}
	return d.wish(actorOf(in.By))
}

// wish lets what the agent asked for come true now or after the call. A line
// that is dialed for an agent who can't be reached must not wait for the
// customer's answer to learn it.
func (d *decision) wish(actor stamp.Actor) error {
	if d.m.state == stamp.StateReserved && !d.m.reachable() {
		d.effects = append(d.effects, Lapsed{})
		d.settle(actor, stamp.AgentStateChanged{})
		return nil
	}
	if d.m.busy() {
		d.changed()
		return nil
	}
	d.settle(actor, stamp.AgentStateChanged{})
	return nil
}

func (d *decision) seat(in Seat) error {
	healed := in.Up && d.m.fault == string(stamp.OfferICEFailed)
	if d.m.seatUp == in.Up && !healed {
		return nil
	}
	d.m.seatUp = in.Up
	if healed {
		d.m.fault = ""
	}
	return d.wish(stamp.Network)
}

func (d *decision) heart(in Heart) error {
	if d.m.beats == in.Beating {
		return nil
	}
	if in.Beating {
		d.stamp(stamp.Agent, "", stamp.AgentHeartbeatBack{Agent: d.m.seat.Agent})
	} else {
		d.stamp(stamp.Network, "", stamp.AgentHeartbeatLost{Agent: d.m.seat.Agent})
	}
	return d.wish(stamp.Network)
}

func (d *decision) reserve(in Reserve) error {
	own := in.Own && d.m.state == stamp.StatePaused && d.m.reachable()
	if d.m.state != stamp.StateReady && !own {
		return fmt.Errorf("%w: the agent is %s", ErrIllegal, d.m.state)
	}
	by := stamp.Dialer
	if in.Own {
		by = stamp.Agent
	}
	d.to(by, stamp.StateReserved, stamp.AgentStateChanged{})
	return nil
}

func (d *decision) unreserve() error {
	if d.m.state == stamp.StateReserved {
		d.settle(stamp.Dialer, stamp.AgentStateChanged{})
	}
	return nil
}

func (d *decision) freed() error {
	if d.m.state == stamp.StateRinging {
		d.settle(stamp.System, stamp.AgentStateChanged{})
	}
	return nil
}

// moved follows a call. The call's stamp is the cause and gives the instant.
func (d *decision) moved(mv call.Move) error {
	d.cause, d.call = &mv.Cause, mv.Call
	d.at = mv.At
	f := stamp.AgentStateChanged{Segment: mv.Segment, Queue: mv.Queue}
	switch mv.To {
	case stamp.StateReady:
		if mv.Pause != "" && d.m.want == stamp.StateReady {
			d.m.want, d.m.pause = stamp.StatePaused, Pause{Reason: mv.Pause}
		}
		d.settle(stamp.System, f)
		return nil
	case stamp.StateRinging, stamp.StateConnecting, stamp.StateConsulting, stamp.StateTalking, stamp.StateWrap:
		d.to(stamp.System, mv.To, f)
		return nil
	}
	return fmt.Errorf("%w: a call can't make an agent %q", ErrIllegal, mv.To)
}

func (d *decision) tick() error {
	due, ok := d.m.Deadline()
	if !ok || d.at.Before(due) {
		return nil
	}
	d.m.leave = "system"
	d.settle(stamp.System, stamp.AgentStateChanged{})
	return nil
}

func actorOf(by string) stamp.Actor {
	switch by {
	case "agent":
		return stamp.Agent
	case "supervisor":
		return stamp.Supervisor
	}
	return stamp.System
}
