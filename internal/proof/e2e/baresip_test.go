package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/phone"
)

// baresipConfig is what a headless baresip needs: sound from a file, into nothing.
const baresipConfig = `net_interface 127.0.0.1
sip_listen 127.0.0.1:SIPPORT
rtp_ports RTPPORT-RTPLAST
audio_source aufile,DIR/voice.wav
audio_player aubridge,pseudo0
audio_alert aubridge,pseudo0
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aubridge.so
module aufile.so
module_app account.so
module_app menu.so
`

// baresip is a second, independent telephone: its own SIP stack, its own RTP.
type baresip struct {
	out  record
	keys *os.File // its keyboard
}

// baresip dials 1900.
func (h *house) baresip(t *testing.T) *baresip {
	t.Helper()
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is not installed (Debian: baresip-core)")
	}
	dir, rtp := t.TempDir(), rtpWindow()
	words := strings.NewReplacer("DIR", dir, "SIPPORT", itoa(freeSIP(t)), "RTPPORT", itoa(rtp), "RTPLAST", itoa(rtp+windowSize-1))
	must(t, os.WriteFile(filepath.Join(dir, "config"), []byte(words.Replace(baresipConfig)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "accounts"), []byte("<sip:+84903333333@127.0.0.1>;regint=0;audio_codecs=pcma,pcmu\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "voice.wav"), phone.WAV(8000, customerHz, 60), 0o600))
	p := &baresip{}
	keyboard, keys, err := os.Pipe() // epoll refuses a file
	must(t, err)
	p.keys = keys
	cmd := exec.Command(path, "-f", dir, "-e", "/dial sip:1900@"+h.plan.sipAddr())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = keyboard, &p.out, &p.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	must(t, cmd.Start())
	must(t, keyboard.Close())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		must(t, keys.Close())
		if t.Failed() {
			t.Logf("baresip: %s", p.out.text())
		}
	})
	return p
}

// press presses and releases a key, which goes out as RFC 4733.
func (p *baresip) press(t *testing.T, key string) {
	t.Helper()
	_, err := p.keys.WriteString(key + "\x04")
	must(t, err)
}

// TestSecondPhone has baresip call in, so that no habit of SIPp passes for SIP.
func TestSecondPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	lan := h.desk(t, chromium(t), "lan")
	lan.ready()
	customer := h.baresip(t)
	lan.answer()
	lan.hears(customerHz)
	h.farHears(t, agentHz)
	lan.press("Hold")
	lan.phase("held")
	h.farHearsMusic(t)
	lan.press("Resume")
	lan.phase("talking")
	h.farHears(t, agentHz)
	lan.hears(customerHz)
	lan.press("End")
	lan.until(`callstampDebug.state.call.marks.some((m) => m.kind === "survey.asked")`)
	customer.press(t, "5")
	eventually(t, "baresip is hung up", func() bool { return strings.Contains(customer.out.text(), "session closed") }, nil)
	lan.press("Resolved")
	lan.press("Save and go ready")
	h.checkRated(t)
}
