package api

import (
	"context"
	"errors"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// extension is what one press on "+" adds to a wrap-up, in µs.
const extension = 30_000_000

// maxNote is the longest note, in bytes.
const maxNote = 8 << 10

// commands is the one list of what a page may ask for.
var commands = map[string]func(context.Context, *page, wire.Frame) (wire.Frame, error){ //nolint:gochecknoglobals // read-only table
	wire.TypeReady:      bare(ready),
	wire.TypePause:      with(pause),
	wire.TypeLogout:     bare(logout),
	wire.TypeMediaOffer: mediaOffer,
	wire.TypeMediaFail:  with(mediaFail),
	wire.TypeRinging:    with(ringing),
	wire.TypeAccept:     with(accept),
	wire.TypeDecline:    with(decline),
	wire.TypeHold:       with(hold),
	wire.TypeMute:       with(mute),
	wire.TypeRecord:     with(record),
	wire.TypeRecPause:   with(recPause),
	wire.TypeHangup:     with(hangup),
	wire.TypeDial:       with(dialByHand),
	wire.TypeConsult:    with(consult),
	wire.TypeConsultEnd: with(consultEnd),
	wire.TypeComplete:   with(transferComplete),
	wire.TypeTransfer:   with(transfer),
	wire.TypeConference: with(conference),
	wire.TypePark:       with(park),
	wire.TypeRetrieve:   with(retrieve),
	wire.TypeDispose:    with(dispose),
	wire.TypeNote:       with(saveNote),
	wire.TypeWrapExtend: with(wrapExtend),
	wire.TypeWrapEnd:    with(wrapEnd),
}

// carryOut runs one command and returns its answer: done, error, or the
// media_answer.
func (p *page) carryOut(ctx context.Context, f wire.Frame) wire.Frame {
	do := commands[f.Type]
	if do == nil {
		return problem(f.ID, codeBadFrame, "There is no message "+quote(f.Type)+"; reload the page.")
	}
	answer, err := do(ctx, p, f)
	if err != nil {
		return refusal(f.ID, err)
	}
	answer.ID = f.ID
	return answer
}

func bare(do func(context.Context, *page) error) func(context.Context, *page, wire.Frame) (wire.Frame, error) {
	return func(ctx context.Context, p *page, _ wire.Frame) (wire.Frame, error) {
		return frame(wire.TypeDone, nil), do(ctx, p)
	}
}

func with[B any](do func(context.Context, *page, B) error) func(context.Context, *page, wire.Frame) (wire.Frame, error) {
	return func(ctx context.Context, p *page, f wire.Frame) (wire.Frame, error) {
		var b B
		if err := decode(f.Body, &b); err != nil {
			return wire.Frame{}, refuse(codeBadFrame, "The message %s can't be read: %v.", f.Type, err)
		}
		return frame(wire.TypeDone, nil), do(ctx, p, b)
	}
}

func ready(ctx context.Context, p *page) error {
	d := p.desks.deps
	var queues []stamp.QueueID
	for _, q := range d.Directory.QueuesOf(p.who.ID) {
		queues = append(queues, stamp.QueueID(q.ID))
	}
	if _, err := d.Floor.Login(ctx, p.who.ID, queues); err != nil {
		return err
	}
	d.Sound.Report(p.who.ID) // AFTER the login, which hears of it from now on; BEFORE ready
	return d.Floor.Tell(ctx, p.who.ID, acd.Ready{})
}

func pause(ctx context.Context, p *page, b wire.Pause) error {
	in, err := pauseFor(p.desks.deps, b.Reason)
	if err != nil {
		return err
	}
	return p.desks.deps.Floor.Tell(ctx, p.who.ID, in)
}

// pauseFor is a pause for one of the reasons; what a page makes up is not
// stamped.
func pauseFor(d DeskDeps, reason string) (acd.Pause, error) {
	for _, r := range d.Reasons() {
		if r.Code == reason {
			return acd.Pause{Reason: reason, LimitUS: r.LimitUS, Unpaid: !r.Paid}, nil
		}
	}
	return acd.Pause{}, refuse(codeUnknown, "There is no pause reason %s; choose one of the list.", quote(reason))
}

func logout(ctx context.Context, p *page) error {
	return p.desks.deps.Floor.Tell(ctx, p.who.ID, acd.Logout{By: "agent"})
}

// mediaOffer brings up or renews the warm connection; answered by media_answer.
func mediaOffer(_ context.Context, p *page, f wire.Frame) (wire.Frame, error) {
	var b wire.SDP
	if err := decode(f.Body, &b); err != nil {
		return wire.Frame{}, refuse(codeBadFrame, "The SDP offer can't be read: %v.", err)
	}
	answer, err := p.desks.deps.Sound.Answer(p.who.ID, b.SDP)
	if err != nil {
		p.desks.deps.Log.Warn("browser not seated", "agent_id", p.who.ID, "err", err)
		return wire.Frame{}, refuse(codeMedia, "The browser's sound can't be connected: %v. Reload the page.", err)
	}
	return frame(wire.TypeMediaAnswer, wire.SDP{SDP: answer}), nil
}

func mediaFail(ctx context.Context, p *page, b wire.MediaFail) error {
	end := stamp.OfferICEFailed
	if b.Reason == string(stamp.OfferNoMicrophone) {
		end = stamp.OfferNoMicrophone
	}
	// BEFORE the offer: the call must not be offered here again meanwhile.
	if err := p.desks.deps.Floor.Tell(ctx, p.who.ID, acd.Fault{Reason: string(end)}); err != nil && !errors.Is(err, acd.ErrAbsent) {
		return err
	}
	p.mic = unknown
	r, ok := p.desk.ringing(b.Offer)
	if !ok {
		return nil
	}
	return p.askOffer(ctx, r, call.OfferFailed{Offer: stamp.ID(r.Offer), End: end})
}

func ringing(ctx context.Context, p *page, b wire.OfferRef) error {
	r, ok := p.desk.ringing(b.Offer)
	if !ok {
		return nil // it is gone already; the unring is on its way
	}
	return p.askOffer(ctx, r, call.DeskRings{Offer: stamp.ID(r.Offer)})
}

func accept(ctx context.Context, p *page, b wire.OfferRef) error {
	r, ok := p.desk.ringing(b.Offer)
	if !ok {
		return errOfferGone
	}
	return p.askOffer(ctx, r, call.Accept{Offer: stamp.ID(r.Offer)})
}

func decline(ctx context.Context, p *page, b wire.OfferRef) error {
	r, ok := p.desk.ringing(b.Offer)
	if !ok {
		return errOfferGone
	}
	return p.askOffer(ctx, r, call.Decline{Offer: stamp.ID(r.Offer)})
}

func (p *page) askOffer(ctx context.Context, r wire.Ring, in call.Input) error {
	return p.desks.deps.Calls.Ask(ctx, stamp.ID(r.Call.Call), in)
}

// ask checks that the agent takes part in the call and gives it the input.
func (p *page) ask(ctx context.Context, id string, in func(segment stamp.SegmentNo) call.Input) error {
	c, ok := p.desk.current()
	if !ok || c.Call != id {
		return errNotYours
	}
	return p.desks.deps.Calls.Ask(ctx, stamp.ID(id), in(stamp.SegmentNo(c.Segment)))
}

func hold(ctx context.Context, p *page, b wire.Switch) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.AgentHold{Agent: p.who.ID, On: b.On} })
}

func mute(ctx context.Context, p *page, b wire.Switch) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.AgentMute{Agent: p.who.ID, On: b.On} })
}

func record(ctx context.Context, p *page, b wire.Switch) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.AgentRecord{Agent: p.who.ID, On: b.On} })
}

func recPause(ctx context.Context, p *page, b wire.Switch) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.AgentRecordPause{Agent: p.who.ID, On: b.On} })
}

func hangup(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(stamp.SegmentNo) call.Input { return call.AgentHangup{Agent: p.who.ID} })
}

// dialByHand calls a number that the agent typed. The call shows as any dialed
// one does.
func dialByHand(ctx context.Context, p *page, b wire.Dial) error {
	return p.desks.deps.Lines.DialByHand(ctx, p.who.ID, b.Number)
}

func dispose(ctx context.Context, p *page, b wire.Dispose) error {
	known := false
	for _, d := range p.desks.deps.Directory.Dispositions() {
		known = known || d.Code == b.Code
	}
	if !known {
		return refuse(codeUnknown, "There is no disposition %s; choose one of the list.", quote(b.Code))
	}
	return p.ask(ctx, b.Call, func(n stamp.SegmentNo) call.Input {
		return call.Dispose{Agent: p.who.ID, Segment: n, Code: b.Code}
	})
}

func wrapExtend(ctx context.Context, p *page, b wire.CallRef) error {
	return p.ask(ctx, b.Call, func(n stamp.SegmentNo) call.Input {
		return call.ExtendWrap{Agent: p.who.ID, Segment: n, ByUS: extension}
	})
}

// wrapEnd sets what comes after the call first, so that the agent is not ready
// for an instant on the way to a pause.
func wrapEnd(ctx context.Context, p *page, b wire.WrapEnd) error {
	var next acd.Input = acd.Ready{}
	if b.Then != stamp.StateReady {
		var err error
		if next, err = pauseFor(p.desks.deps, b.Then); err != nil {
			return err
		}
	}
	if err := p.desks.deps.Floor.Tell(ctx, p.who.ID, next); err != nil && !errors.Is(err, acd.ErrAbsent) {
		return err
	}
	return p.ask(ctx, b.Call, func(n stamp.SegmentNo) call.Input {
		return call.EndWrap{Agent: p.who.ID, Segment: n, By: "agent"}
	})
}
