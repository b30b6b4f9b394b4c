package call

import "github.com/callstamp/callstamp/kpi/stamp"

// Menus before and between queues. The conversation runs them; what the
// customer does there is stamped here, and where they lead is followed.

// menu brings the call into a menu.
func (t *turn) menu(id string) {
	t.begin(stamp.PhaseMenu, stamp.System, stamp.IVREntered{Menu: id})
	t.do(StartMenu{Leg: stamp.CustomerLeg, Menu: id})
}

func menuAsked(t *turn, in MenuAsked) error {
	if t.s.menu != "" {
		t.say(stamp.System, stamp.IVRNode(in))
	}
	return nil
}

func menuKey(t *turn, in MenuKey) error {
	by := stamp.Customer
	if in.Input == NoKey {
		by = stamp.System
	}
	if t.s.menu != "" {
		t.say(by, stamp.IVRInput(in))
	}
	return nil
}

// menuLeft: the customer has chosen, or has not.
func menuLeft(t *turn, in MenuLeft) error {
	if t.s.menu == "" {
		return nil
	}
	t.begin(stamp.PhaseArriving, stamp.System, stamp.IVRExited{Menu: t.s.menu, End: in.End})
	t.lead(in.To)
	return nil
}

// Words of stamp.IVRInput that are no option's key.
const (
	NoKey    = "no_input"
	WrongKey = "invalid"
)
