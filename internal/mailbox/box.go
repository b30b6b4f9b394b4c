// Package mailbox is how owners speak to each other: one goroutine owns a call, one owns the floor; everybody else
// posts to its box and goes on. Put cannot block, so two owners that post to each other cannot lock each other up.
//
//	for {
//		select {
//		case <-box.C():
//			for _, m := range box.Take() { … }
//		case <-deadline:
//		}
//	}
package mailbox

import "sync"

// Box is an unbounded queue with many writers and one reader, its owner.
type Box[T any] struct {
	wake chan struct{} // one slot: full while there may be something to take
	gone chan struct{} // closed by Close

	mu     sync.Mutex
	queue  []T // in the order of Put
	closed bool
}

// New makes an empty open box.
func New[T any]() *Box[T] {
	return &Box[T]{wake: make(chan struct{}, 1), gone: make(chan struct{})}
}

// Put appends v and wakes the owner. It never blocks; it returns false, and keeps nothing, only after Close.
func (b *Box[T]) Put(v T) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.queue = append(b.queue, v)
	select {
	case b.wake <- struct{}{}:
	default: // the owner has not yet taken what the last Put announced
	}
	return true
}

// C delivers one wake-up for any number of Puts since the last Take; a wake-up may find the box already empty.
func (b *Box[T]) C() <-chan struct{} { return b.wake }

// Take empties the box and returns what was in it, oldest first; nil where there was nothing. It never blocks.
func (b *Box[T]) Take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.queue
	b.queue = nil
	return taken
}

// Close is the owner's last act: later Puts return false and every Ask still waiting ends with ErrClosed. It returns
// what nobody will take any more. Closing twice is allowed.
func (b *Box[T]) Close() []T {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.gone)
	}
	b.mu.Unlock()
	return b.Take()
}
