package private_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/private"
)

// childEnv makes the test binary a program that starts both servers, says where they are and waits to be killed.
const childEnv = "PRIVATE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	pg, errPG := private.StartPostgres(ctx, private.PostgresOptions{Unsafe: true})
	redis, errRedis := private.StartRedis(ctx, private.RedisOptions{})
	if err := errors.Join(errPG, errRedis); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(filepath.Dir(pg.SocketDir()))
	fmt.Println(filepath.Dir(redis.Addr()))
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(errExit(errors.Join(pg.Stop(), redis.Stop())))
}

func errExit(err error) int {
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// child is the test binary running as a program with two servers.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	works []string // the servers' work folders
	pids  []int
}

func startChild(t *testing.T, program string, as *syscall.Credential) *child {
	t.Helper()
	c := &child{cmd: exec.Command(program)}
	c.cmd.Env = append(os.Environ(), childEnv+"=1")
	c.cmd.Dir = "/"
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdin = stdin
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() })
	lines := bufio.NewScanner(stdout)
	for len(c.works) < 2 && lines.Scan() {
		c.works = append(c.works, lines.Text())
	}
	for _, work := range c.works {
		c.pids = append(c.pids, readPID(t, work))
	}
	if len(c.pids) != 2 {
		t.Fatalf("the child said %q and ended", c.works)
	}
	return c
}

func readPID(t *testing.T, work string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(work, "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// nothingLeft waits until the servers are gone and so are their folders.
func (c *child) nothingLeft(t *testing.T) {
	t.Helper()
	for i := range c.works {
		eventually(t, "end of the server", func() bool { return ended(c.pids[i]) })
		eventually(t, "end of "+c.works[i], func() bool {
			_, err := os.Stat(c.works[i])
			return errors.Is(err, os.ErrNotExist)
		})
	}
}

// ended says that the process runs no more; init may not have buried it yet.
func ended(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || err == nil && strings.Contains(string(status), "State:\tZ")
}

// eventually polls a condition that another process brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("waited 20 s for the %s", what)
		}
	}
}
