package rig

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a program that a test has started.
type Process struct {
	PID   int
	Began time.Time

	done  chan struct{} // closed when it has ended
	state *os.ProcessState
	log   record
}

// record is what a process wrote.
type record struct {
	mu sync.Mutex
	b  strings.Builder
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(b)
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

// Launch runs a program that dies with the test, and with the test's process.
// What it writes is kept, and shown when the test fails.
func Launch(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	return launch(t, cmd, func() {})
}

// launch is Launch; over is called in the test's cleanup, once the process has
// ended.
func launch(t testing.TB, cmd *exec.Cmd, over func()) *Process {
	t.Helper()
	p := &Process{Began: time.Now(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	if cmd.SysProcAttr.Pdeathsig == 0 { // who has children tells them by another signal
		cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the parent that PR_SET_PDEATHSIG watches is the thread
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // ProcessState has it
			p.state = cmd.ProcessState
		}
		close(p.done)
	}()
	must(t, <-started)
	p.PID = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has usually ended
		<-p.done
		over()
		if t.Failed() {
			t.Logf("%s, process %d, wrote:\n%s", cmd.Path, p.PID, tail(p.Log(), 1000))
		}
	})
	return p
}

// tail is the last n lines.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Log is what the process has written so far.
func (p *Process) Log() string { return p.log.text() }

// Running reports whether the process lives.
func (p *Process) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Signal sends a signal to the process.
func (p *Process) Signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	must(t, syscall.Kill(p.PID, sig))
}

// Kill ends the process by SIGKILL, if it has not ended yet.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	if p.Running() {
		p.Signal(t, syscall.SIGKILL)
	}
	<-p.done
}

// Command runs a program to its end, in the test's own environment with env
// beside it; it has two minutes.
func Command(t testing.TB, env []string, path string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, bad record
	cmd.Stdout, cmd.Stderr = &out, &bad
	err := cmd.Run() // the exit code says how it ended
	if cmd.ProcessState == nil {
		t.Fatalf("%s %v did not start: %v", path, args, err)
	}
	return cmd.ProcessState.ExitCode(), out.text(), bad.text()
}
