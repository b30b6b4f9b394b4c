package faults_test

import (
	"bytes"
	"net/netip"
	"os/exec"
	"strconv"
	"testing"
	"text/template"
	"time"

	"github.com/callstamp/callstamp/internal/proof/rig"
)

// proxyConfig is a Kamailio that stays in the way of every call (Record-Route)
// and sends by where a request came from.
var proxyConfig = template.Must(template.New("").Parse(`#!KAMAILIO
debug=-1
log_stderror=yes
children=2
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:{{.Port}}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {
	if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
	if (is_method("CANCEL")) {
		if (t_check_trans()) { t_relay(); }
		exit;
	}
	if (!is_method("ACK")) { t_check_trans(); }
	if (has_totag()) { loose_route(); } else { record_route(); }
	if ($sp == {{.Product}}) { $du = "sip:127.0.0.1:{{.Phones}}"; } else { $du = "sip:127.0.0.1:{{.Product}}"; }
	t_relay();
}
`))

// proxy starts a Kamailio between the product and the telephones and
// returns its port.
func proxy(t *testing.T, path string, product, phones int) int {
	t.Helper()
	port := rig.FreeUDP(t)
	var text bytes.Buffer
	must(t, proxyConfig.Execute(&text, struct{ Port, Product, Phones int }{port, product, phones}))
	rig.Kamailio(t, path, text.String(), "-m", "32", "-M", "8")
	return port
}

// sipProxy: the usual calls through a proxy that keeps to RFC 3261 in its own
// way: Via, Record-Route, its own 100, its own retransmissions.
func sipProxy(t *testing.T, row *rig.Row) {
	path, err := exec.LookPath("kamailio")
	if err != nil {
		row.NotRun("kamailio is not installed")
	}
	s := smallSize()
	o := s.options(t, rig.Seed(t))
	o.Relay = func(product, phones string) (string, string) {
		here := "127.0.0.1:" + strconv.Itoa(proxy(t, path, portOf(t, product), portOf(t, phones)))
		return here, here
	}
	h := rig.Open(t, o)
	mix := s.mix()
	mix.Count = 60
	began := time.Now()
	l := h.Load(mix)
	rig.Within(t, time.Minute, "all calls are placed", func() bool { return l.Placed() >= mix.Count }, nil)
	h.Settle(time.Minute)
	row.Take(h.Check(rig.Allow{Finding: rig.Late(late)}))
	setups, unanswered := rig.Setups(h.Calls(), began, time.Now())
	row.Figure("set-up %s, %d unanswered", setups, unanswered)
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	at, err := netip.ParseAddrPort(addr)
	must(t, err)
	return int(at.Port())
}
