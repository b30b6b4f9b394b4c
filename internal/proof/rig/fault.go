package rig

import (
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/load"
)

// ServerDead is the name of the fault in which the server itself is gone: from
// before its death until it is ready again. Its calls end as abnormal.
const ServerDead = check.ServerDead

// Excuse is what a fault may do to calls; the zero value says that they must
// not feel it.
type Excuse struct {
	Slack  time.Duration // durations that touch the fault may be off by so much
	Blind  bool          // desks may miss what happens, and act late
	Refuse bool          // new calls may be turned away
}

// Fault writes into the ledger that something is broken from now on until the
// returned function is called: only between the two does the checker excuse
// anything, and only what is said. Call it before the fault is there.
func (h *House) Fault(name string, e ...Excuse) (healed func()) {
	n := check.Note{Who: "load", What: "fault", Name: name, At: time.Now().UnixMicro()}
	for _, x := range e {
		n.US, n.Blind, n.Refuse = n.US+x.Slack.Microseconds(), n.Blind || x.Blind, n.Refuse || x.Refuse
	}
	h.Ledger.Saw(n)
	return func() {
		h.Ledger.Saw(check.Note{Who: "load", What: "healed", Name: name, At: time.Now().UnixMicro()})
	}
}

// tick begins to witness stalls; from here on it matters when something
// happens.
func (h *House) tick() {
	if h.ticks == nil {
		h.ticks = load.NewTicks(h.Ledger)
	}
}
