package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// How an agent brings a third party into a call, or gives the call away. What
// comes of it shows in the call's picture: asking, others, failed.

func consult(ctx context.Context, p *page, b wire.Ask) error {
	to, out, err := p.target(ctx, b.To)
	if err != nil {
		return err
	}
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input {
		return call.Consult{Agent: p.who.ID, To: to, Outside: out}
	})
}

func transfer(ctx context.Context, p *page, b wire.Ask) error {
	to, out, err := p.target(ctx, b.To)
	if err != nil {
		return err
	}
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input {
		return call.Transfer{Agent: p.who.ID, To: to, Outside: out}
	})
}

// target reads for whom an agent asks. A number must pass the guard first.
func (p *page) target(ctx context.Context, t wire.Target) (call.Destination, call.Outside, error) {
	to := call.Destination{Kind: call.DestinationKind(t.Kind), ID: t.ID}
	if to.Kind != call.ToNumber {
		return to, call.Outside{}, nil
	}
	out, side, err := p.desks.deps.Lines.Outside(ctx, p.who.ID, t.ID)
	if err != nil {
		return to, out, err
	}
	p.desks.deps.Journal.Record(nil, []stamp.Side{side}) // BEFORE the stamps that name it
	to.ID = out.Dial.Number
	return to, out, nil
}

func consultEnd(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.EndConsult{Agent: p.who.ID} })
}

func transferComplete(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.CompleteTransfer{Agent: p.who.ID} })
}

func conference(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.Conference{Agent: p.who.ID} })
}

func park(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.Park{Agent: p.who.ID} })
}

// retrieve fetches a parked call for an agent who is ready for one.
func retrieve(ctx context.Context, p *page, b wire.CallRef) error {
	if state := p.desk.state(); state != stamp.StateReady {
		return refuse(codeNotNow, "You are %s; a parked call can be fetched by who is ready.", state)
	}
	return p.desks.deps.Calls.Ask(ctx, stamp.ID(b.Call), call.Retrieve{Agent: p.who.ID})
}

// state is the agent's as it was drawn last.
func (k *desk) state() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.presence.State
}

// asks draws who else takes part, and who is being brought in.
func (d *Desks) asks(c *wire.Call, v call.View) {
	at := d.deps.Clock.Shown
	c.Role = v.Role
	for _, o := range v.Others {
		t := stamp.Target{To: string(call.ToAgent), Name: string(o.Agent)}
		if o.Agent == "" {
			t = stamp.Target{To: string(call.ToNumber), Party: o.Party}
		}
		c.Others = append(c.Others, wire.Other{Leg: int(o.Leg), Role: o.Role, Who: d.named(t), State: o.State})
	}
	if a := v.Asking; a != nil {
		c.Asking = &wire.Asking{Kind: a.Kind, By: d.deps.People.Agent(a.By), Who: d.named(a.Target), Since: at(a.Since), Answered: a.Answered}
	}
	if f := v.Failed; f != nil {
		c.Failed = &wire.Failed{Kind: f.Kind, Who: d.named(f.Target), Why: string(f.Why), At: at(f.At)}
	}
}

func (d *Desks) named(t stamp.Target) wire.Who {
	w := wire.Who{Kind: t.To, ID: t.Name}
	switch call.DestinationKind(t.To) {
	case call.ToAgent:
		w.Name = d.deps.People.Agent(stamp.AgentID(t.Name)).Name
	case call.ToQueue:
		w.Name = d.deps.Directory.Queue(stamp.QueueID(t.Name)).Name
	case call.ToNumber:
		w.Number = d.deps.Directory.Party(t.Party).Number
	}
	return w
}

// Park lists the calls that are parked.
type Park interface {
	Parked() []wire.Parked
}

type parkedOutput struct{ Body []wire.Parked }

func (s *Server) listParked(context.Context, *struct{}) (*parkedOutput, error) {
	return &parkedOutput{s.deps.Park.Parked()}, nil
}
