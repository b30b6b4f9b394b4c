package ledger

import (
	"container/heap"
	"sync"
)

// bell calls back, in the order of Seq, those who wait for durability. It has a
// goroutine of its own so that no callback can hold up the disk.
type bell struct {
	mu      sync.Mutex
	wake    *sync.Cond
	waiting calls
	seq     uint64 // the last durable one
	asked   uint64 // how many callbacks were ever asked for
	closed  bool
	done    chan struct{}
}

type call struct {
	seq   uint64
	order uint64 // of asking
	fn    func()
}

func newBell(seq uint64) *bell {
	b := &bell{seq: seq, done: make(chan struct{})}
	b.wake = sync.NewCond(&b.mu)
	go b.run()
	return b
}

// ask has fn called once seq is durable.
func (b *bell) ask(seq uint64, fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	heap.Push(&b.waiting, call{seq: seq, order: b.asked, fn: fn})
	b.wake.Signal()
}

// ring says that all up to seq is durable.
func (b *bell) ring(seq uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq = seq
	b.wake.Signal()
}

// close has all that is due called, and waits for it. What was never durable is
// never called.
func (b *bell) close() {
	b.mu.Lock()
	b.closed = true
	b.wake.Signal()
	b.mu.Unlock()
	<-b.done
}

func (b *bell) run() {
	defer close(b.done)
	for {
		fn := b.due()
		if fn == nil {
			return
		}
		fn()
	}
}

// due waits for the next callback that is due; nil: closed.
func (b *bell) due() func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) == 0 || b.waiting[0].seq > b.seq {
		if b.closed {
			return nil
		}
		b.wake.Wait()
	}
	return heap.Pop(&b.waiting).(call).fn
}

// calls is a heap, the least seq first and the first asked among equals.
type calls []call

func (c calls) Len() int { return len(c) }
func (c calls) Less(i, j int) bool {
	return c[i].seq < c[j].seq || c[i].seq == c[j].seq && c[i].order < c[j].order
}
func (c calls) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *calls) Push(x any)   { *c = append(*c, x.(call)) }
func (c *calls) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = call{} // let go of what fn holds
	*c = (*c)[:last]
	return x
}
