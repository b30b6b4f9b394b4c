package switchboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// Past is what the journal holds of the node's earlier boots.
type Past interface {
	// OpenCalls returns the stamps of every call without call.closed, each
	// from its first stamp on, in order of N.
	OpenCalls() ([][]stamp.Stamp, error)
	// Alive is the node's last proof of life before this boot.
	Alive() stamp.Instant
	// Dialogs returns the last dialog entry of every leg of those calls.
	Dialogs() ([]stamp.Side, error)
}

// Recovered is what was found after a crash.
type Recovered struct {
	Closed  int          // calls closed as abnormal
	Pending int          // calls whose wrap-up was taken up again
	Byes    []stamp.Side // dialogs of the closed calls: each wants a BYE
}

// Recover closes the calls that a crash has left open, at the node's last proof
// of life, and takes up the wrap-ups that wait for their agents. It is called
// once, before the doors open. An error names the calls that could not be
// closed; the others are.
func (s *Switchboard) Recover(past Past) (Recovered, error) {
	var r Recovered
	open, err := past.OpenCalls()
	if err != nil {
		return r, fmt.Errorf("read open calls: %w", err)
	}
	dialogs, err := past.Dialogs()
	if err != nil {
		return r, fmt.Errorf("read dialogs: %w", err)
	}
	var faults []error
	for _, stamps := range open {
		if err := s.recoverCall(&r, stamps, past.Alive(), dialogs); err != nil {
			faults = append(faults, err)
		}
	}
	return r, errors.Join(faults...)
}

func (s *Switchboard) recoverCall(r *Recovered, stamps []stamp.Stamp, alive stamp.Instant, dialogs []stamp.Side) error {
	closing, err := call.Recover(stamps, alive)
	if err != nil {
		return err
	}
	if len(closing) > 0 {
		s.deps.Sink.Record(closing, nil)
		stamps = append(slices.Clip(stamps), closing...)
	}
	if slices.ContainsFunc(closing, func(x stamp.Stamp) bool { return x.Kind() == "call.released" }) {
		r.Closed++
		r.Byes = append(r.Byes, dialogsOf(stamps[0].Subject.ID, dialogs)...)
	}
	plan := call.PlanOf(stamps)
	m, err := call.Replay(plan, stamps)
	if err != nil {
		return err
	}
	if !m.Closed() {
		r.Pending++
		s.resume(m, plan, stamps)
	}
	return nil
}

// dialogsOf are the dialogs of the call's legs: their ids are call id "/" leg.
func dialogsOf(id stamp.ID, all []stamp.Side) []stamp.Side {
	var own []stamp.Side
	for _, d := range all {
		if strings.HasPrefix(d.ID, string(id)+"/") {
			own = append(own, d)
		}
	}
	return own
}

// resume runs a call that is over but for its wrap-ups, and tells the Floor
// whom they bind.
func (s *Switchboard) resume(m *call.Machine, plan call.Plan, stamps []stamp.Stamp) {
	c := s.begin(m.ID(), m, plan, nil)
	if c == nil {
		return
	}
	c.stamps, c.over, c.released = stamps, true, true
	c.show()
	at, n := m.Head()
	for _, w := range m.Wraps() {
		c.move(head{at, n}, call.Presence{Seat: w.Seat, To: stamp.StateWrap, Segment: w.Segment})
	}
	go c.run(nil)
}
