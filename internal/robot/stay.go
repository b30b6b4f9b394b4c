package robot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// pauses are those of the page before it tries again (docs/protocol.md); the
// last one is repeated.
var pauses = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, time.Second} //nolint:gochecknoglobals // read-only

// hasty bounds each of the first tries: what a dead network swallowed the system
// repeats only after 1, 3, 7 … s.
const (
	hasty      = 1500 * time.Millisecond
	hastyTries = 8
)

// final are the close codes after which no page tries again.
var final = []int{wire.CloseForbidden, wire.CloseProtocol, wire.CloseTakenOver} //nolint:gochecknoglobals // read-only

// comeBack tries until the desk is open again. The error says that it never
// will be.
func (r *Robot) comeBack(ctx context.Context, lost error) error {
	r.link.lost()
	if !r.cfg.Stay || websocket.IsCloseError(lost, final...) {
		return fmt.Errorf("lost the desk: %w", lost)
	}
	r.note("lost", wire.Call{}, "")
	for i := 0; ctx.Err() == nil; i++ {
		if !r.wait(ctx, pauses[min(i, len(pauses)-1)]) {
			return nil
		}
		err := r.sitDown(ctx, patience(i))
		if err == nil {
			return nil
		}
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok && slices.Contains(final, closed.Code) {
			return err
		}
	}
	return nil
}

func patience(try int) time.Duration {
	if try < hastyTries {
		return hasty
	}
	return setUp
}

// wait lets d pass; what errands post meanwhile is taken, as they would hang.
func (r *Robot) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
			return true
		case d := <-r.done:
			r.did(d)
		case n := <-r.phones:
			_ = r.connected(ctx, n) // never an error of a robot that stays
		}
	}
}

// newly is a warm connection that has just come up, or has failed to.
type newly struct {
	phone *phone
	state string // the agent's, when the desk was opened; "": only the sound was renewed
	err   error
}

func (n newly) drop() {
	if n.phone != nil {
		_ = n.phone.close() // nobody needed it
	}
}

// Pages look after their sound by these times (docs/protocol.md, Sound).
const (
	reachable = 3 * time.Second        // a server that was heard so lately would hear us
	seatless  = 700 * time.Millisecond // the server misses our sound
)

// look leaves a server that has been silent for long, and makes a new
// connection where the sound is broken, but never while the server is not
// heard: the one that there is may heal, and is quicker then.
func (r *Robot) look(ctx context.Context) {
	if !r.cfg.Stay {
		return
	}
	silent := r.link.silentFor()
	if silent > silence {
		r.link.lost() // the reader tells
	}
	if r.phone == nil || r.connecting > 0 || silent > reachable {
		return
	}
	if r.phone.broken() || !r.unseated.IsZero() && time.Since(r.unseated) > seatless {
		r.unseated = time.Time{}
		r.connect(ctx, "")
	}
}

// seated keeps since when the server has no connection of ours.
func (r *Robot) seated(yes bool) {
	switch {
	case yes:
		r.unseated = time.Time{}
	case r.unseated.IsZero():
		r.unseated = time.Now()
	}
}

// connect brings up a new warm connection beside the former one.
func (r *Robot) connect(ctx context.Context, state string) {
	r.connecting++
	r.errands.Go(func() {
		n := newly{state: state}
		n.phone, n.err = r.newSound(ctx)
		if n.err != nil && r.cfg.Stay { // the next try is not at once
			select {
			case <-time.After(time.Second):
			case <-r.over:
			}
		}
		select {
		case r.phones <- n:
		case <-r.over:
			n.drop()
		}
	})
}

func (r *Robot) newSound(ctx context.Context) (*phone, error) {
	ctx, cancel := context.WithTimeout(ctx, setUp)
	defer cancel()
	p, offer, err := newPhone(r.cfg)
	if err != nil {
		return nil, err
	}
	f, err := r.link.ask(ctx, wire.TypeMediaOffer, wire.SDP{SDP: offer})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	var answer wire.SDP
	if err := json.Unmarshal(f.Body, &answer); err != nil {
		return nil, errors.Join(fmt.Errorf("read media answer: %w", err), p.close())
	}
	if err := p.answered(ctx, answer.SDP); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// connected takes the new connection into use; at a desk that was opened anew
// the robot goes ready.
func (r *Robot) connected(ctx context.Context, n newly) error {
	r.connecting--
	switch {
	case errors.Is(n.err, errLost) && r.cfg.Stay:
		return nil // another begins with the next connection
	case n.err != nil && r.cfg.Stay:
		r.connect(ctx, n.state)
		return nil
	case n.err != nil:
		return n.err
	}
	if r.phone != nil {
		n.phone.talk.Store(r.phone.talk.Load())
		_ = r.phone.close() // it may have died before
	}
	r.phone = n.phone
	if n.state == "" {
		return nil
	}
	r.errands.Go(func() {
		if _, err := r.link.ask(ctx, wire.TypeReady, nil); err != nil {
			return // the desk is lost, or the call goes first
		}
		if n.state == stamp.StateOffline { // a session has begun
			r.note("ready", wire.Call{}, "")
		} else {
			r.note("back", wire.Call{}, "")
		}
	})
	if r.ready != nil {
		r.ready()
		r.ready = nil
	}
	return nil
}
