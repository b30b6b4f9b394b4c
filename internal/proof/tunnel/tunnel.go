// Package tunnel stands between the product and a store: it takes TCP
// connections on loopback and carries them to the store's own address, late by
// as much as a test says, or not at all.
package tunnel

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Tunnel is one way to one store.
type Tunnel struct {
	listener net.Listener
	network  string
	target   string
	late     atomic.Int64 // ns, of each request
	done     sync.WaitGroup

	mu    sync.Mutex
	over  bool
	conns map[net.Conn]bool
}

// Open listens on a port of loopback for what goes to the target; network is
// "tcp" or "unix", as net.Dial names it.
func Open(network, target string) (*Tunnel, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open tunnel: %w", err)
	}
	t := &Tunnel{listener: l, network: network, target: target, conns: map[net.Conn]bool{}}
	t.done.Go(t.accept)
	return t, nil
}

// Addr is where the product connects: host:port.
func (t *Tunnel) Addr() string { return t.listener.Addr().String() }

// Late holds back whatever the product sends, from now on, by d: each piece
// that is read at once, which is a request as long as one waits for its answer.
// Answers come as they are.
func (t *Tunnel) Late(d time.Duration) { t.late.Store(int64(d)) }

// Close ends the tunnel and everything in it.
func (t *Tunnel) Close() error {
	err := t.listener.Close()
	t.mu.Lock()
	t.over = true
	for c := range t.conns {
		c.Close()
	}
	t.mu.Unlock()
	t.done.Wait()
	return err
}

func (t *Tunnel) accept() {
	for {
		near, err := t.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			t.done.Go(func() { t.carry(near) })
		}
	}
}

// keep remembers a connection for Close; false when it came too late.
func (t *Tunnel) keep(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns[c] = true
	return !t.over
}

func (t *Tunnel) carry(near net.Conn) {
	defer t.gone(near)
	far, err := net.Dial(t.network, t.target)
	if err != nil {
		return // the store is away: so is the tunnel's other end
	}
	defer t.gone(far)
	if !t.keep(near) || !t.keep(far) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(near, far) // its end is the connection's
		near.Close()
	})
	t.requests(near, far)
	far.Close()
	back.Wait()
}

func (t *Tunnel) gone(c net.Conn) {
	c.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.conns, c)
}

func (t *Tunnel) requests(near, far net.Conn) {
	piece := make([]byte, 64<<10)
	for {
		n, err := near.Read(piece)
		if n > 0 {
			if late := time.Duration(t.late.Load()); late > 0 {
				<-time.After(late)
			}
			if _, err := far.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
