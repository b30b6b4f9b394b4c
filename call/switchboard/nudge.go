package switchboard

import (
	"context"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// Nudge asks every call for a sign of life and returns those that have given
// none when ctx ends. For the edge alone.
func (s *Switchboard) Nudge(ctx context.Context) (stuck []stamp.ID) {
	type asked struct {
		id    stamp.ID
		alive chan struct{}
	}
	var all []asked
	for _, c := range s.live() {
		alive := make(chan struct{})
		if c.box.Put(message{at: s.deps.Clock.Now(), do: func(*conversation, stamp.Instant) { close(alive) }}) {
			all = append(all, asked{c.id, alive})
		}
	}
	for _, a := range all {
		select {
		case <-a.alive:
		case <-ctx.Done():
			select {
			case <-a.alive:
			default:
				if s.find(a.id) != nil { // one that ended meanwhile has nobody to answer
					stuck = append(stuck, a.id)
				}
			}
		}
	}
	return stuck
}
