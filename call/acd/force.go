package acd

import (
	"fmt"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// What a supervisor decides for an agent, and what the page says of its sound.

// force asks for a state in a supervisor's name.
func (d *decision) force(in Force) error {
	m := d.m
	if m.busy() && !in.After {
		return fmt.Errorf("%w: the agent is %s; have it take effect after the call, or wait", ErrIllegal, m.state)
	}
	switch in.To {
	case stamp.StateReady:
		m.want, m.pause, m.leave = stamp.StateReady, Pause{}, ""
	case stamp.StatePaused:
		if in.Pause.Reason == "" {
			return fmt.Errorf("%w: a pause needs a reason", ErrIllegal)
		}
		m.want, m.pause, m.leave = stamp.StatePaused, in.Pause, ""
	case stamp.StateOffline:
		m.leave = "supervisor"
	default:
		return fmt.Errorf("%w: nobody can be made %q", ErrIllegal, in.To)
	}
	m.asked = asked{d.at, in.By}
	return d.wish(stamp.Supervisor)
}

// mic follows the page's microphone. Without one no offer could be accepted.
func (d *decision) mic(in Mic) error {
	switch {
	case !in.There:
		return d.fault(string(stamp.OfferNoMicrophone))
	case d.m.fault == string(stamp.OfferNoMicrophone):
		return d.fault("")
	}
	return nil
}

// fault says that the seat is of no use, or is again. Such an agent is not
// offered the next call at once, only to fail at it: they are unreachable.
func (d *decision) fault(reason string) error {
	if d.m.fault == reason {
		return nil
	}
	d.m.fault = reason
	return d.wish(stamp.Network)
}
