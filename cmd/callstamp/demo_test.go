package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// TestDemo is a person who starts the demo, looks at it as the manager until
// calls of both kinds are over and one was rated, and stops it. It does not run
// beside other tests, as it counts goroutines and processes.
func TestDemo(t *testing.T) {
	before, children := goleak.IgnoreCurrent(), childProcesses(t)
	dir := t.TempDir()
	d := startDemo(t, "--dir", dir, "--listen", "127.0.0.1:0", "--calls-per-minute", "20", "--robots", "4")
	m := logInManager(t, d.url(t))
	m.sees(t, func(p wire.Live) bool { return len(p.Calls) > 0 && agentsIn(p, stamp.StateTalking) > 0 })
	m.reads(t, func(calls []wire.CallRow) string {
		closed, rated, dialed := 0, 0, 0
		for _, c := range calls {
			if c.Released == 0 {
				continue
			}
			closed++
			if c.Survey > 0 {
				rated++
			}
			if c.Campaign != "" && c.TalkUS > 0 {
				dialed++
			}
		}
		if closed >= 5 && rated > 0 && dialed > 0 {
			return ""
		}
		return fmt.Sprintf("%d closed, %d rated, %d talks of the campaign", closed, rated, dialed)
	})
	m.http.CloseIdleConnections()
	if code := d.stop(t); code != exitOK {
		t.Fatalf("exit code %d:\n%s", code, d.out.String())
	}
	if c, err := net.Dial("tcp", d.addr); err == nil {
		c.Close()
		t.Errorf("%s still listens", d.addr)
	}
	if left := childProcesses(t); len(left) > len(children) {
		t.Errorf("processes are left: %v, before %v", left, children)
	}
	// scs makes a store of its own before it gets ours, and can't be told to end it.
	sessions := goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup")
	if err := goleak.Find(before, sessions); err != nil {
		t.Error(err)
	}
	balances(t, dir)
}

// running is a demo in this process.
type running struct {
	out  *diary
	end  context.CancelFunc
	code chan int
	addr string
}

func startDemo(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	d := &running{out: &diary{}, end: cancel, code: make(chan int, 1)}
	go func() { d.code <- run(ctx, append([]string{"demo"}, args...), d.out, d.out) }()
	return d
}

// url waits for the block and returns the agent's address.
func (d *running) url(t *testing.T) string {
	t.Helper()
	address := regexp.MustCompile(`Agent +(http://(\S+))`)
	var found []string
	await(t, 30*time.Second, func() string {
		select {
		case code := <-d.code:
			t.Fatalf("it ended with %d:\n%s", code, d.out.String())
		default:
		}
		if found = address.FindStringSubmatch(d.out.String()); found == nil || !strings.Contains(d.out.String(), "Ctrl-C") {
			return "no block in " + d.out.String()
		}
		return ""
	})
	d.addr = found[2]
	return found[1]
}

// stop is Ctrl-C.
func (d *running) stop(t *testing.T) int {
	t.Helper()
	d.end()
	select {
	case code := <-d.code:
		return code
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not stop:\n%s", d.out.String())
		return -1
	}
}

// manager is a browser's session over HTTP.
type manager struct {
	base string
	http *http.Client
}

func logInManager(t *testing.T, base string) *manager {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &manager{base: base, http: &http.Client{Jar: jar, Transport: &http.Transport{}}}
	body, err := json.Marshal(wire.Login{Login: demoManager, Password: demoPassword})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/api/login", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Callstamp", "1")
	res, err := m.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		t.Fatalf("log in: %s: %s", res.Status, text)
	}
	return m
}

func (m *manager) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.base+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := m.http.Do(req)
	if err == nil && res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		return nil, fmt.Errorf("%s: %s: %s", path, res.Status, text)
	}
	return res, err
}

// sees follows the live stream until a picture is as wanted.
func (m *manager) sees(t *testing.T, wanted func(wire.Live) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	res, err := m.get(ctx, "/api/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	last := ""
	for lines := bufio.NewReader(res.Body); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("live stream: %v; last: %s", err, last)
		}
		text, data := strings.CutPrefix(line, "data: ")
		if !data {
			continue
		}
		last = text
		var p wire.Live
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if wanted(p) {
			return
		}
	}
}

// reads polls the list of calls until it lacks nothing.
func (m *manager) reads(t *testing.T, lacks func([]wire.CallRow) string) {
	t.Helper()
	now := time.Now().UTC()
	q := url.Values{"from": {now.Add(-time.Hour).Format(time.RFC3339)}, "to": {now.Add(time.Hour).Format(time.RFC3339)}}
	await(t, 90*time.Second, func() string {
		res, err := m.get(t.Context(), "/api/calls?"+q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var calls []wire.CallRow
		if err := json.NewDecoder(res.Body).Decode(&calls); err != nil {
			t.Fatal(err)
		}
		return lacks(calls)
	})
}

// balances runs check on the database that the demo has left.
func balances(t *testing.T, dir string) {
	t.Helper()
	server, err := private.StartPostgres(t.Context(), private.PostgresOptions{Dir: filepath.Join(dir, "postgres")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	t.Setenv("CALLSTAMP_POSTGRES_DSN", server.DSN(demoDatabase))
	var out, complaints bytes.Buffer
	code := run(t.Context(), []string{"check", "--json"}, &out, &complaints)
	var report struct {
		Balanced bool
		Calls    int
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || code != exitOK || !report.Balanced || report.Calls < 5 {
		t.Errorf("check: exit code %d, %v:\n%s%s", code, err, out.String(), complaints.String())
	}
}

func agentsIn(p wire.Live, state string) (n int) {
	for _, a := range p.Agents {
		if a.State == state {
			n++
		}
	}
	return n
}

// await polls until nothing lacks.
func await(t *testing.T, limit time.Duration, lacks func() string) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); ; <-tick.C {
		what := lacks()
		if what == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after %v: %s", limit, what)
		}
	}
}

// childProcesses are the command lines of our children; the children of those
// that have died would be init's.
func childProcesses(t *testing.T) []string {
	t.Helper()
	var found []string
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		after := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // state, parent …
		if len(after) > 1 && after[1] == fmt.Sprint(os.Getpid()) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline")) // ended meanwhile: no name
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	slices.Sort(found)
	return found
}

// diary keeps what a command prints.
type diary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(b)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}
