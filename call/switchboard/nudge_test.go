package switchboard

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestNudgeFindsTheStuckCall: one call hangs in something that never returns; the others answer, and it does when it moves.
func TestNudgeFindsTheStuckCall(t *testing.T) {
	inTime(t, func(t *testing.T, r *rig) {
		well, _ := r.incoming(inboundPlan())
		ill, _ := r.incoming(inboundPlan())
		nudge := func() []stamp.ID {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			return r.board.Nudge(ctx)
		}
		before := time.Now()
		if stuck := nudge(); len(stuck) != 0 || time.Since(before) != 0 {
			t.Errorf("%v, after %v", stuck, time.Since(before))
		}
		let := make(chan struct{})
		r.board.find(ill).box.Put(message{at: r.board.deps.Clock.Now(), do: func(*conversation, stamp.Instant) { <-let }})
		if stuck := nudge(); !slices.Equal(stuck, []stamp.ID{ill}) || time.Since(before) != 5*time.Second {
			t.Errorf("%v, after %v; want %v, not %v", stuck, time.Since(before), ill, well)
		}
		close(let)
		if stuck := nudge(); len(stuck) != 0 {
			t.Errorf("%v hang still", stuck)
		}
	})
}
