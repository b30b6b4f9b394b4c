package acd

import (
	"context"
	"fmt"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/internal/mailbox"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// ReserveOwn keeps an agent for the call that they are about to dial by hand, and
// returns their seat. lost is called as Reserve's is. Errors: ErrAbsent; ErrIllegal
// where the agent is in a call, is about to be rung, or can't be reached.
func (f *Floor) ReserveOwn(ctx context.Context, id stamp.AgentID, lost func(call.Seat)) (call.Seat, error) {
	type answer struct {
		seat call.Seat
		err  error
	}
	at := time.Now()
	a, err := mailbox.Ask(ctx, f.box, func(reply chan<- answer) func() {
		return func() {
			seat, err := f.reserveOwn(at, id, lost)
			reply <- answer{seat, err}
		}
	})
	if err != nil {
		return call.Seat{}, fmt.Errorf("reserve agent: %w", err)
	}
	return a.seat, a.err
}

func (f *Floor) reserveOwn(at time.Time, id stamp.AgentID, lost func(call.Seat)) (call.Seat, error) {
	a := f.agents[id]
	switch {
	case a == nil:
		return call.Seat{}, ErrAbsent
	case a.held != nil:
		return call.Seat{}, fmt.Errorf("%w: a call is about to ring here", ErrIllegal)
	}
	if err := f.step(a, f.clock.Of(at), Reserve{Own: true}); err != nil {
		return call.Seat{}, err
	}
	a.lost = lost
	return a.machine.seat, nil
}
