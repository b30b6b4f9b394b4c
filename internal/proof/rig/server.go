package rig

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is one run of the binary. Its log is judged when the test ends: each
// error in it fails the test, unless Expect allows it, and so does a telephone
// number or a password, whatever is expected.
type Server struct {
	*Process

	url      string
	expected []*regexp.Regexp
	asked    bool // somebody takes care of its end
}

// StopLimit is how long a stop takes at the most that has nothing to wait for.
const StopLimit = 30 * time.Second

// Serve runs cmd, which is the binary with its arguments, as a server whose
// pages are at url. It sees no environment but PATH and what cmd has.
func Serve(t testing.TB, url string, cmd *exec.Cmd) *Server {
	t.Helper()
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "GOTRACEBACK=all"}, cmd.Env...)
	s := &Server{url: url}
	s.Process = launch(t, cmd, func() {
		for _, line := range complaints(s.Log(), s.expected) {
			t.Errorf("in the log of server %d: %s", s.PID, line)
		}
	})
	return s
}

// Expect says that the log may have errors that match one of the patterns.
func (s *Server) Expect(patterns ...string) {
	for _, p := range patterns {
		s.expected = append(s.expected, regexp.MustCompile(p))
	}
}

// AwaitReady waits for /readyz and returns how long the start took.
func (s *Server) AwaitReady(t testing.TB, limit time.Duration) time.Duration {
	t.Helper()
	Within(t, limit, "the server is ready", func() bool {
		if !s.Running() {
			t.Fatalf("the server ended: %v\n%s", s.state, tail(s.Log(), 30))
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

// Get asks the server; status 0 when it does not answer within 5 s, body is
// the reason then.
func (s *Server) Get(path string) (status int, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	web := &http.Client{Transport: trusting()}
	defer web.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return 0, err.Error()
	}
	return answerOf(web, req)
}

// trusting takes any certificate: those of a test's servers are their own.
func trusting() *http.Transport {
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it talks to what the test has started
}

// answerOf sends the request; status 0 and the reason when there is no answer.
func answerOf(web *http.Client, req *http.Request) (status int, body string) {
	res, err := web.Do(req)
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

// Metrics are what /metrics says: a series with its labels, as written, and its
// value; nil when the server does not answer.
func (s *Server) Metrics() map[string]float64 {
	status, body := s.Get("/metrics")
	if status != http.StatusOK {
		return nil
	}
	all := map[string]float64{}
	for line := range strings.Lines(body) {
		at := strings.LastIndexByte(line, ' ')
		if strings.HasPrefix(line, "#") || at < 0 {
			continue
		}
		if v, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64); err == nil {
			all[line[:at]] = v
		}
	}
	return all
}

// Metric is one series of Metrics; -1 where there is none.
func (s *Server) Metric(series string) float64 {
	if v, ok := s.Metrics()[series]; ok {
		return v
	}
	return -1
}

// Kill ends the server as a crash would.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.asked = true
	s.Process.Kill(t)
}

// Terminate asks the server to end, as systemd would, and leaves it to the test
// to wait for it: EndsWell.
func (s *Server) Terminate(t testing.TB) {
	t.Helper()
	s.asked = true
	s.Signal(t, syscall.SIGTERM)
}

// Asked reports whether somebody has ended the server or has asked it to end.
func (s *Server) Asked() bool { return s.asked }

// EndsWell checks that the server, which was asked to, ends within limit and
// with 0.
func (s *Server) EndsWell(t testing.TB, limit time.Duration) {
	t.Helper()
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

// StopWell ends the server as systemd would; it must end within limit with 0.
// One that somebody has taken care of is left alone.
func (s *Server) StopWell(t testing.TB, limit time.Duration) {
	t.Helper()
	if s.asked {
		return
	}
	if !s.Running() {
		s.asked = true
		t.Errorf("the server had ended: %v", s.state)
		return
	}
	s.Terminate(t)
	s.EndsWell(t, limit)
}
