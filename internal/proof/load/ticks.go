package load

import (
	"sync"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
)

// The witness ticks every tickEvery. A tick that is later than worthNoting is
// a line in the ledger, one later than stalled counts as stalled.
const (
	tickEvery   = 10 * time.Millisecond
	worthNoting = 2 * time.Millisecond
	stalled     = 10 * time.Millisecond
)

// Ticks is the ticking witness: what it misses, the whole load missed.
type Ticks struct {
	ledger *Ledger
	stop   chan struct{}
	done   sync.WaitGroup
}

// NewTicks begins to tick.
func NewTicks(l *Ledger) *Ticks {
	t := &Ticks{ledger: l, stop: make(chan struct{})}
	t.done.Go(t.run)
	return t
}

// run keeps what it missed until the end: it must not wait for the ledger.
func (t *Ticks) run() {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	last, ticks := time.Now(), 0
	var stalls []check.Note
	for {
		select {
		case <-t.stop:
			for _, n := range append(stalls, check.Note{Who: "load", What: "ticks", At: last.UnixMicro(), Ticks: ticks}) {
				t.ledger.Saw(n)
			}
			return
		case <-tick.C:
		}
		now := time.Now()
		ticks++
		if n, noted := missed(last, now); noted {
			stalls = append(stalls, n)
		}
		last = now
	}
}

// missed tells what was lost between two ticks, if it is worth a line.
func missed(last, now time.Time) (n check.Note, noted bool) {
	late := now.Sub(last) - tickEvery
	if late <= worthNoting {
		return n, false
	}
	n = check.Note{Who: "load", What: "stall", At: now.UnixMicro(), US: late.Microseconds()}
	if late > stalled {
		n.Ticks = 1
	}
	return n, true
}

// Stop ends the witness and writes how often it ticked.
func (t *Ticks) Stop() {
	close(t.stop)
	t.done.Wait()
}
