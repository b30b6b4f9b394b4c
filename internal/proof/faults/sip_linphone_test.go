package faults_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// sipLinphone: a telephone of other people's making stands in for the whole
// network, picks up by itself and plays a tone.
func sipLinphone(t *testing.T, row *rig.Row) {
	const calls = 1
	path, err := exec.LookPath("linphonec")
	if err != nil {
		row.NotRun("linphonec is not installed")
	}
	port := rig.FreeUDP(t)
	linphone(t, path, port)
	h := rig.Open(t, rig.Options{Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t),
		Relay: func(product, _ string) (string, string) { return product, "127.0.0.1:" + strconv.Itoa(port) }})
	l := h.Load(rig.Mix{PerSecond: 5, Count: calls, Own: []rig.Own{{Name: "linphone", Out: true,
		Make: func(_ *rand.Rand, _ *phonenet.Script, a *robot.Plan) {
			a.Talk, a.Wrap = 2*time.Second, 200*time.Millisecond
		}}}})
	rig.Within(t, 10*time.Second, "all leads are placed", func() bool { return l.Placed() == calls }, nil)
	h.Settle(2 * time.Minute)
	answered := h.SQL.Count(`SELECT count(*) FROM records.calls WHERE outcome = 'answered' AND talk_us > 1000000`)
	if answered != calls {
		t.Errorf("%d of %d calls talked for a second", answered, calls)
	}
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	row.Figure("%d of %d calls talked", answered, calls)
}

// linphone starts linphonec, which answers every call.
func linphone(t *testing.T, path string, port int) {
	t.Helper()
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, ".local", "share", "linphone"), 0o700))
	file := filepath.Join(dir, "linphonerc")
	must(t, os.WriteFile(file, fmt.Appendf(nil, "[sip]\nsip_port=%d\nsip_tcp_port=0\nsip_tls_port=0\nbind_address=127.0.0.1\nuse_ipv6=0\nguess_hostname=0\ncontact=\"linphone\" <sip:linphone@127.0.0.1:%d>\n"+
		"[net]\nfirewall_policy=0\n[rtp]\naudio_rtp_port=%d\n[video]\nenabled=0\n", port, port, rig.FreeUDP(t)&^1), 0o600))
	sound := filepath.Join(dir, "speech.wav")
	must(t, os.WriteFile(sound, phone.WAV(8000, 440, 60), 0o600))
	cmd := exec.Command(path, "-a", "-c", file)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	stdin, err := cmd.StdinPipe()
	must(t, err)
	rig.Launch(t, cmd) // it keeps nothing that matters
	_, err = fmt.Fprintf(stdin, "soundcard use files\nplay %s\n", sound)
	must(t, err)
}
