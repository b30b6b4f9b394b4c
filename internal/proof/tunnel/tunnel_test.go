package tunnel_test

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/tunnel"
)

// echo answers each line with itself.
func echo(t *testing.T) (network, addr string) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for s := bufio.NewScanner(c); s.Scan(); {
					fmt.Fprintln(c, s.Text())
				}
			}()
		}
	}()
	return "unix", l.Addr().String()
}

func ask(t *testing.T, c net.Conn, line string) time.Duration {
	t.Helper()
	began := time.Now()
	fmt.Fprintln(c, line)
	got, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || got != line+"\n" {
		t.Fatalf("%q: %v", got, err)
	}
	return time.Since(began)
}

// Each request is late by what was said, and no more once it is taken back.
func TestLate(t *testing.T) {
	tun, err := tunnel.Open(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp4", tun.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const late = 150 * time.Millisecond
	if took := ask(t, c, "one"); took > late {
		t.Errorf("nothing is late, but it took %s", took)
	}
	tun.Late(late)
	if took := ask(t, c, "two"); took < late {
		t.Errorf("late by %s, but it took %s", late, took)
	}
	tun.Late(0)
	if took := ask(t, c, "three"); took > late {
		t.Errorf("no more late, but it took %s", took)
	}
	if err := tun.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(c).ReadString('\n'); err == nil {
		t.Error("a closed tunnel is open")
	}
}

// Behind a tunnel to nobody nobody answers.
func TestNobody(t *testing.T) {
	tun, err := tunnel.Open("unix", filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	defer tun.Close()
	c, err := net.Dial("tcp4", tun.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := bufio.NewReader(c).ReadString('\n'); err == nil {
		t.Error("somebody answered")
	}
}
