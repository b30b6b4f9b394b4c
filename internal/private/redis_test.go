package private_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
)

// send writes one command, its words as a RESP array, on a new connection and returns the first line of the answer.
func send(r *private.Redis, command string) (string, error) {
	conn, err := net.Dial(r.Network(), r.Addr())
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return "", err
	}
	words := strings.Fields(command)
	request := fmt.Sprintf("*%d\r\n", len(words))
	for _, word := range words {
		request += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := conn.Write([]byte(request)); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

func expect(t *testing.T, r *private.Redis, command, want string) {
	t.Helper()
	if got, err := send(r, command); err != nil || got != want+"\r\n" {
		t.Fatalf("%s = %q, %v; want %q", command, got, err, want)
	}
}

func TestRedisForgetsUnlessAppendOnly(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		options private.RedisOptions
		after   string
	}{
		"plain":       {private.RedisOptions{}, ":0"},
		"append only": {private.RedisOptions{AppendOnly: true}, ":1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := private.StartRedis(t.Context(), row.options)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Stop()
			expect(t, r, "SET key value", "+OK")
			if err := r.Kill(); err != nil {
				t.Fatal(err)
			}
			if _, err := send(r, "PING"); err == nil {
				t.Fatal("a killed server answered")
			}
			if err := r.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			expect(t, r, "EXISTS key", row.after)
		})
	}
}

func TestFrozenRedisAcceptsButDoesNotAnswer(t *testing.T) {
	t.Parallel()
	r := private.TestRedis(t)
	if err := r.Freeze(); err != nil {
		t.Fatal(err)
	}
	_, err := send(r, "PING")
	if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("a frozen server gave %v, want a time-out", err)
	}
	if err := r.Thaw(); err != nil {
		t.Fatal(err)
	}
	expect(t, r, "PING", "+PONG")
}

func TestMiniredisStandsInOnlyWhenAllowed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := private.StartRedis(t.Context(), private.RedisOptions{}); !errors.Is(err, private.ErrNoRedis) {
		t.Fatalf("without redis-server: %v, want ErrNoRedis", err)
	}
	r, err := private.StartRedis(t.Context(), private.RedisOptions{InProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	if !r.InProcess() {
		t.Fatal("a server was found on an empty PATH")
	}
	expect(t, r, "SET key value", "+OK")
	if err := r.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := r.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, r, "EXISTS key", ":0")
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestStopTwiceLeavesNothing(t *testing.T) {
	t.Parallel()
	r, err := private.StartRedis(t.Context(), private.RedisOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(r.Addr()); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("socket after Stop: %v", err)
	}
}
