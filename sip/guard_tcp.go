package sip

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// guardedListener accepts connections of allowed sources and hands out their messages one by one.
type guardedListener struct {
	net.Listener
	guard *guard
	tls   *tls.Config // nil: plain TCP

	mu    sync.Mutex
	conns map[netip.Addr]int // open connections
	total int
}

func newGuardedListener(l net.Listener, g *guard, t *tls.Config) *guardedListener {
	return &guardedListener{Listener: l, guard: g, tls: t, conns: map[netip.Addr]int{}}
}

// Accept waits for a connection that may come in; others are closed without a byte.
func (l *guardedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		if !l.guard.admit(from, time.Now()) || !l.open(from) {
			_ = conn.Close() // nothing was written
			continue
		}
		if l.tls != nil {
			conn = tls.Server(conn, l.guard.listenTLS(l.tls, from)) // the handshake is part of the wait for the first message
		}
		return &guardedConn{Conn: conn, guard: l.guard, closed: func() { l.close(from) }, started: time.Now()}, nil
	}
}

func (l *guardedListener) open(a netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns[a] >= l.guard.cfg.PerSource || l.total >= l.guard.cfg.Conns {
		l.guard.flooded.Add(1)
		return false
	}
	l.conns[a]++
	l.total++
	return true
}

func (l *guardedListener) close(a netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.conns[a]--; l.conns[a] == 0 {
		delete(l.conns, a)
	}
}

// guardedConn cuts a stream into messages and judges each before the parser may see it. It has one reader.
type guardedConn struct {
	net.Conn
	guard   *guard
	closed  func()
	once    sync.Once
	started time.Time // of the connection, then of the last whole message

	had  bool   // a whole message has come
	in   []byte // received, not yet a message
	out  []byte // admitted, not yet taken by the parser
	wait time.Time
}

// Read returns the next admitted message, or a part of it when b is small.
func (c *guardedConn) Read(b []byte) (int, error) {
	for len(c.out) == 0 {
		message, err := c.next()
		if err != nil {
			return 0, err
		}
		from := c.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()
		if !c.guard.admit(from, time.Now()) {
			return 0, fmt.Errorf("read from trunk: flooded")
		}
		message = tidy(message)
		pass, reply := c.guard.inspect(message)
		switch {
		case pass:
			c.out = message
		case reply != nil:
			if _, err := c.Conn.Write(reply); err != nil {
				return 0, fmt.Errorf("refuse message: %w", err)
			}
		}
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

// next waits for one whole message. Deadlines count from the last whole one, so a byte now and then does not help.
func (c *guardedConn) next() ([]byte, error) {
	for {
		if err := c.skipKeepAlives(); err != nil {
			return nil, err
		}
		size, err := frame(c.in, 4*c.guard.cfg.MaxMessage)
		if err != nil {
			c.guard.oversized.Add(1)
			return nil, err
		}
		if size > 0 {
			message := bytes.Clone(c.in[:size])
			c.in = append(c.in[:0], c.in[size:]...)
			c.had, c.started, c.wait = true, time.Now(), time.Time{}
			return message, nil
		}
		if err := c.Conn.SetReadDeadline(c.deadline()); err != nil {
			return nil, err
		}
		buf := make([]byte, 4096)
		n, err := c.Conn.Read(buf)
		if err != nil {
			return nil, err
		}
		if len(c.in) == 0 {
			c.wait = time.Now().Add(c.guard.cfg.FirstWait)
		}
		c.in = append(c.in, buf[:n]...)
	}
}

func (c *guardedConn) deadline() time.Time {
	switch {
	case !c.had:
		return c.started.Add(c.guard.cfg.FirstWait)
	case len(c.in) > 0:
		return c.wait
	}
	return c.started.Add(c.guard.cfg.IdleWait)
}

// skipKeepAlives drops line ends before a message and answers a ping (RFC 5626 §3.5.1).
func (c *guardedConn) skipKeepAlives() error {
	for bytes.HasPrefix(c.in, []byte("\r\n")) {
		if bytes.HasPrefix(c.in, []byte("\r\n\r\n")) {
			if _, err := c.Conn.Write([]byte("\r\n")); err != nil {
				return fmt.Errorf("answer keep-alive: %w", err)
			}
			c.in = c.in[2:]
		}
		c.in = c.in[2:]
	}
	return nil
}

// Write sends a message: the library writes each by one call.
func (c *guardedConn) Write(b []byte) (int, error) {
	c.guard.messages.written(b)
	return c.Conn.Write(b)
}

// Close frees the connection's place, once.
func (c *guardedConn) Close() error {
	c.once.Do(c.closed)
	return c.Conn.Close()
}

// frame returns the length of the message at the beginning of b, 0 while it is not whole. The error says that it will
// never be: without a length there is nothing to find the next message by.
func frame(b []byte, limit int) (int, error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) > limit {
			return 0, fmt.Errorf("frame message: headers beyond %d bytes", limit)
		}
		return 0, nil
	}
	length := 0
	for line := range strings.SplitSeq(string(b[:end]), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-length", "l":
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
			if err != nil {
				return 0, fmt.Errorf("frame message: bad Content-Length")
			}
			length = int(n)
		}
	}
	size := end + len("\r\n\r\n") + length
	switch {
	case size > limit:
		return 0, fmt.Errorf("frame message: %d bytes, at most %d", size, limit)
	case len(b) < size:
		return 0, nil
	}
	return size, nil
}
