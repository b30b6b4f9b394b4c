package call

import "github.com/callstamp/callstamp/kpi/stamp"

// House is where a call may be led: everything that was configured, as it was
// when the call began. It is shared by many calls and never changed.
type House struct {
	Queues map[stamp.QueueID]*Plan // the plan of a call that waits there
	Menus  map[string]*Menu
}

// queue returns a queue's plan, nil if there is none.
func (h *House) queue(id stamp.QueueID) *Plan {
	if h == nil {
		return nil
	}
	return h.Queues[id]
}

// menu returns a menu, nil if there is none.
func (h *House) menu(id string) *Menu {
	if h == nil {
		return nil
	}
	return h.Menus[id]
}

// Leads reports whether a call can be led to a destination.
func (h *House) Leads(to Destination) bool {
	switch to.Kind {
	case ToQueue:
		return h.queue(stamp.QueueID(to.ID)) != nil
	case ToMenu:
		return h.menu(to.ID) != nil
	case ToAnnouncement, ToHangup:
		return true
	}
	return false
}

// Door is a queue's policy for who may wait, and where everybody else goes. A
// destination that is none hangs up.
type Door struct {
	Hours  *Hours      // nil = always open
	Closed Destination // outside of them

	MaxSize int         // calls that may wait at once; 0 = any number
	Full    Destination // for the next one

	// Join is who must be there for a call to enter, Stay who must be there for
	// it to go on waiting; "" = nobody.
	Join, Stay Staff
	Empty      Destination // without them

	Keys map[rune]Destination // that the waiting customer may press

	AnnounceUS       int64 // between announcements, µs; 0 = none
	AnnouncePosition bool
	AnnounceWait     bool
	Comfort          string // prompt that is said with them, or alone

	// CallbackKey is the key by which a waiting customer asks to be called back;
	// 0 = they can't.
	CallbackKey   rune
	CallbackTrunk stamp.TrunkID // "" = the one that the call came by
	CallbackTries int
	CallbackGapUS int64

	Overflow Destination // after the longest wait; none: the time-out's prompt
}

// Staff is who of a queue's agents counts as being there.
type Staff string

// The two ways to count.
const (
	LoggedIn  Staff = "logged_in" // whoever has a session, whatever they do
	Reachable Staff = "reachable" // … and is neither paused nor unreachable
)

// asks reports whether only the Floor can say who may enter.
func (d *Door) asks() bool { return d.MaxSize > 0 || d.Join != "" }

// maxHops is how often a call may be led on. Loops are refused when they are
// configured; this ends those that were not seen, of a house that has changed.
const maxHops = 24

// settle follows the places that are closed at an instant: where a call that is
// led to to would come to rest, as far as clocks can say.
func (p *Plan) settle(to Destination, us int64) Destination {
	for range maxHops {
		if to.Kind != ToQueue {
			return to
		}
		q := p.in(stamp.QueueID(to.ID))
		if q.Queue != stamp.QueueID(to.ID) || q.Hours.Open(us) {
			return to
		}
		to = q.Closed
	}
	return Destination{Kind: ToHangup}
}
