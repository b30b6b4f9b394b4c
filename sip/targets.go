package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Resolver looks names up; net.DefaultResolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// target is where a trunk's requests may go. name is what its certificate must have, where it is reached by TLS.
type target struct {
	addr netip.AddrPort
	name string
}

// orderSRV puts the answers of one SRV look-up in the order in which they are to be tried: the lowest priority first, and
// among equals each next one drawn by weight (RFC 2782). draw returns a number in [0, n). A lone "." says that the
// service is not there.
func orderSRV(found []*net.SRV, draw func(n int) int) []*net.SRV {
	left := slices.DeleteFunc(slices.Clone(found), func(s *net.SRV) bool { return s.Target == "." || s.Target == "" })
	slices.SortStableFunc(left, func(a, b *net.SRV) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Weight, b.Weight)) // those of weight 0 come first, to be drawn seldom
	})
	var order []*net.SRV
	for len(left) > 0 {
		same := 0
		sum := 0
		for same < len(left) && left[same].Priority == left[0].Priority {
			sum += int(left[same].Weight)
			same++
		}
		i, at := 0, draw(sum+1)
		for at -= int(left[0].Weight); at > 0 && i < same-1; at -= int(left[i].Weight) {
			i++
		}
		order = append(order, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return order
}

// service is what SRV knows a transport by (RFC 3263 §4.2); TLS as sips.
func service(transport string) (name, proto string) {
	switch transport {
	case "tls":
		return "sips", "tcp"
	case "tcp":
		return "sip", "tcp"
	}
	return "sip", "udp"
}

// splitHost is a host of a trunk, or one of its backups, as it was written; port 0: not said.
func splitHost(text string) (host string, port int, err error) {
	if _, err := netip.ParseAddr(text); err == nil || !strings.Contains(text, ":") {
		return text, 0, nil
	}
	host, number, err := net.SplitHostPort(text)
	if err != nil {
		return "", 0, fmt.Errorf("host %q: %w", text, err)
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("host %q: port %q is not a number up to 65535", text, number)
	}
	return host, int(n), nil
}

// nobody is a resolver that knows no name: what needs none is found all the same.
type nobody struct{}

func (nobody) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errNoAddress
}

func (nobody) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, errNoAddress
}

// errNoAddress says that a name has no address of the transport.
var errNoAddress = errors.New("name has no address")

// locate finds where a trunk's requests may go, the best first: its host and then its backups, each by its addresses, by
// SRV where no port is given and there is one, else by A and AAAA (RFC 3263 §4.2). The error is that of the last name
// that could not be found, where none could.
func locate(ctx context.Context, r Resolver, t *Trunk) ([]target, error) {
	var all []target
	var last error
	for i, text := range append([]string{t.Host}, t.Backups...) {
		host, port, err := text, t.Port, error(nil)
		if i > 0 {
			host, port, err = splitHost(text)
		}
		var found []target
		if err == nil {
			found, err = locateOne(ctx, r, host, port, cmp.Or(t.Transport, "udp"))
		}
		if err != nil {
			last = err
		}
		for _, a := range found {
			if !slices.ContainsFunc(all, func(have target) bool { return have.addr == a.addr }) {
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		return nil, last
	}
	return all, nil
}

func locateOne(ctx context.Context, r Resolver, host string, port int, transport string) ([]target, error) {
	usual := defaultPort(transport)
	if a, err := netip.ParseAddr(host); err == nil {
		return []target{{netip.AddrPortFrom(a.Unmap(), uint16(cmp.Or(port, usual))), host}}, nil
	}
	if port == 0 {
		name, proto := service(transport)
		if _, found, err := r.LookupSRV(ctx, name, proto, host); err == nil && len(found) > 0 {
			return locateSRV(ctx, r, orderSRV(found, rand.IntN))
		}
	}
	return addresses(ctx, r, host, cmp.Or(port, usual))
}

func locateSRV(ctx context.Context, r Resolver, order []*net.SRV) (all []target, last error) {
	for _, s := range order {
		found, err := addresses(ctx, r, strings.TrimSuffix(s.Target, "."), int(s.Port))
		if err != nil {
			last = err
		}
		all = append(all, found...)
	}
	if len(all) > 0 {
		last = nil
	} else if last == nil {
		last = errNoAddress
	}
	return all, last
}

// addresses of a name, those of IPv4 first: a node without IPv6 is the commoner one.
func addresses(ctx context.Context, r Resolver, host string, port int) ([]target, error) {
	found, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", host, err)
	}
	all := make([]target, 0, len(found))
	for _, a := range found {
		all = append(all, target{netip.AddrPortFrom(a.Unmap(), uint16(port)), host})
	}
	slices.SortStableFunc(all, func(a, b target) int { return cmp.Compare(a.addr.Addr().BitLen(), b.addr.Addr().BitLen()) })
	if len(all) == 0 {
		return nil, fmt.Errorf("look up %s: %w", host, errNoAddress)
	}
	return all, nil
}

func defaultPort(transport string) int {
	if transport == "tls" {
		return 5061
	}
	return 5060
}

// shunFor is how long an address that did not answer, or answered 503, comes after the others (RFC 3263 §4.3).
const shunFor = 30 * time.Second

// choose is the first address that has not failed of late; when all have, the one whose failure is the oldest.
func choose(targets []target, shunned map[netip.AddrPort]time.Time, now time.Time) (target, bool) {
	if len(targets) == 0 {
		return target{}, false
	}
	best := targets[0]
	for _, t := range targets {
		if !shunned[t.addr].After(now) {
			return t, true
		}
		if shunned[t.addr].Before(shunned[best.addr]) {
			best = t
		}
	}
	return best, true
}
