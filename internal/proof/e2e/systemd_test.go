package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// TestServiceManager starts the real server as systemd does: it says when it is ready, feeds the watchdog, and says that
// it stops before it does.
func TestServiceManager(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	said := make(chan string, 1000)
	go func() {
		defer close(said)
		b := make([]byte, 4096)
		for {
			n, err := conn.Read(b)
			if err != nil {
				return
			}
			said <- string(b[:n])
		}
	}()
	await := func(what string) {
		t.Helper()
		limit := time.After(rig.Patience)
		for {
			select {
			case text := <-said:
				if strings.Contains(text, what) {
					return
				}
			case <-limit:
				t.Fatalf("the manager does not hear %q", what)
			}
		}
	}
	h := prepare(t, func(p *plan) { p.Env = []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=600000"} })
	h.StartOnly()
	await("READY=1")
	if status, body := h.Server.Get("/readyz"); status != 200 {
		t.Errorf("it says that it is ready, /readyz says %d: %s", status, body)
	}
	await("STATUS=0 calls")
	for range 3 {
		await("WATCHDOG=1")
	}
	h.Server.StopWell(t, rig.StopLimit)
	await("STOPPING=1")
}

// unit reads the settings of the unit file; the last of equal ones counts.
func unit(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(deploy, "systemd", "callstamp.service"))
	must(t, err)
	defer f.Close()
	settings := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok && !strings.HasPrefix(name, "#") {
			settings[name] = value
		}
	}
	return settings
}

// TestUnitAgreesWithTheConfiguration: systemd must not kill calls that may still finish, nor look for the journal elsewhere.
func TestUnitAgreesWithTheConfiguration(t *testing.T) {
	t.Parallel()
	u, c := unit(t), configs.Default()
	stop, err := time.ParseDuration(strings.Replace(u["TimeoutStopSec"], "min", "m", 1))
	must(t, err)
	if stop < c.Drain.Timeout+time.Minute {
		t.Errorf("systemd kills after %v, calls may finish for %v and a minute is for the stores", stop, c.Drain.Timeout)
	}
	if u["Type"] != "notify" || u["WatchdogSec"] == "" || u["LimitNOFILE"] != "65536" {
		t.Errorf("the unit is %v", u)
	}
	if want := filepath.Join("/var/lib", u["StateDirectory"]); want != c.Node.DataDir {
		t.Errorf("systemd makes %s, the journal stands in %s", want, c.Node.DataDir)
	}
	if !strings.HasSuffix(u["ExecStart"], "serve --config /etc/callstamp/callstamp.yaml") || u["ConfigurationDirectory"] != "callstamp" {
		t.Errorf("it runs %q", u["ExecStart"])
	}
}

// TestUnitIsRead has systemd judge the unit, on machines that have it; what it says is an error.
func TestUnitIsRead(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd-analyze is not on this machine: the unit was read by us alone")
		return
	}
	text, err := os.ReadFile(filepath.Join(deploy, "systemd", "callstamp.service"))
	must(t, err)
	here := regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAllString(string(text), "ExecStart="+rig.Binary(t))
	file := filepath.Join(t.TempDir(), "callstamp.service")
	must(t, os.WriteFile(file, []byte(here), 0o600))
	out, err := exec.Command(analyze, "verify", "--man=no", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "callstamp") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
