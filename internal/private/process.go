package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to start or to stop before it is given up or killed. A fast shutdown takes
// 10 ms and a start 30 ms on a quiet machine; a busy one under the race detector has been seen to need a hundred times
// that.
const patience = 30 * time.Second

// process is one running child: waited for by its own goroutine, its pid in a file for the reaper.
type process struct {
	cmd     *exec.Cmd
	pidFile string
	log     string
	done    chan struct{} // closed when the child has been waited for
}

// launch starts argv as the account, with its output in work/log and its pid in work/pid.
func launch(work string, as account, env []string, last syscall.Signal, argv ...string) (*process, error) {
	p := &process{
		cmd:     exec.Command(argv[0], argv[1:]...),
		pidFile: filepath.Join(work, "pid"),
		log:     filepath.Join(work, "log"),
		done:    make(chan struct{}),
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open server log: %w", err)
	}
	defer log.Close() // the child has its own copy
	p.cmd.Dir = "/"   // ours may be one that the account cannot enter
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = attributes(as.credential(), last)
	if err := p.start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(argv[0]), err)
	}
	return p, nil
}

// start forks from a thread that lives exactly as long as the child: the kernel ties the parent-death signal to the
// thread that forked, not to the process, and Go ends idle threads.
func (p *process) start() error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := p.cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- os.WriteFile(p.pidFile, []byte(strconv.Itoa(p.cmd.Process.Pid)), 0o644)
		_ = p.cmd.Wait() // how it ended is read from its log, by whoever missed it
		_ = os.Remove(p.pidFile)
		close(p.done)
	}()
	return <-started
}

func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// await returns when ping succeeds, or says why it never will. ctx needs a deadline.
func (p *process) await(ctx context.Context, name string, ping func(context.Context) error) error {
	for {
		err := ping(ctx)
		if err == nil {
			return nil
		}
		if !p.alive() {
			return fmt.Errorf("start %s: it ended at once:\n%s", name, p.logTail())
		}
		if ctx.Err() != nil {
			return errors.Join(fmt.Errorf("start %s: no answer: %w\n%s", name, err, p.logTail()), p.kill())
		}
		pause(ctx)
	}
}

// pause waits the moment between two looks at a server that is starting.
func pause(ctx context.Context) {
	t := time.NewTimer(5 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// stop asks with the signal, waits, and kills after patience. A child that is already gone is no error.
func (p *process) stop(ask syscall.Signal) error {
	if !p.alive() {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGCONT) // a frozen one could not hear us
	_ = p.cmd.Process.Signal(ask)             // the only error is that it is gone
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case <-p.done:
		return nil
	case <-deadline.C:
	}
	return errors.Join(fmt.Errorf("stop pid %d: no end %v after %v\n%s", p.cmd.Process.Pid, patience, ask, p.logTail()), p.kill())
}

// kill gives the child no chance to tidy up and returns when it is gone.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill pid %d: %w", p.cmd.Process.Pid, err)
	}
	<-p.done
	return nil
}

func (p *process) freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) thaw() error   { return p.cmd.Process.Signal(syscall.SIGCONT) }

// logTail is the end of what the child said, for the error that reports its death.
func (p *process) logTail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
