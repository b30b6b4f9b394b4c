package rig

import (
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
)

// Ports are where a house's server listens on 127.0.0.1, and its telephones.
type Ports struct {
	HTTP, SIP, ICE    int
	Phones            int // the telephone network's SIP
	RTPFirst, RTPLast int
}

// windows counts the RTP windows of this process; they begin at a random
// place, as other processes take theirs.
var windows = func() *atomic.Int64 {
	var n atomic.Int64
	n.Store(rand.Int64N(1000))
	return &n
}()

// ChoosePorts takes free ports, and n RTP ports below 32768, where Linux takes ports for
// outgoing connections, and above 10000.
func ChoosePorts(t testing.TB, n int) Ports {
	t.Helper()
	first := 10_000 + int(windows.Add(1))%(22_000/n)*n
	return Ports{HTTP: FreeTCP(t), SIP: freeBoth(t), ICE: FreeUDP(t), Phones: FreeUDP(t), RTPFirst: first, RTPLast: first + n - 1}
}

// FreeTCP is a TCP port of loopback that nobody listens on.
func FreeTCP(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// FreeUDP is a UDP port of loopback that nobody has.
func FreeUDP(t testing.TB) int {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// freeBoth is free for UDP and TCP.
func freeBoth(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := FreeTCP(t)
		c, err := net.ListenPacket("udp4", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			must(t, c.Close())
			return port
		}
	}
	t.Fatal("no port is free for both UDP and TCP")
	return 0
}
