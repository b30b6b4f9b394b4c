package rig

import (
	"context"
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
)

// Server is one run of the binary.
type Server struct {
	PID   int
	Began time.Time

	url   string
	done  chan struct{} // closed when it has ended
	state *os.ProcessState
	log   record
	ended bool // somebody has taken care of its end
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

// launch runs cmd, which dies with the test's process; its log is shown when
// the test fails.
func launch(t testing.TB, url string, cmd *exec.Cmd) *Server {
	t.Helper()
	s := &Server{url: url, Began: time.Now(), done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
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
	s.PID = cmd.Process.Pid
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has usually ended
		<-s.done
		if t.Failed() {
			t.Logf("server %d wrote:\n%s", s.PID, tail(s.log.text(), 200))
		}
	})
	return s
}

// tail is the last n lines.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Log is what the process has written so far.
func (s *Server) Log() string { return s.log.text() }

// Running reports whether the process lives.
func (s *Server) Running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// Done is closed when the process has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

// awaitReady waits for /readyz and returns how long the start took.
func (s *Server) awaitReady(t testing.TB, limit time.Duration) time.Duration {
	t.Helper()
	Within(t, limit, "the server is ready", func() bool {
		if !s.Running() {
			t.Fatalf("the server ended: %v\n%s", s.state, tail(s.log.text(), 30))
		}
		return s.Ready()
	}, func() string { _, body := s.Get("/readyz"); return body })
	return time.Since(s.Began)
}

// Ready reports whether /readyz says 200.
func (s *Server) Ready() bool {
	status, _ := s.Get("/readyz")
	return status == http.StatusOK
}

// Get asks the server; status 0 when it does not answer within 5 s.
func (s *Server) Get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
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

// Signal sends a signal to the process.
func (s *Server) Signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	must(t, syscall.Kill(s.PID, sig))
}

// kill ends the process as a crash would.
func (s *Server) kill(t testing.TB) {
	t.Helper()
	s.ended = true
	if s.Running() {
		s.Signal(t, syscall.SIGKILL)
	}
	<-s.done
}

// stopWell ends the server as systemd would and checks that it ends well:
// within limit, exit 0.
func (s *Server) stopWell(t testing.TB, limit time.Duration) {
	t.Helper()
	if s.ended {
		return
	}
	s.ended = true
	if !s.Running() {
		t.Errorf("the server had ended: %v", s.state)
		return
	}
	s.Signal(t, syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(limit):
		s.Signal(t, syscall.SIGQUIT) // it writes its goroutines
		<-s.done
		t.Errorf("the server did not end within %s of SIGTERM", limit)
	}
	if code := s.state.ExitCode(); code != 0 {
		t.Errorf("the server ended with %d", code)
	}
}

// personal is what no log may show at any level: the telephone numbers of the
// tests, which all begin with 84, and everybody's password.
var personal = regexp.MustCompile(`(?m)^.*(?:(?:^|[^0-9])84[0-9]{9,10}(?:[^0-9]|$)|` + regexp.QuoteMeta(Password) + `).*$`)

// complaints are the lines of a log that nobody expects: errors, panics,
// races, and whatever is personal.
func complaints(log string, expected []*regexp.Regexp) (found []string) {
	for line := range strings.Lines(log) {
		bad := strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") || strings.Contains(line, "DATA RACE")
		for _, e := range expected {
			bad = bad && !e.MatchString(line)
		}
		if bad || personal.MatchString(line) {
			found = append(found, strings.TrimRight(line, "\n"))
		}
	}
	return found
}
