package media

import (
	"sync"
	"time"
)

// EventKind says what happened at an End.
type EventKind uint8

// The kinds of Event.
const (
	Up            EventKind = iota + 1 // browser: ICE and DTLS are done; trunk: the source is locked (again after each release)
	FirstReceived                      // first RTP from the far side since the end was made, and since each Attach; never before it
	FirstSent                          // first relayed RTP to the far side since it became the target of an Attach
	Digit                              // a key was pressed and released: Digit, Duration, Inband
	Played                             // a source ended by itself: ID
	Silent                             // packets are expected and none came for Config.SilentAfter, and again at GoneAfter: Duration
	Resumed                            // the first packet after Silent
	Lost                               // browser: it is silent, as of its last packet, or to ICE, or the handshake failed; Up may follow
	MicSilent                          // packets come, but for long there has been no sound in them; again as long as it lasts
	MicHeard                           // the first sound after MicSilent
	Closed                             // the last event of an end: Cause
)

var kindNames = [...]string{Up: "up", FirstReceived: "first_received", FirstSent: "first_sent", Digit: "digit",
	Played: "played", Silent: "silent", Resumed: "resumed", Lost: "lost", MicSilent: "mic_silent", MicHeard: "mic_heard", Closed: "closed"}

func (k EventKind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "unknown"
}

// Event is something that happened at an End. At is the instant at which it happened, not the one of its delivery: a
// Digit's is its beginning, a Silent's the moment the time was up. An owner that bridges again can tell an older
// bridge's event by it.
type Event struct {
	Kind     EventKind
	At       time.Time
	Digit    byte          // 0-9 * # A-D
	Duration time.Duration // of the key; of the silence, counted from the last packet or the expectation, what came later
	Inband   bool          // the key was heard, not signalled
	ID       string        // as given to Play
	Cause    error         // of Lost and Closed
}

// courier delivers events in the order of their posting. Posting never waits; the callbacks run one after another in
// one goroutine and may call the ends, but not Engine.Close.
type courier struct {
	wake chan struct{} // capacity 1
	done chan struct{}

	mu      sync.Mutex
	queue   []delivery
	stopped bool
}

type delivery struct {
	to func(Event)
	ev Event
}

func newCourier() *courier {
	c := &courier{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go c.run()
	return c
}

func (c *courier) post(to func(Event), ev Event) {
	if to == nil {
		return
	}
	c.mu.Lock()
	if !c.stopped {
		c.queue = append(c.queue, delivery{to, ev})
	}
	c.mu.Unlock()
	c.poke()
}

// stop delivers what was posted before and waits for it.
func (c *courier) stop() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.poke()
	<-c.done
}

func (c *courier) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *courier) run() {
	defer close(c.done)
	for range c.wake {
		for batch, last := c.take(); ; batch, last = c.take() {
			for _, d := range batch {
				d.to(d.ev)
			}
			if last {
				return
			}
			if len(batch) == 0 {
				break
			}
		}
	}
}

// take empties the queue. last: it was empty and nothing will follow.
func (c *courier) take() (batch []delivery, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	batch, c.queue = c.queue, nil
	return batch, c.stopped && len(batch) == 0
}
