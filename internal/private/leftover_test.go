package private_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

func self(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestNothingIsLeftWhenKilled kills the process that owns the servers so that it can run nothing more.
func TestNothingIsLeftWhenKilled(t *testing.T) {
	t.Parallel()
	c := startChild(t, self(t), nil)
	if err := c.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait() // the error says that it was killed
	c.nothingLeft(t)
}

// TestAsAnOrdinaryUser runs the whole as nobody, where this test runs as root: no other user, nothing to give away.
// An ordinary user's run of this package proves it with every other test.
func TestAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	program, as := self(t), (*syscall.Credential)(nil)
	if os.Geteuid() == 0 {
		as = &syscall.Credential{Uid: 65534, Gid: 65534}
		program = copyProgram(t, program)
	}
	c := startChild(t, program, as)
	if err := c.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("stop both servers: %v", err)
	}
	c.nothingLeft(t)
}

// copyProgram puts the test binary where everybody may run it; go test builds it in a folder of mode 0700.
func copyProgram(t *testing.T, program string) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "private-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// By a process of its own: a file that we had open for writing could be inherited by a child that another test forks
	// at this moment, and would be "text file busy".
	to := filepath.Join(dir, "private.test")
	if out, err := exec.Command("install", "-m", "755", program, to).CombinedOutput(); err != nil {
		t.Fatalf("copy test binary: %v: %s", err, out)
	}
	return to
}

// copyPostgres copies the programs below a folder that only its owner may enter, as a checkout under /root is.
func copyPostgres(t *testing.T, bin string) string {
	t.Helper()
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-R", "-P", filepath.Dir(bin), filepath.Join(closed, "native")).CombinedOutput(); err != nil {
		t.Fatalf("copy PostgreSQL: %v: %s", err, out)
	}
	return filepath.Join(closed, "native", filepath.Base(bin))
}
