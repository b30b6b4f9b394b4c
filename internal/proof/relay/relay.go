package relay

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Relay stands between the product and phones with a socket to each.
type Relay struct {
	near, far *net.UDPConn
	product   netip.AddrPort
	phones    atomic.Pointer[netip.AddrPort] // nil: not heard of yet
	done      sync.WaitGroup
}

// Ends are the addresses of a Relay: "127.0.0.1:5060".
type Ends struct {
	Near    string // listens to the product; port 0: any
	Product string
	Far     string // listens to the phones; port 0: any
	Phones  string // "": whoever sent last
}

// Open binds both sockets and begins to relay.
func Open(l *Line, e Ends) (*Relay, error) {
	r := &Relay{}
	var err error
	if r.product, err = netip.ParseAddrPort(e.Product); err != nil {
		return nil, fmt.Errorf("open relay: product: %w", err)
	}
	if e.Phones != "" {
		phones, err := netip.ParseAddrPort(e.Phones)
		if err != nil {
			return nil, fmt.Errorf("open relay: phones: %w", err)
		}
		r.phones.Store(&phones)
	}
	if r.near, err = listen(e.Near); err != nil {
		return nil, err
	}
	if r.far, err = listen(e.Far); err != nil {
		return nil, errors.Join(err, r.near.Close())
	}
	up := &lane{dir: Up, send: r.toProduct}
	down := &lane{dir: Down, send: r.toPhones}
	r.done.Go(func() {
		forward(r.far, func(b []byte, from netip.AddrPort) {
			if e.Phones == "" {
				r.phones.Store(&from)
			}
			l.carry(up, b, from)
		})
	})
	r.done.Go(func() {
		forward(r.near, func(b []byte, from netip.AddrPort) {
			if from == r.product { // nobody else is let in: the phones must not be reached past the line
				l.carry(down, b, from)
			}
		})
	})
	return r, nil
}

func listen(addr string) (*net.UDPConn, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, fmt.Errorf("open relay: %w", err)
	}
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, fmt.Errorf("open relay: %w", err)
	}
	return conn, nil
}

// forward reads until the socket is closed. Errors are ICMP's, of a far side
// that is not there yet.
func forward(conn *net.UDPConn, take func([]byte, netip.AddrPort)) {
	b := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			take(b[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
		}
	}
}

// What can't be sent is lost, as on any line.

func (r *Relay) toProduct(b []byte, _ netip.AddrPort) { _, _ = r.near.WriteToUDPAddrPort(b, r.product) }

func (r *Relay) toPhones(b []byte, _ netip.AddrPort) {
	if to := r.phones.Load(); to != nil {
		_, _ = r.far.WriteToUDPAddrPort(b, *to)
	}
}

// Near is where the product sends: the host of its trunk.
func (r *Relay) Near() string { return r.near.LocalAddr().String() }

// Far is where phones send.
func (r *Relay) Far() string { return r.far.LocalAddr().String() }

// Close ends the relay; its line lives on.
func (r *Relay) Close() error {
	err := errors.Join(r.near.Close(), r.far.Close())
	r.done.Wait()
	return err
}
