package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/store/postgres"
)

// patient is a configuration under which everything is there.
type patient struct {
	t     *testing.T
	keys  map[string]string // as in the file
	redis *private.Redis
	store *postgres.Store
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	dsn, redis := private.TestPostgres(t), private.TestRedis(t)
	p := &patient{t: t, redis: redis, keys: map[string]string{
		"postgres.dsn": dsn, "redis.addr": redis.Addr(), "node.data_dir": t.TempDir(), "calls.max": "50",
		"http.listen": "127.0.0.1:" + freePort(t, "tcp"), "sip.listen": "[udp:127.0.0.1:" + freePort(t, "udp") + "]",
		"media.ice_udp_listen": "127.0.0.1:" + freePort(t, "udp"), "media.rtp_ports": "28000-28199", // whoever else has some of them: 50 pairs are enough

		"organisation.zone": "Asia/Taipei",
	}}
	p.run(exitOK, "migrate")
	db, err := postgres.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	p.store = db.For("default")
	if err := p.store.PutOrganisation(t.Context(), "test", postgres.Organisation{Name: "n", Zone: "UTC", Language: "en", Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	return p
}

// run writes the file and runs a command with it.
func (p *patient) run(want int, command string) string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), "callstamp.yaml")
	if err := os.WriteFile(file, []byte(p.yaml()), 0o600); err != nil {
		p.t.Fatal(err)
	}
	var out diary
	if code := run(p.t.Context(), []string{"--config", file, command}, &out, &out); code != want {
		p.t.Errorf("%s: exit code %d, want %d:\n%s", command, code, want, out.String())
	}
	return out.String()
}

// yaml writes the keys, each section once.
func (p *patient) yaml() string {
	sections := map[string]string{}
	for key, value := range p.keys {
		section, name, _ := strings.Cut(key, ".")
		sections[section] += fmt.Sprintf("  %s: %s\n", name, value)
	}
	text := ""
	for section, keys := range sections {
		text += section + ":\n" + keys
	}
	return text
}

// trunk stores a trunk.
func (p *patient) trunk(host string) {
	p.t.Helper()
	if err := p.store.PutTrunk(p.t.Context(), "test", postgres.Trunk{ID: "carrier", Name: "Carrier", Host: host, Transport: "udp", Active: true}); err != nil {
		p.t.Fatal(err)
	}
}

// carrier is a far side that answers OPTIONS.
func carrier(t *testing.T) string {
	t.Helper()
	n, err := phonenet.Open(phonenet.Config{Listen: "127.0.0.1:0", Called: func(string) phonenet.Script { return phonenet.Script{} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n.Addr()
}

func freePort(t *testing.T, network string) string {
	t.Helper()
	var addr net.Addr
	if network == "udp" {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		addr = c.LocalAddr()
	} else {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addr = l.Addr()
	}
	_, port, _ := net.SplitHostPort(addr.String())
	return port
}

// takeUDP has a port until the test ends.
func takeUDP(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestDoctorHealthy(t *testing.T) {
	p := newPatient(t)
	p.trunk(carrier(t))
	out := p.run(exitOK, "doctor")
	for _, what := range []string{
		"configuration", "postgres", "clock", "schema", "trunk Carrier", "redis", "journal", "http", "sip", "rtp", "browsers' UDP", "open files", "time zones",
	} {
		if !regexp.MustCompile(`(?m)^ok    ` + regexp.QuoteMeta(what)).MatchString(out) {
			t.Errorf("no good word on %s in\n%s", what, out)
		}
	}
	if strings.Contains(out, "BAD") || strings.Contains(out, "Fix") {
		t.Errorf("complaints:\n%s", out)
	}
}

// TestDoctorMissing takes one thing away at a time.
func TestDoctorMissing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	taken := takeUDP(t).LocalAddr().String()
	for _, row := range []struct {
		name string
		ail  func(*patient)
		want string // a line that says what and the fix
	}{
		{"configuration", func(p *patient) { p.keys["http.colour"] = "blue" }, `BAD   configuration  .*http\.colour.*Fix: correct `},
		{"zone", func(p *patient) { p.keys["organisation.zone"] = "Mars/Olympus" }, `BAD   configuration  .*organisation\.zone.*Mars/Olympus`},
		{"postgres", func(p *patient) { p.keys["postgres.dsn"] = "postgres://callstamp:s3cret@127.0.0.1:1/none" }, `BAD   postgres .*Fix: start PostgreSQL, or correct postgres\.dsn, now postgres://callstamp:\*\*\*@`},
		{"schema", func(p *patient) { p.keys["postgres.dsn"] = private.TestPostgres(p.t) }, `note  schema +the database is empty`},
		{"redis", func(p *patient) { p.keys["redis.addr"] = "127.0.0.1:1" }, `BAD   redis .*Fix: start Redis, or correct redis\.addr, now 127\.0\.0\.1:1`},
		{"redis evicts", evicting, `BAD   redis .*evicts keys \(allkeys-lru\).*Fix: .*noeviction`},
		{"journal", func(p *patient) { p.keys["node.data_dir"] = file }, `BAD   journal .*Fix: make .*node\.data_dir`},
		{"http", func(p *patient) { p.keys["http.listen"] = takenTCP(p.t) }, `BAD   http .*taken by another program.*Fix: .*http\.listen`},
		{"sip", func(p *patient) { p.keys["sip.listen"] = "[udp:" + taken + "]" }, `BAD   sip .*taken by another program.*Fix: .*sip\.listen`},
		{"sip elsewhere", func(p *patient) { p.keys["sip.listen"] = "[udp:203.0.113.9:5060]" }, `BAD   sip .*no address of this machine.*Fix: .*sip\.listen`},
		{"rtp", func(p *patient) { p.keys["calls.max"] = "100"; p.occupy(28050) }, `BAD   rtp .*\d+ of 100 port pairs are free.*Fix: .*media\.rtp_ports`},
		{"ice", func(p *patient) { p.keys["media.ice_udp_listen"] = taken }, `BAD   browsers' UDP .*Fix: .*media\.ice_udp_listen`},
		{"trunk silent", func(p *patient) { p.trunk(taken) }, `BAD   trunk Carrier .*is silent to OPTIONS over udp.*Fix: `},
		{"trunk away", func(p *patient) { p.trunk("127.0.0.1:1") }, `BAD   trunk Carrier .*refused.*Fix: `},
		{"no trunk", func(*patient) {}, `note  trunks .*nobody can call`},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPatient(t)
			row.ail(p)
			code := exitDepends
			if strings.HasPrefix(row.want, "note") {
				code = exitOK
			}
			if out := p.run(code, "doctor"); !regexp.MustCompile(`(?m)^` + row.want).MatchString(out) {
				t.Errorf("no %q in\n%s", row.want, out)
			} else if strings.Contains(out, "s3cret") {
				t.Errorf("the password is shown:\n%s", out)
			}
		})
	}
}

// What no test can take away from its machine: room on the disk, its speed, and
// files.
func TestDoctorJudges(t *testing.T) {
	for _, row := range []struct {
		name  string
		judge func(*doctor)
		want  string
	}{
		{"room", func(d *doctor) { d.judgeDisk("/j", time.Millisecond, 200<<20, 128<<20) }, `ok    journal +/j: fsync in 1ms, 200 MiB free`},
		{"full", func(d *doctor) { d.judgeDisk("/j", time.Millisecond, 100<<20, 128<<20) }, `BAD   journal .*100 MiB free\. Fix: free at least 128 MiB`},
		{"slow", func(d *doctor) { d.judgeDisk("/j", time.Second, 200<<20, 128<<20) }, `BAD   journal .*too slow\. Fix: .*local disk`},
		{"files", func(d *doctor) { d.judgeFiles(1256) }, `ok    open files +1256 may be open, 1256 are needed`},
		{"few files", func(d *doctor) { d.judgeFiles(1024) }, `BAD   open files .*needs 1256\. Fix: LimitNOFILE`},
	} {
		d := &doctor{config: configs.Default()}
		row.judge(d)
		var out diary
		err := d.report(&out)
		if !regexp.MustCompile(`^`+row.want).MatchString(out.String()) || (err != nil) != strings.HasPrefix(row.want, "BAD") {
			t.Errorf("%s: %v, %s", row.name, err, out.String())
		}
	}
}

// A server that runs has the ports that doctor finds taken.
func TestDoctorBesideServer(t *testing.T) {
	p := newPatient(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }))
	defer s.Close()
	p.keys["http.listen"] = s.Listener.Addr().String()
	p.keys["sip.listen"] = "[udp:" + takeUDP(t).LocalAddr().String() + "]"
	out := p.run(exitOK, "doctor")
	for _, want := range []string{`ok    http .*the server that is running`, `ok    sip .*the server that is running`} {
		if !regexp.MustCompile(`(?m)^` + want).MatchString(out) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func takenTCP(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// occupy takes one port of the RTP range, where nobody has it.
func (p *patient) occupy(port int) {
	p.t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if errors.Is(err, syscall.EADDRINUSE) {
		return
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { c.Close() })
}

// evicting makes Redis forget when it is full.
func evicting(p *patient) {
	p.t.Helper()
	c, err := net.Dial(p.redis.Network(), p.redis.Addr())
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 100)
	for _, order := range []string{"CONFIG SET maxmemory 64mb\r\n", "CONFIG SET maxmemory-policy allkeys-lru\r\n"} {
		if _, err := c.Write([]byte(order)); err != nil {
			p.t.Fatal(err)
		}
		if n, err := c.Read(b); err != nil || string(b[:n]) != "+OK\r\n" {
			p.t.Fatalf("%q: %q, %v", order, b[:n], err)
		}
	}
}
