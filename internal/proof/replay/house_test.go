package replay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/kpi/stamp"
)

const org stamp.OrgID = "proof"

// line is a stamp and when it was written down, µs since 1970, true time.
type line struct {
	written int64
	s       stamp.Stamp
}

// house is a node of the product without network, sound and disk: the real
// switchboard and the real floor in fake time. People and telephones are dice.
type house struct {
	node stamp.NodeID

	mu    sync.Mutex
	dice  *rand.Rand
	lines []line
	sides []stamp.Side
	calls int
	boot  uint32
}

func newHouse(node stamp.NodeID, seed uint64) *house {
	return &house{node: node, dice: rand.New(rand.NewPCG(seed, 31))}
}

// open begins a boot.
func (h *house) open() *boot {
	h.boot++
	ctx, cancel := context.WithCancel(context.Background())
	b := &boot{house: h, clock: stamp.NewClock(time.Now(), h.boot), stop: cancel}
	b.floor = acd.NewFloor(acd.Options{Org: org, Unreachable: 24 * time.Hour, Safety: 2 * time.Second, Rest: 3 * time.Second},
		b.clock, b, b, b, slog.New(slog.DiscardHandler))
	b.board = switchboard.New(switchboard.Deps{Clock: b.clock, Lines: b, Voice: b, Desk: b, Agents: b.floor, Sink: b, Log: slog.New(slog.DiscardHandler)})
	b.running.Go(func() { b.floor.Run(ctx) })
	b.own(stamp.NodeStarted{Version: "replay", Format: stamp.FormatVersion})
	return b
}

func (h *house) us(lo, hi time.Duration) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return lo + time.Duration(h.dice.Int64N(int64(hi-lo)+1))
}

func (h *house) chance(percent int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dice.IntN(100) < percent
}

// boot is one process of the node: what it writes is lost once it is dead.
type boot struct {
	*house
	clock *stamp.Clock
	board *switchboard.Switchboard
	floor *acd.Floor
	dead  bool // under mu

	stop    context.CancelFunc
	running sync.WaitGroup // the floor
}

// Record implements switchboard.Sink and acd.Sink.
func (b *boot) Record(stamps []stamp.Stamp, sides []stamp.Side) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dead {
		return 0
	}
	for _, s := range stamps {
		s.Node = b.node
		b.lines = append(b.lines, line{time.Now().UnixMicro(), s})
	}
	b.sides = append(b.sides, sides...)
	return uint64(len(b.lines))
}

// Durable implements switchboard.Sink.
func (b *boot) Durable(_ uint64, post func()) { time.AfterFunc(3*time.Millisecond, post) }

// own writes a stamp of the node about itself; press numbers it.
func (b *boot) own(f stamp.Fact) {
	s := stamp.Stamp{Subject: stamp.Subject{Kind: stamp.SubjectNode, ID: stamp.ID(fmt.Sprintf("%s.%d", b.node, b.boot))},
		Instant: b.clock.Now(), Actor: stamp.System, Fact: f}
	b.Record([]stamp.Stamp{s}, nil)
}

// Post implements acd.Calls.
func (b *boot) Post(id stamp.ID, at time.Time, in call.Input) bool { return b.board.Post(id, at, in) }

// Presence implements acd.Screens.
func (b *boot) Presence(acd.Presence) {}

// kill ends the boot as kill -9 would: the last proof of life is up to a second
// old, and what comes after it was never written.
func (b *boot) kill() stamp.Instant {
	b.own(stamp.NodeAlive{})
	alive := b.clock.Now()
	time.Sleep(b.us(0, time.Second))
	b.mu.Lock()
	b.dead = true
	b.mu.Unlock()
	b.end()
	return alive
}

// end stops the boot's goroutines.
func (b *boot) end() {
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	b.board.Drain(stopped)
	b.stop()
	b.running.Wait()
}

// recover closes what the boot before left open, as cmd/callstamp does.
func (b *boot) recover(alive stamp.Instant) error {
	p := past{alive: alive, subjects: map[stamp.Subject][]stamp.Stamp{}}
	b.mu.Lock()
	var order []stamp.Subject
	for _, l := range b.lines {
		if p.subjects[l.s.Subject] == nil {
			order = append(order, l.s.Subject)
		}
		p.subjects[l.s.Subject] = append(p.subjects[l.s.Subject], l.s)
	}
	b.mu.Unlock()
	for _, sub := range order {
		stamps := p.subjects[sub]
		if stamps[len(stamps)-1].Kind() == "call.closed" {
			delete(p.subjects, sub)
		}
	}
	_, err := b.board.Recover(p)
	for _, sub := range order {
		if sub.Kind != stamp.SubjectAgent {
			continue
		}
		closing, e := acd.Recover(p.subjects[sub], alive)
		err = errors.Join(err, e)
		b.Record(closing, nil)
	}
	return err
}

// past is the journal of the boots before (switchboard.Past).
type past struct {
	alive    stamp.Instant
	subjects map[stamp.Subject][]stamp.Stamp
}

func (p past) OpenCalls() ([][]stamp.Stamp, error) {
	var open [][]stamp.Stamp
	for sub, stamps := range p.subjects {
		if sub.Kind == stamp.SubjectCall {
			open = append(open, stamps)
		}
	}
	return open, nil
}

func (p past) Alive() stamp.Instant           { return p.alive }
func (p past) Dialogs() ([]stamp.Side, error) { return nil, nil }
