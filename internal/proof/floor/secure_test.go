package floor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/phone"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// selfSigned writes a certificate for 127.0.0.1 and its key.
func selfSigned(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"127.0.0.1"}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	return cert, key
}

// secureBaresip is a telephone of other people's making that calls in over TLS
// and takes no unprotected sound.
const secureBaresip = `sip_listen 127.0.0.1:%[1]d
sip_cafile %[2]s/cert.pem
sip_verify_server yes
net_interface 127.0.0.1
rtp_ports %[3]d-%[4]d
audio_source aufile,%[2]s/voice.wav
audio_player aubridge,pseudo0
audio_alert aubridge,pseudo0
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aubridge.so
module aufile.so
module srtp.so
module_app account.so
module_app menu.so
`

// TestFloorSecureTrunk: baresip calls in over TLS with SRTP; both hear each
// other, which the call says by being connected, and baresip by its account.
func TestFloorSecureTrunk(t *testing.T) {
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Fatal("baresip is not installed (Debian: baresip-core)")
	}
	dir, port := t.TempDir(), rig.FreeTCP(t)
	cert, key := selfSigned(t, dir)
	config := map[string]any{"sip.tls_cert": cert, "sip.tls_key": key}
	h := rig.Open(t, rig.Options{Agents: 1, Sellers: 1, Cues: rig.Cues(t), Seed: rig.Seed(t), Uncaptured: true, Trunk: map[string]any{"srtp": "required", "nat": true}, // baresip has no certificate: nobody can call it back
		Config: config, Relay: func(product, phones string) (string, string) {
			config["sip.listen"] = []string{"udp:" + product, fmt.Sprintf("tls:127.0.0.1:%d", port)}
			return product, phones
		}})
	h.SQL.Exec(`UPDATE queues SET survey = false`)
	h.Seat()
	at := rig.ChoosePorts(t, 200)
	must(t, os.WriteFile(filepath.Join(dir, "config"), fmt.Appendf(nil, secureBaresip, at.SIP, dir, at.RTPFirst, at.RTPLast), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "accounts"), []byte("<sip:+84903333333@127.0.0.1;transport=tls>;regint=0;audio_codecs=pcma;mediaenc=srtp-mand\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "voice.wav"), phone.WAV(8000, 440, 60), 0o600))
	h.Expects("+84903333333", shortly())
	cmd := exec.Command(path, "-f", dir, "-e", fmt.Sprintf("/dial sip:1900@127.0.0.1:%d;transport=tls", port))
	keyboard, keys, err := os.Pipe() // it ends when its keyboard does
	must(t, err)
	cmd.Stdin = keyboard
	p := rig.Launch(t, cmd)
	must(t, keyboard.Close())
	t.Cleanup(func() { must(t, keys.Close()) })
	rig.Within(t, 30*time.Second, "the call is talked in and over", func() bool {
		return h.SQL.Count(`SELECT count(*) FROM records.calls WHERE outcome = 'answered' AND talk_us > 900000 AND released_at > 0`) == 1
	}, p.Log)
	legs := h.SQL.Rows(`SELECT rx, tx, codec FROM records.legs WHERE leg = 1`)
	if len(legs) != 1 || legs[0]["rx"].(int64) < 40 || legs[0]["tx"].(int64) < 40 {
		t.Errorf("sound of the telephone's leg: %v", legs)
	}
	if log := p.Log(); strings.Contains(log, "SRTP") && strings.Contains(log, "error") || !strings.Contains(log, "session closed") && !strings.Contains(log, "terminated") {
		t.Errorf("baresip says:\n%s", log)
	}
}
