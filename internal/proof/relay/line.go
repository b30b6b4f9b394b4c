package relay

import (
	"container/heap"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"
)

// Line is the state of both directions, shared by every socket behind it.
type Line struct {
	stop chan struct{}
	wake chan struct{} // the queue has another first
	done sync.WaitGroup

	mu      sync.Mutex
	ways    [2]Way
	dice    *rand.Rand
	counts  [2]Counts
	queue   departures
	n       uint64   // datagrams queued so far
	leaving bool     // one is being sent by run
	spare   [][]byte // bodies to be used again
	closed  bool
}

// Counts is what became of the datagrams of one direction.
type Counts struct {
	Taken, Lost, Doubled, Held, Damaged, Sent uint64
}

// NewLine is a good line. The same seed draws the same lots in the order of the
// datagrams' arrival.
func NewLine(seed uint64) *Line {
	l := &Line{stop: make(chan struct{}), wake: make(chan struct{}, 1), dice: rand.New(rand.NewPCG(seed, 42))}
	l.done.Go(l.run)
	return l
}

// Set makes both directions so from now on. What is on its way keeps its time.
func (l *Line) Set(up, down Way) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ways = [2]Way{Up: up, Down: down}
}

// Cut cuts both directions, or joins them again as they were. What was on its
// way when the line was cut still arrives.
func (l *Line) Cut(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ways[Up].Cut, l.ways[Down].Cut = on, on
}

// Counts tells what became of a direction's datagrams so far.
func (l *Line) Counts(d Direction) Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[d]
}

// Close drops what is still on its way. Sockets behind the line are closed by
// whoever opened them.
func (l *Line) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	close(l.stop)
	l.done.Wait()
}

// lane is one direction of one socket: within it the order is kept.
type lane struct {
	dir  Direction
	send func(b []byte, to netip.AddrPort)
	last time.Time // no datagram but a late one leaves before it; owned by Line.mu
}

// carry takes a datagram over; b is the caller's again when it returns. addr is
// passed on to the lane's send.
func (l *Line) carry(w *lane, b []byte, addr netip.AddrPort) {
	l.mu.Lock()
	lot := draw(l.ways[w.dir], l.dice, len(b))
	l.count(w.dir, lot)
	if lot.copies == 0 || l.closed {
		l.mu.Unlock()
		return
	}
	if lot.delay == 0 && lot.copies == 1 && lot.bit < 0 && l.straight(w) {
		l.mu.Unlock()
		w.send(b, addr)
		return
	}
	due := time.Now().Add(lot.delay)
	if !lot.late {
		if due.Before(w.last) {
			due = w.last
		}
		w.last = due
	}
	before := l.n
	for range lot.copies {
		l.push(departure{due: due, lane: w, addr: addr}, b, lot.bit)
	}
	first := l.queue[0].n > before
	l.mu.Unlock()
	if first {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// straight says that nothing of the lane is on its way, so that a datagram
// without delay may go by the caller's own hand.
func (l *Line) straight(w *lane) bool {
	return w.last.IsZero() || len(l.queue) == 0 && !l.leaving && w.last.Before(time.Now())
}

func (l *Line) count(d Direction, x lot) {
	c := &l.counts[d]
	c.Taken++
	c.Sent += uint64(x.copies)
	switch {
	case x.copies == 0:
		c.Lost++
	case x.copies > 1:
		c.Doubled++
	}
	if x.late {
		c.Held++
	}
	if x.bit >= 0 {
		c.Damaged++
	}
}

func (l *Line) push(d departure, b []byte, bit int) {
	var own []byte
	if n := len(l.spare); n > 0 {
		own, l.spare = l.spare[n-1], l.spare[:n-1]
	}
	own = append(own[:0], b...)
	if bit >= 0 {
		own[bit/8] ^= 1 << (bit % 8)
	}
	l.n++
	d.n, d.body = l.n, own
	heap.Push(&l.queue, d)
}

// run sends what is due.
func (l *Line) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait := l.depart()
		timer.Reset(wait)
		select {
		case <-l.stop:
			return
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// depart sends all that is due and returns how long until the next.
func (l *Line) depart() time.Duration {
	for {
		l.mu.Lock()
		if len(l.queue) == 0 {
			l.mu.Unlock()
			return time.Hour
		}
		if wait := time.Until(l.queue[0].due); wait > 0 {
			l.mu.Unlock()
			return wait
		}
		d := heap.Pop(&l.queue).(departure)
		l.leaving = true
		l.mu.Unlock()
		d.lane.send(d.body, d.addr)
		l.mu.Lock()
		l.spare, l.leaving = append(l.spare, d.body), false
		l.mu.Unlock()
	}
}

// departure is a datagram on its way.
type departure struct {
	due  time.Time
	n    uint64 // of two with one time the earlier taken goes first
	lane *lane
	addr netip.AddrPort
	body []byte
}

// departures is a heap, the next one first.
type departures []departure

func (q departures) Len() int { return len(q) }
func (q departures) Less(i, j int) bool {
	if q[i].due.Equal(q[j].due) {
		return q[i].n < q[j].n
	}
	return q[i].due.Before(q[j].due)
}
func (q departures) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *departures) Push(x any) { *q = append(*q, x.(departure)) }

// Pop implements heap.Interface.
func (q *departures) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = departure{}
	*q = old[:len(old)-1]
	return last
}
