package e2e

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// server is a run of the binary.
type server struct {
	plan  plan
	began time.Time
	pid   int
	done  chan struct{} // closed when it has ended
	state *os.ProcessState
	log   record
	fine  []*regexp.Regexp // errors in its log that the test expects
	ended bool             // the test has taken care of its end
}

// record is what the process wrote.
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

// start runs the binary; its log is shown when the test fails. It dies with the test's process.
func start(t *testing.T, p plan, path string, args ...string) *server {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return launch(t, p, cmd)
}

func launch(t *testing.T, p plan, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{plan: p, began: time.Now(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + p.Dir, "GOTRACEBACK=all"}
	cmd.Env = append(cmd.Env, p.Env...)
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the parent that PR_SET_PDEATHSIG watches is the thread
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // ProcessState has it
			s.state = cmd.ProcessState
		}
		close(s.done)
	}()
	must(t, <-started)
	s.pid = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has usually ended
		<-s.done
		if t.Failed() {
			t.Logf("server %d wrote:\n%s", s.pid, s.log.text())
		}
	})
	return s
}

// awaitReady waits for /readyz and returns how long the start took.
func (s *server) awaitReady(t *testing.T) time.Duration {
	t.Helper()
	eventually(t, "the server is ready", func() bool {
		select {
		case <-s.done:
			t.Fatalf("the server ended: %v", s.state)
		default:
		}
		status, _ := s.get("/readyz")
		return status == http.StatusOK
	}, func() string { _, body := s.get("/readyz"); return body })
	return time.Since(s.began)
}

// get asks the server; status 0 when it does not answer.
func (s *server) get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.plan.url()+path, nil)
	if err != nil {
		return 0, err.Error()
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

// expects says that the log may have errors like this one.
func (s *server) expects(pattern string) { s.fine = append(s.fine, regexp.MustCompile(pattern)) }

// stopWell ends the server as systemd would and checks that it ends well: exit 0, nothing bad in its log.
func (s *server) stopWell(t *testing.T) {
	t.Helper()
	if s.ended {
		return
	}
	s.ended = true
	select {
	case <-s.done:
		t.Errorf("the server had ended: %v", s.state)
		return
	default:
	}
	must(t, syscall.Kill(s.pid, syscall.SIGTERM))
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		_ = syscall.Kill(s.pid, syscall.SIGQUIT) // it writes its goroutines
		<-s.done
		t.Error("the server did not end within 30 s of SIGTERM")
	}
	if code := s.state.ExitCode(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
	s.checkLog(t)
}

// kill ends the server as a crash would.
func (s *server) kill(t *testing.T) {
	t.Helper()
	s.ended = true
	must(t, syscall.Kill(s.pid, syscall.SIGKILL))
	<-s.done
}

// personal is what no log may show at any level: the telephone numbers of the tests, which all begin with 84, and
// everybody's password.
var personal = regexp.MustCompile(`(?m)^.*(?:(?:^|[^0-9])84[0-9]{9,10}(?:[^0-9]|$)|` + regexp.QuoteMeta(password) + `).*$`)

func TestPersonalIsFoundInLogs(t *testing.T) {
	for line, want := range map[string]bool{
		"level=INFO called=+84905550001": true, "uri=sip:84905550001@127.0.0.1": true, "84905550001": true, "is " + password + "?": true,
		"called=…001": false, "at=1784905550001": false, "at=849055500011234": false, "port=8490": false,
	} {
		if got := personal.MatchString("before\n" + line + "\nafter"); got != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

// checkLog fails the test for what nobody expected to go wrong.
func (s *server) checkLog(t *testing.T) {
	t.Helper()
	if line := personal.FindString(s.log.text()); line != "" {
		t.Errorf("the log shows a number or a password: %s", line)
	}
lines:
	for line := range strings.Lines(s.log.text()) {
		if !strings.Contains(line, "level=ERROR") && !strings.Contains(line, "panic") && !strings.Contains(line, "DATA RACE") {
			continue
		}
		for _, f := range s.fine {
			if f.MatchString(line) {
				continue lines
			}
		}
		t.Errorf("in the server's log: %s", line)
	}
}

// command runs another command of the binary to its end.
func command(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	b, err := exec.CommandContext(ctx, rig.Binary(t), args...).CombinedOutput()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		return e.ExitCode(), string(b)
	}
	must(t, err)
	return 0, string(b)
}
