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

// memoryShort lets the server tell what it needs for a call a second, in a cgroup
// with plenty, and gives it a limit of its own a little above that. A cgroup that
// small would kill it while it starts.
func memoryShort(t *testing.T, row *rig.Row) {
	const plenty = 512 << 20
	dir, why := cgroup(t, "memory")
	if dir == "" {
		row.NotRun(why)
	}
	must(t, limit(dir, map[string]string{"memory.limit_in_bytes": strconv.Itoa(plenty), "memory.max": strconv.Itoa(plenty)}))
	s, own := fullSize(), ""
	o := s.options(t, rig.Seed(t))
	o.Env = append(o.Env, "GOGC=20") // collected often, so that what is alive is known
	o.Wrap = func(cmd *exec.Cmd) {
		behindShell(cmd, "echo $$ > "+dir+"/cgroup.procs")
		if own != "" {
			cmd.Env = append(cmd.Env, "GOMEMLIMIT="+own)
		}
	}
	h := rig.Open(t, o)
	h.Seat()
	row.Figure("in a cgroup of %s the limit is %s", mib(plenty), mib(int64(gauge(t, h, "callstamp_memory_limit_bytes"))))
	own = strconv.Itoa(48 << 20) // what the logins took is given back then
	again(t, h)
	few := s.mix()
	few.PerSecond = 1
	l := h.Load(few)
	l.For(6 * time.Second)
	needs := gauge(t, h, "callstamp_memory_used_bytes")
	l.Stop()
	h.Settle(time.Minute)
	own = strconv.FormatInt(int64(needs/0.72), 10) // welcome again below 82 %
	row.Figure("%.1f MiB in use at a call a second, then %.1f allowed", needs/(1<<20), needs/0.72/(1<<20))
	again(t, h)
	shortIn(t, row, h, "memory", nil, func() {
		// In a process as small as this one what a burst has made grow is more than
		// the limit is above its needs: it is given its memory back.
		rig.Within(t, time.Minute, "the calls that were taken are over", func() bool { return h.Net.Calls() == 0 && h.OpenCalls() == 0 }, nil)
		own = ""
		again(t, h)
	})
}

// again stops the server and starts it; everybody is seated then.
func again(t *testing.T, h *rig.House) {
	t.Helper()
	healed := h.Fault("started again", rig.Excuse{Blind: true, Refuse: true})
	h.StopWell(20 * time.Second)
	h.Restart()
	rig.Within(t, time.Minute, "everybody is seated again", func() bool {
		return h.SQL.TryCount(`SELECT count(*) FROM records.agent_sessions WHERE NOT closed`) >= int64(len(h.Agents)+len(h.Sellers))
	}, nil)
	healed()
}

// gauge reads one metric of the server.
func gauge(t *testing.T, h *rig.House, name string) float64 {
	t.Helper()
	v := h.Server.Metric(name)
	if v < 0 {
		t.Fatalf("no metric %s", name)
	}
	return v
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
	l.For(calm)
	healed := h.Fault("starved", rig.Excuse{Slack: 2 * time.Second, Blind: true, Refuse: true})
	broken := time.Now()
	must(t, limit(dir, map[string]string{"cpu.cfs_quota_us": "33000", "cpu.max": "33000 100000"}))
	l.For(10 * time.Second)
	must(t, limit(dir, map[string]string{"cpu.cfs_quota_us": "-1", "cpu.max": "max 100000"}))
	mended := time.Now()
	healed()
	l.For(calm)
	ended := time.Now()
	l.Stop()
	h.Settle(2 * time.Minute)
	setUps(t, h, row, before, broken, mended, ended, true)
	tardy := rig.Late(2 * time.Second)
	judged(t, h, row, rig.Allow{Finding: func(f check.Finding) bool { return tardy(f) || f.Law == check.LawHold }}) // signalled late as well
}
