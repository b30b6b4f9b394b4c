package floor_test

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// kamailio is a registrar and proxy between the product and the telephones: it
// binds one user, digest SHA-256, and stays in the route of every call.
type kamailio struct {
	*rig.Process
	addr netip.AddrPort
}

// The user at Kamailio, and where its calls come from and go to.
const (
	kamailioUser     = "0287100"
	kamailioPassword = "line-of-7"
	kamailioRealm    = "carrier.example"
)

// kamailioConfig is the whole of it. What is bound gets calls for any number;
// what the bound user calls goes to the telephones. It notes what it was asked
// for and says so in its log.
const kamailioConfig = `#!KAMAILIO
debug=1
log_stderror=yes
fork=yes
children=2
auto_aliases=no
disable_tcp=yes
listen=udp:%[1]s
mpath="%[3]s"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", 8)
modparam("registrar", "default_expires", 8)
modparam("registrar", "max_expires", 8)
modparam("auth", "algorithm", "SHA-256")
modparam("auth", "nonce_expire", 4)
request_route {
	if (!mf_process_maxfwd_header("10")) { exit; }
	if (is_method("REGISTER")) {
		if (!pv_www_authenticate("%[4]s", "%[6]s", "0")) {
			www_challenge("%[4]s", "0");
			exit;
		}
		xlog("L_ALERT", "REGISTERED $fU for $hdr(Expires) with $hdr(Authorization)\n");
		save("location");
		exit;
	}
	if (has_totag()) {
		loose_route();
		if (is_method("ACK") && !t_check_trans() && $rd == "%[4]s") { exit; }
		t_relay();
		exit;
	}
	if (is_method("CANCEL")) {
		if (t_check_trans()) { t_relay(); }
		exit;
	}
	t_check_trans();
	if (is_method("INVITE")) {
		record_route();
		if ($si == "%[7]s" && $sp == %[8]d) {
			if (!pv_proxy_authenticate("%[4]s", "%[6]s", "0")) {
				proxy_challenge("%[4]s", "0");
				exit;
			}
			consume_credentials();
			xlog("L_ALERT", "OUT $rU\n");
			$du = "sip:%[2]s";
			t_relay();
			exit;
		}
		$ru = "sip:%[5]s@%[4]s";
		if (!lookup("location")) { sl_send_reply("480", "Nobody Bound"); exit; }
		xlog("L_ALERT", "IN $tU to $ru\n");
		t_relay();
		exit;
	}
	sl_send_reply("200", "OK");
}
`

// startKamailio puts it between the product and the phones; where the product
// is, its calls show.
func startKamailio(t *testing.T, product, phones string) *kamailio {
	t.Helper()
	path, err := exec.LookPath("kamailio")
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/kamailio")
	}
	if err != nil {
		t.Fatal("kamailio is not installed (Debian: kamailio)")
	}
	k := &kamailio{addr: netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", rig.FreeUDP(t)))}
	own := netip.MustParseAddrPort(product)
	text := fmt.Sprintf(kamailioConfig, k.addr, phones, kamailioModules(t), kamailioRealm, kamailioUser, kamailioPassword, own.Addr(), own.Port())
	k.Process = rig.Kamailio(t, path, text, "-m", "16", "-M", "4", "-n", "2")
	entry := fmt.Sprintf(" 0100007F:%04X ", k.addr.Port())
	rig.Within(t, 10*time.Second, "kamailio listens", func() bool {
		sockets, err := os.ReadFile("/proc/net/udp")
		return err == nil && strings.Contains(string(sockets), entry)
	}, k.Log)
	return k
}

// kamailioModules is the folder of its modules, wherever this machine keeps it.
func kamailioModules(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/usr/lib/*/kamailio/modules", "/usr/lib*/kamailio/modules", "/usr/local/lib*/kamailio/modules"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("kamailio has no modules here")
	return ""
}

// said are the submatches of what the log says.
func (k *kamailio) said(pattern string) [][]string {
	return regexp.MustCompile(pattern).FindAllStringSubmatch(k.Log(), -1)
}
