package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// stopsWhy is for who reads close frames.
const stopsWhy = "the server stops, come back"

// Notice tells every desk what agents should know of the server's state; the
// list is whole each time. It must not wait and does not.
func (d *Desks) Notice(degraded []wire.Degraded) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notice = degraded
	f := frame(wire.TypeNotice, wire.Notice{Degraded: degraded})
	for _, k := range d.desks {
		k.tell(f)
	}
}

// noticed sends the notice to a page that has just sat down; one that did so
// beside Shut is closed as the others.
func (d *Desks) noticed(k *desk) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		k.close(wire.CloseRestart, stopsWhy)
	}
	if len(d.notice) > 0 {
		k.tell(frame(wire.TypeNotice, wire.Notice{Degraded: d.notice}))
	}
}

// tell sends a frame that is not numbered: a page that was away gets the newest
// one with its welcome.
func (k *desk) tell(f wire.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.socket != nil {
		k.socket.send(f)
	}
	for _, m := range k.mirrors {
		m.send(f)
	}
}

// Shut closes every page with a code that says to come back at once, takes no
// new one, and returns when all have gone or ctx ends.
func (d *Desks) Shut(ctx context.Context) {
	d.mu.Lock()
	d.shut = true
	for _, k := range d.desks {
		k.close(wire.CloseRestart, stopsWhy)
	}
	d.mu.Unlock()
	gone := make(chan struct{})
	go func() { d.pages.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

// enter counts a page in; false after Shut.
func (d *Desks) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return false
	}
	d.pages.Add(1)
	return true
}
