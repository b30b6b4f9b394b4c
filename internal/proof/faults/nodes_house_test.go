package faults_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/private"
	"github.com/callstamp/callstamp/internal/proof/rig"
)

// pair is a house with two nodes: the rig's own is the first.
type pair struct {
	t       *testing.T
	h       *rig.House
	w       *world
	carrier *carrier
	second  *rig.Node

	from, until time.Time // the fault: until its first node has come back
}

const (
	postgresAt = hubIP + ":5432"
	redisAt    = hubIP + ":6379"
	// nodesFence is nodes.fence_after of the proof. Until it is over a node that is
	// cut off from Postgres still takes calls, so that the other sees its first
	// one later.
	nodesFence = "4s"
)

func nodeURL(i int) string { return "https://" + nodeIP(i) + ":8080" }
func nodeSIP(i int) string { return nodeIP(i) + ":5060" }

// nodeKeys are the keys of callstamp.yaml that differ between the nodes.
func nodeKeys(i int) map[string]any {
	return map[string]any{
		"http":  map[string]any{"listen": nodeIP(i) + ":8080"},
		"sip":   map[string]any{"listen": []string{"udp:" + nodeSIP(i)}},
		"media": map[string]any{"listen_ip": nodeIP(i), "ice_udp_listen": nodeIP(i) + ":8443"},
		"nodes": map[string]any{"standby": true, "fence_after": nodesFence},
	}
}

// openPair starts both nodes: the first takes calls, the second waits.
func openPair(t *testing.T, s size, seed uint64) *pair {
	t.Helper()
	p := &pair{t: t, w: newWorld(t)}
	o := s.options(t, seed)
	o.Uncaptured = true
	o.Wrap = p.w.enter(0)
	o.Trunk = map[string]any{"addresses": []string{"10.99.0.0/16"}}
	o.Postgres = private.PostgresOptions{Settings: map[string]string{
		"listen_addresses": hubIP, "hba_file": written(t, "local all all trust\nhost all all 10.99.0.0/16 trust\n"),
	}}
	o.Stores = func(dsn, redis string) (string, string) {
		forward(t, redisAt, redis)
		return overTCP(t, dsn), redisAt
	}
	o.Relay = func(string, string) (string, string) { return carrierFar, carrierNear }
	o.Phones = func(c *phonenet.Config, _ string) {
		_, port, err := net.SplitHostPort(c.Listen)
		must(t, err)
		c.Listen, c.Contact = hubIP+":"+port, carrierNear
		p.carrier = newCarrier(t, c.Listen, nodeSIP(0), nodeSIP(1))
	}
	o.Config = nodeKeys(0)
	p.h = rig.Build(t, o)
	newFront(t, strings.TrimPrefix(p.h.URL(), "http://"), nodeURL(0), nodeURL(1))
	p.h.Start()
	p.second = secondNode(t, p.h, p.w)
	p.second.StartOnly()
	rig.Within(t, 30*time.Second, "the second node waits", func() bool { return strings.Contains(p.ask(1, "/readyz"), "waits for the other") }, nil)
	return p
}

// written makes a file that PostgreSQL's account may read.
func written(t *testing.T, text string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "callstamp-nodes-")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	name := filepath.Join(dir, "file")
	must(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

// overTCP is the same database for who is not on this machine.
func overTCP(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	must(t, err)
	return (&url.URL{Scheme: "postgres", User: u.User, Host: postgresAt, Path: u.Path, RawQuery: "sslmode=disable"}).String()
}

// forward lets who connects to the address talk to the unix socket.
func forward(t *testing.T, listen, socket string) {
	t.Helper()
	l, err := net.Listen("tcp", listen)
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", socket)
			if err != nil {
				_ = in.Close()
				continue
			}
			for _, ends := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					_, _ = io.Copy(ends[0], ends[1])
					_ = in.Close()
					_ = out.Close()
				}()
			}
		}
	}()
}

// ask gets a page of a node, "" where it does not answer.
func (p *pair) ask(i int, path string) string {
	out, err := exec.Command("curl", "-sk", "-m", "1", nodeURL(i)+path).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// secondNode is the other one: the first's configuration but for its doors and
// its folder.
func secondNode(t *testing.T, h *rig.House, w *world) *rig.Node {
	t.Helper()
	b, err := os.ReadFile(h.ConfigFile())
	must(t, err)
	var c map[string]any
	must(t, json.Unmarshal(b, &c))
	for key, value := range nodeKeys(1) {
		for k, v := range value.(map[string]any) {
			c[key].(map[string]any)[k] = v
		}
	}
	n := rig.NewNode(t, t.TempDir(), rig.Ports{})
	n.Wrap = w.enter(1)
	c["node"] = map[string]any{"data_dir": filepath.Join(n.Dir, "data")}
	b, err = json.Marshal(c)
	must(t, err)
	n.Configure(b)
	return n
}

// nodeIDs are the first node's and the second's, as their folders say.
func (p *pair) nodeIDs() (first, second string) {
	return p.h.SQL.Rows(`SELECT id FROM nodes ORDER BY first_seen LIMIT 1`)[0]["id"].(string),
		fmt.Sprint(p.h.SQL.Rows(`SELECT id FROM nodes ORDER BY first_seen OFFSET 1 LIMIT 1`)[0]["id"])
}
