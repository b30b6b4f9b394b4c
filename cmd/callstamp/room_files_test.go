package main

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

func TestShareOfListener(t *testing.T) {
	for limit, want := range map[int]int{0: 1024, 1 << 20: 1024, 256: 32, 40: 8} {
		if got := (&files{limit: limit}).share(1024); got != want {
			t.Errorf("of %d descriptors %d, want %d", limit, got, want)
		}
	}
}

// While the descriptors are nearly gone, connections are closed unheard and the
// listener goes on; then they are taken again.
func TestSpareListener(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan int, 3)
	s := spare{l, &files{limit: 100, reserve: 40, open: func() int { return <-open }}}
	accepted := make(chan net.Conn)
	go func() {
		conn, err := s.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- conn
	}()
	dial := func() net.Conn {
		conn, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	for range 2 {
		open <- 90 // a quarter of the reserve is left
		conn := dial()
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("a connection too many: %v", err)
		}
	}
	open <- 89
	mine := dial()
	theirs := <-accepted
	defer theirs.Close()
	if theirs.RemoteAddr().String() != mine.LocalAddr().String() {
		t.Errorf("accepted %s, dialed from %s", theirs.RemoteAddr(), mine.LocalAddr())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed listener says %v", err)
	}
}
