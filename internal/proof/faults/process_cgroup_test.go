package faults_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/check"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// cgroup is one of the test's own: its folder, or why there can't be one here.
func cgroup(t *testing.T, controller string) (dir, why string) {
	t.Helper()
	for _, root := range []string{filepath.Join("/sys/fs/cgroup", controller), "/sys/fs/cgroup"} {
		if root == "/sys/fs/cgroup" {
			have, err := os.ReadFile(filepath.Join(root, "cgroup.subtree_control")) // v2
			if err != nil || !strings.Contains(string(have), controller) {
				continue
			}
		}
		dir = filepath.Join(root, fmt.Sprintf("callstamp-proof-%d", os.Getpid()))
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			t.Cleanup(func() { _ = os.Remove(dir) }) // the server is gone by then
			return dir, ""
		}
		why = err.Error()
	}
	if why == "" {
		why = "no cgroup controller " + controller + " is mounted"
	}
	return "", why
}

// limit writes the first of the files that is there: v1's and v2's have other
// names.
func limit(dir string, files map[string]string) error {
	for name, value := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600)
		}
	}
	return fmt.Errorf("%s has none of the limits", dir)
}

// memoryShort gives the server little more memory than it needs with all agents
// seated and no call: the rest is too little for what comes.
func memoryShort(t *testing.T, row *rig.Row) {
	dir, why := cgroup(t, "memory")
	if dir == "" {
		row.NotRun(why)
	}
	s, limited := fullSize(), false
	o := s.options(t, rig.Seed(t))
	o.Wrap = func(cmd *exec.Cmd) {
		if limited {
			behindShell(cmd, "echo $$ > "+dir+"/cgroup.procs")
		}
	}
	h := rig.Open(t, o)
	h.Seat()
	rig.Pass(3 * time.Second) // for what the logins took to be given back
	idle := gauge(t, h, "callstamp_memory_used_bytes")
	h.StopWell(20 * time.Second)
	most := int64((idle + 4<<20) / 0.85 / 0.9)
	must(t, limit(dir, map[string]string{"memory.limit_in_bytes": strconv.FormatInt(most, 10), "memory.max": strconv.FormatInt(most, 10)}))
	limited = true
	h.Restart()
	rig.Within(t, time.Minute, "everybody is seated again", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.agent_sessions WHERE NOT closed`) >= int64(len(h.Agents)+len(h.Sellers))
	}, nil)
	row.Figure("%s in use without calls, the cgroup has %s, Go's limit is %s", mib(int64(idle)), mib(most), mib(int64(gauge(t, h, "callstamp_memory_limit_bytes"))))
	shortIn(t, row, h, "memory", nil)
	for _, name := range []string{"memory.max_usage_in_bytes", "memory.peak"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			if peak, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil {
				row.Figure("the cgroup held %s at most", mib(peak))
			}
		}
	}
}

// gauge reads one metric of the server.
func gauge(t *testing.T, h *rig.House, name string) float64 {
	t.Helper()
	_, body := h.Server.Get("/metrics")
	for line := range strings.Lines(body) {
		if value, is := strings.CutPrefix(strings.TrimSpace(line), name+" "); is {
			v, err := strconv.ParseFloat(value, 64)
			must(t, err)
			return v
		}
	}
	t.Fatalf("no metric %s in:\n%.300s", name, body)
	return 0
}

// starved gives the server a third of a core for a while. It and the load share
// the machine otherwise.
func starved(t *testing.T, row *rig.Row) {
	dir, why := cgroup(t, "cpu")
	if dir == "" {
		row.NotRun(why)
	}
	h, l := loaded(t, func(o *rig.Options) { withLimit(o, "echo $$ > "+dir+"/cgroup.procs") })
	before := time.Now()
	l.For(steady)
	healed := h.Fault("starved", rig.Excuse{Slack: 2 * time.Second, Blind: true, Refuse: true})
	broken := time.Now()
	must(t, limit(dir, map[string]string{"cpu.cfs_quota_us": "33000", "cpu.max": "33000 100000"}))
	l.For(15 * time.Second)
	must(t, limit(dir, map[string]string{"cpu.cfs_quota_us": "-1", "cpu.max": "max 100000"}))
	mended := time.Now()
	healed()
	l.For(after)
	ended := time.Now()
	l.Stop()
	h.Settle(2 * time.Minute)
	setUps(t, h, row, before, broken, mended, ended, true)
	tardy := rig.Late(2 * time.Second)
	judged(t, h, row, rig.Allow{Finding: func(f check.Finding) bool { return tardy(f) || f.Law == check.LawHold }}) // signalled late as well
}
