package main

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// engineConfig turns the media keys into the engine's.
func engineConfig(c configs.Media, agents configs.Agents) (media.Config, error) {
	web, err := netip.ParseAddrPort(c.ICEUDPListen)
	if err != nil {
		return media.Config{}, fmt.Errorf("media.ice_udp_listen: %w", err)
	}
	trunk, err := netip.ParseAddr(c.ListenIP)
	if err != nil {
		return media.Config{}, fmt.Errorf("media.listen_ip: %w", err)
	}
	m := media.Config{
		TrunkAddr: trunk, Web: web, PortMin: uint16(c.RTPPorts.First), PortMax: uint16(c.RTPPorts.Last),
		SilentAfter: c.RTPSilent, GoneAfter: c.RTPTimeout, WebSilentAfter: agents.SilentAfter, DrainIdle: c.DrainIdle, DrainMax: c.DrainMax,
	}
	if c.PublicIP != "" {
		if m.PublicIP, err = netip.ParseAddr(c.PublicIP); err != nil {
			return media.Config{}, fmt.Errorf("media.public_ip: %w", err)
		}
	}
	return m, nil
}

// rtpAddress is what SDP towards carriers shows; none: the user agent finds
// the interface's own for each of them.
func rtpAddress(c configs.Media) netip.Addr {
	for _, text := range []string{c.PublicIP, c.ListenIP} {
		if ip, err := netip.ParseAddr(text); err == nil && !ip.IsUnspecified() {
			return ip
		}
	}
	return netip.Addr{}
}

// seats tells the Floor of warm connections (exchange.Seats).
type seats struct{ floor *late[*acd.Floor] }

// Seat implements exchange.Seats.
func (s seats) Seat(at time.Time, agent stamp.AgentID, up bool) {
	s.floor.get().Post(at, agent, acd.Seat{Up: up})
}

// late holds a neighbour that is built after those who need it. It is set once,
// before any of them runs.
type late[T any] struct{ v T }

func (l *late[T]) set(v T) { l.v = v }
func (l *late[T]) get() T  { return l.v }
