package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
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
	*rig.Process
	keys *os.File // its keyboard
}

// baresip dials 1900.
func (h *house) baresip(t *testing.T) *baresip {
	t.Helper()
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is not installed (Debian: baresip-core)")
	}
	dir, at := t.TempDir(), rig.ChoosePorts(t, rtpPorts)
	words := strings.NewReplacer("DIR", dir, "SIPPORT", strconv.Itoa(at.SIP), "RTPPORT", strconv.Itoa(at.RTPFirst), "RTPLAST", strconv.Itoa(at.RTPLast))
	must(t, os.WriteFile(filepath.Join(dir, "config"), []byte(words.Replace(baresipConfig)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "accounts"), []byte("<sip:+84903333333@127.0.0.1>;regint=0;audio_codecs=pcma,pcmu\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "voice.wav"), phone.WAV(8000, rig.CustomerHz, 60), 0o600))
	keyboard, keys, err := os.Pipe() // epoll refuses a file
	must(t, err)
	t.Cleanup(func() { must(t, keys.Close()) })
	cmd := exec.Command(path, "-f", dir, "-e", "/dial sip:1900@"+h.SIPAddr())
	cmd.Stdin = keyboard
	p := &baresip{rig.Launch(t, cmd), keys}
	must(t, keyboard.Close())
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
	lan := h.desk(t, rig.Chromium(t), "lan")
	lan.GoReady()
	customer := h.baresip(t)
	lan.Answer()
	lan.Hears(rig.CustomerHz)
	h.farHears(t, rig.AgentHz)
	lan.Click("Hold")
	lan.Phase("held")
	h.farHearsMusic(t)
	lan.Click("Resume")
	lan.Phase("talking")
	h.farHears(t, rig.AgentHz)
	lan.Hears(rig.CustomerHz)
	lan.Click("End")
	lan.Await(`callstampDebug.state.call.marks.some((m) => m.kind === "survey.asked")`)
	customer.press(t, "5")
	rig.Eventually(t, "baresip is hung up", func() bool { return strings.Contains(customer.Log(), "session closed") }, nil)
	lan.Click("Resolved")
	lan.Click("Save and go ready")
	h.checkRated(t)
}
