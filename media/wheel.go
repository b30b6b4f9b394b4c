package media

import (
	"slices"
	"sync"
	"time"
)

const (
	// wheelSlots spreads the ends over a frame, so that their packets do not leave all at once.
	wheelSlots = 4
	slotTime   = frameTime / wheelSlots
	// maxBehind is how much a late wheel makes up for; beyond it the time is gone.
	maxBehind = 2 * wheelSlots
)

// ticked is called every 20 ms.
type ticked interface{ tick(now time.Time) }

// wheel is the one pacemaker of an engine: one goroutine, however many ends.
type wheel struct {
	quit chan struct{}
	done chan struct{}

	mu    sync.Mutex
	slots [wheelSlots][]ticked // replaced, never changed: turn reads them unlocked
	turns int                  // for the next slot to fill
}

func newWheel() *wheel {
	w := &wheel{quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *wheel) add(t ticked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slot := &w.slots[w.turns%wheelSlots]
	w.turns++
	*slot = append(slices.Clone(*slot), t)
}

func (w *wheel) remove(t ticked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, slot := range w.slots {
		if at := slices.Index(slot, t); at >= 0 {
			w.slots[i] = slices.Delete(slices.Clone(slot), at, at+1)
		}
	}
}

func (w *wheel) stop() {
	close(w.quit)
	<-w.done
}

func (w *wheel) run() {
	defer close(w.done)
	pace := time.NewTicker(slotTime)
	defer pace.Stop()
	start, turned := time.Now(), int64(0)
	for {
		select {
		case <-w.quit:
			return
		case <-pace.C:
		}
		due := int64(time.Since(start) / slotTime)
		for turned = max(turned, due-maxBehind); turned < due; turned++ {
			w.turn(turned)
		}
	}
}

func (w *wheel) turn(n int64) {
	w.mu.Lock()
	slot := w.slots[n%wheelSlots]
	w.mu.Unlock()
	if len(slot) == 0 {
		return
	}
	now := time.Now()
	for _, t := range slot {
		t.tick(now)
	}
}
