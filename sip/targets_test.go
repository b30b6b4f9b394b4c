package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// names is a resolver with a table.
type names struct {
	srv map[string][]*net.SRV // "_sip._udp.host"
	ip  map[string][]string
}

func (n names) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if found := n.srv["_"+service+"._"+proto+"."+name]; found != nil {
		return name, found, nil
	}
	return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (n names) LookupNetIP(_ context.Context, _, host string) (all []netip.Addr, err error) {
	for _, a := range n.ip[host] {
		all = append(all, netip.MustParseAddr(a))
	}
	if all == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return all, nil
}

// TestLocate is RFC 3263 §4.2 as a table: what is tried, in which order.
func TestLocate(t *testing.T) {
	dns := names{
		srv: map[string][]*net.SRV{
			"_sip._udp.srv.example":  {{Target: "b.example.", Port: 5070, Priority: 20}, {Target: "a.example.", Port: 5080, Priority: 10}},
			"_sips._tcp.srv.example": {{Target: "a.example.", Port: 5443, Priority: 1}},
			"_sip._udp.gone.example": {{Target: "."}},
			"_sip._udp.half.example": {{Target: "nowhere.example.", Port: 1, Priority: 1}, {Target: "b.example.", Port: 2, Priority: 2}},
		},
		ip: map[string][]string{"a.example": {"2001:db8::1", "192.0.2.1"}, "b.example": {"192.0.2.2"}, "srv.example": {"192.0.2.9"}},
	}
	for _, row := range []struct {
		name  string
		trunk Trunk
		want  string
	}{
		{"address", Trunk{Host: "192.0.2.5"}, "192.0.2.5:5060"},
		{"address and port", Trunk{Host: "192.0.2.5", Port: 7}, "192.0.2.5:7"},
		{"IPv6", Trunk{Host: "2001:db8::5", Transport: "tls"}, "[2001:db8::5]:5061"},
		{"SRV by priority, IPv4 first", Trunk{Host: "srv.example"}, "192.0.2.1:5080 [2001:db8::1]:5080 192.0.2.2:5070"},
		{"a port means no SRV", Trunk{Host: "srv.example", Port: 5066}, "192.0.2.9:5066"},
		{"TLS has its own SRV", Trunk{Host: "srv.example", Transport: "tls"}, "192.0.2.1:5443 [2001:db8::1]:5443"},
		{"no SRV of TCP", Trunk{Host: "srv.example", Transport: "tcp"}, "192.0.2.9:5060"},
		{"SRV says no", Trunk{Host: "gone.example"}, "! name has no address"},
		{"one target of two", Trunk{Host: "half.example"}, "192.0.2.2:2"},
		{"backups follow, once each", Trunk{Host: "192.0.2.5", Backups: []string{"b.example:99", "192.0.2.5", "a.example"}},
			"192.0.2.5:5060 192.0.2.2:99 192.0.2.1:5060 [2001:db8::1]:5060"},
		{"a backup where the host is unknown", Trunk{Host: "no.example", Backups: []string{"b.example"}}, "192.0.2.2:5060"},
		{"nothing known", Trunk{Host: "no.example"}, "! look up no.example"},
	} {
		found, err := locate(t.Context(), dns, &row.trunk)
		got := ""
		for _, f := range found {
			got += " " + f.addr.String()
		}
		got = strings.TrimPrefix(got, " ")
		if err != nil {
			got = "! " + err.Error()
		}
		if !strings.HasPrefix(got, row.want) || err == nil && got != row.want {
			t.Errorf("%s: %s, want %s", row.name, got, row.want)
		}
	}
}

// TestOrderSRV: among equals weight is a share, not an order; weight 0 comes late but comes.
func TestOrderSRV(t *testing.T) {
	list := []*net.SRV{{Target: "x", Priority: 2, Weight: 9}, {Target: "c", Priority: 1, Weight: 3}, {Target: "a", Priority: 1}, {Target: "b", Priority: 1, Weight: 1}}
	for draw, want := range map[string]string{"0": "abcx", "1": "bcax", "4": "cbax"} {
		order := orderSRV(list, func(n int) int { return min(int(draw[0]-'0'), n-1) })
		got := ""
		for _, s := range order {
			got += s.Target
		}
		if got != want {
			t.Errorf("drawing %s: %s, want %s", draw, got, want)
		}
	}
	first := map[string]int{}
	dice := newDice(t, 7)
	for range 4000 {
		first[orderSRV(list, dice.IntN)[0].Target]++
	}
	if r := float64(first["c"]) / float64(first["b"]); r < 2.2 || r > 3.8 || first["x"] > 0 {
		t.Errorf("first were %v: c should be three times as often as b, x never", first)
	}
}

// TestChoose: who failed of late comes after the others; when all have, the oldest failure is the best guess.
func TestChoose(t *testing.T) {
	at := time.Unix(1000, 0)
	a, b := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:1")
	list := []target{{addr: a}, {addr: b}}
	for _, row := range []struct {
		shunned map[netip.AddrPort]time.Time
		want    netip.AddrPort
	}{
		{nil, a},
		{map[netip.AddrPort]time.Time{a: at.Add(1)}, b},
		{map[netip.AddrPort]time.Time{a: at}, a},
		{map[netip.AddrPort]time.Time{a: at.Add(2), b: at.Add(1)}, b},
		{map[netip.AddrPort]time.Time{a: at.Add(1), b: at.Add(2)}, a},
	} {
		if got, ok := choose(list, row.shunned, at); !ok || got.addr != row.want {
			t.Errorf("with %v: %v", row.shunned, got)
		}
	}
	if _, ok := choose(nil, nil, at); ok {
		t.Error("a target out of nothing")
	}
}

func ExampleTrunk_Validate() {
	fmt.Println(Trunk{ID: "a", Host: "192.0.2.1", Backups: []string{"b:x"}}.Validate())
	// Output: trunk a: backup "b:x" is neither an address nor a name, with or without a port
}
