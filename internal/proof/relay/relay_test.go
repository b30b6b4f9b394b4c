package relay

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func socket(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func addr(c interface{ LocalAddr() net.Addr }) netip.AddrPort {
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func say(t *testing.T, from *net.UDPConn, to, word string) {
	t.Helper()
	if _, err := from.WriteToUDPAddrPort([]byte(word), netip.MustParseAddrPort(to)); err != nil {
		t.Fatal(err)
	}
}

// hear returns the next datagram and who sent it; "" when none comes in wait.
func hear(t *testing.T, at *net.UDPConn, wait time.Duration) (string, netip.AddrPort) {
	t.Helper()
	b := make([]byte, 100)
	if err := at.SetReadDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	n, from, err := at.ReadFromUDPAddrPort(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", from
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n]), from
}

const patience = 5 * time.Second

// Each side sees its side of the relay alone; a cut lets nothing pass, healing
// everything; a stranger is not let in.
func TestRelay(t *testing.T) {
	product, phone, stranger := socket(t), socket(t), socket(t)
	l := NewLine(1)
	defer l.Close()
	r, err := Open(l, Ends{Near: "127.0.0.1:0", Product: addr(product).String(), Far: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	say(t, phone, r.Far(), "INVITE")
	if word, from := hear(t, product, patience); word != "INVITE" || from.String() != r.Near() {
		t.Errorf("the product heard %q from %s", word, from)
	}
	say(t, stranger, r.Near(), "BYE")
	say(t, product, r.Near(), "100")
	if word, from := hear(t, phone, patience); word != "100" || from.String() != r.Far() {
		t.Errorf("the phone heard %q from %s", word, from)
	}
	l.Cut(true)
	say(t, phone, r.Far(), "lost")
	if word, _ := hear(t, product, 50*time.Millisecond); word != "" {
		t.Errorf("through the cut came %q", word)
	}
	l.Cut(false)
	say(t, phone, r.Far(), "back")
	if word, _ := hear(t, product, patience); word != "back" {
		t.Errorf("after the cut came %q", word)
	}
	if c := l.Counts(Up); c.Taken != 3 || c.Lost != 1 || c.Sent != 2 {
		t.Errorf("counted %+v", c)
	}
}

// A wrapped socket keeps its address, and both ways pass the line.
func TestWrap(t *testing.T) {
	product := socket(t)
	l := NewLine(1)
	defer l.Close()
	phone := l.Wrap(socket(t))
	l.Set(Way{Delay: 20 * time.Millisecond}, Way{Duplicate: 1})
	began := time.Now()
	if _, err := phone.WriteToUDPAddrPort([]byte("rtp"), addr(product)); err != nil {
		t.Fatal(err)
	}
	if word, from := hear(t, product, patience); word != "rtp" || from != addr(phone) || time.Since(began) < 20*time.Millisecond {
		t.Errorf("the product heard %q from %s after %s", word, from, time.Since(began))
	}
	say(t, product, addr(phone).String(), "music")
	b := make([]byte, 100)
	for range 2 {
		if n, from, err := phone.ReadFromUDPAddrPort(b); err != nil || string(b[:n]) != "music" || from != addr(product) {
			t.Errorf("the phone heard %q from %s: %v", b[:n], from, err)
		}
	}
	if err := phone.Close(); err != nil {
		t.Error(err)
	}
	if _, _, err := phone.ReadFromUDPAddrPort(b); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed phone read: %v", err)
	}
}

func BenchmarkRelay(b *testing.B) {
	product, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer product.Close()
	phone, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer phone.Close()
	l := NewLine(1)
	defer l.Close()
	r, err := Open(l, Ends{Near: "127.0.0.1:0", Product: addr(product).String(), Far: "127.0.0.1:0"})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	body, got := make([]byte, 172), make([]byte, 200)
	far := netip.MustParseAddrPort(r.Far())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := phone.WriteToUDPAddrPort(body, far); err != nil {
			b.Fatal(err)
		}
		if _, _, err := product.ReadFromUDPAddrPort(got); err != nil {
			b.Fatal(err)
		}
	}
}
