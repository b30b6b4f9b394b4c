package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// checkHTTP tries the pages' address and certificate.
func (d *doctor) checkHTTP(ctx context.Context) {
	h := d.config.HTTP
	if h.TLSCert != "" {
		if _, err := tls.LoadX509KeyPair(h.TLSCert, h.TLSKey); err != nil {
			d.add("http", bad, err.Error(), "correct http.tls_cert and http.tls_key")
			return
		}
	}
	d.checkSocket(ctx, "http", "tcp", h.Listen, "http.listen")
}

// checkSIP tries the signalling sockets.
func (d *doctor) checkSIP(ctx context.Context) {
	for _, l := range d.config.SIP.Listen {
		network, addr, _ := strings.Cut(l, ":") // Validate has seen it
		if network != "udp" {
			network = "tcp" // tls is above it
		}
		d.checkSocket(ctx, "sip", network, addr, "sip.listen")
	}
}

// checkICE tries the browsers' UDP port.
func (d *doctor) checkICE(ctx context.Context) {
	d.checkSocket(ctx, "browsers' UDP", "udp", d.config.Media.ICEUDPListen, "media.ice_udp_listen")
}

// checkSocket tries to have one address.
func (d *doctor) checkSocket(ctx context.Context, what, network, addr, key string) {
	err := tryListen(ctx, network, addr)
	switch {
	case err == nil:
		d.add(what, good, network+" "+addr+" is free", "")
	case d.running && errors.Is(err, syscall.EADDRINUSE):
		d.add(what, good, network+" "+addr+" has the server that is running", "")
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(addr)
		d.add(what, bad, network+" "+addr+" is taken by another program", "ss -lnp | grep :"+port+" names it; end it or change "+key)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		d.add(what, bad, network+" "+addr+" is no address of this machine", "write one of ip -brief address, or 0.0.0.0, in "+key)
	case errors.Is(err, syscall.EACCES):
		d.add(what, bad, network+" "+addr+" may not be opened by this user", "take a port of 1024 or above in "+key+", or grant CAP_NET_BIND_SERVICE")
	default:
		d.add(what, bad, err.Error(), "correct "+key)
	}
}

func tryListen(ctx context.Context, network, addr string) error {
	var lc net.ListenConfig
	if network == "udp" {
		c, err := lc.ListenPacket(ctx, "udp4", addr)
		if err != nil {
			return err
		}
		return c.Close()
	}
	l, err := lc.Listen(ctx, network, addr)
	if err != nil {
		return err
	}
	return l.Close()
}

// checkRTP tries every pair of the range: each call takes one.
func (d *doctor) checkRTP(ctx context.Context) {
	m := d.config.Media
	ip, err := netip.ParseAddr(m.ListenIP)
	if err != nil {
		d.add("rtp", bad, err.Error(), "correct media.listen_ip")
		return
	}
	pairs, free := 0, 0
	var last error
	for port := m.RTPPorts.First + m.RTPPorts.First&1; port+1 <= m.RTPPorts.Last; port += 2 {
		pairs++
		if last = errors.Join(tryPort(ctx, ip, port), tryPort(ctx, ip, port+1)); last == nil {
			free++
		}
		if errors.Is(last, syscall.EADDRNOTAVAIL) {
			d.add("rtp", bad, m.ListenIP+" is no address of this machine", "write one of ip -brief address, or 0.0.0.0, in media.listen_ip")
			return
		}
	}
	say := fmt.Sprintf("%d of %d port pairs are free on %s:%s", free, pairs, m.ListenIP, m.RTPPorts)
	switch {
	case free < d.config.Calls.Max && d.running:
		d.add("rtp", good, say+"; the server that is running has others", "")
	case free < d.config.Calls.Max:
		d.add("rtp", bad, fmt.Sprintf("%s, fewer than calls.max = %d", say, d.config.Calls.Max), "another range in media.rtp_ports, or a lower calls.max")
	default:
		d.add("rtp", good, say, "")
	}
}

func tryPort(ctx context.Context, ip netip.Addr, port int) error {
	return tryListen(ctx, "udp", net.JoinHostPort(ip.String(), strconv.Itoa(port)))
}
