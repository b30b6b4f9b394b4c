package configs

import (
	"path/filepath"
	"time"
)

func (r PortRange) holds(port int) bool { return port >= r.First && port <= r.Last }

// pairs is the number of legs that find a port for RTP and the next for RTCP.
func (r PortRange) pairs() int { return (r.Last - r.First + 1) / 2 }

func (c Config) checkMedia(p *problems) {
	m := c.Media
	switch {
	case m.RTPPorts.First < 1024 || m.RTPPorts.Last > 65535 || m.RTPPorts.First >= m.RTPPorts.Last || m.RTPPorts.First%2 != 0:
		p.add("media.rtp_ports", "%v is no range of pairs; write an even port from 1024 on, and a higher one up to 65535", m.RTPPorts)
	case m.RTPPorts.pairs() < c.Calls.Max:
		p.add("media.rtp_ports", "%v has %d port pairs, too few for the %d calls of calls.max; widen it or lower calls.max", m.RTPPorts, m.RTPPorts.pairs(), c.Calls.Max)
	}
	if !isIP(m.ListenIP) {
		p.add("media.listen_ip", "%q is no IP address, so no voice would arrive; write one of this machine's, or 0.0.0.0 for all", m.ListenIP)
	}
	publicIP(p, "media.public_ip", m.PublicIP)
	host, port, ok := hostPort(m.ICEUDPListen)
	switch {
	case !ok || host != "" && !isIP(host):
		p.add("media.ice_udp_listen", "%q cannot be listened on; write IP:port such as 0.0.0.0:8443", m.ICEUDPListen)
	case m.RTPPorts.holds(port):
		p.add("media.ice_udp_listen", "port %d lies in media.rtp_ports (%v), so a call could take it; move one of them", port, m.RTPPorts)
	}
	p.within(
		bound{"media.rtp_silent", m.RTPSilent, time.Second, time.Minute, "it is when an agent learns that nothing is heard"},
		bound{"media.rtp_timeout", m.RTPTimeout, m.RTPSilent, time.Hour, "a leg is silent (media.rtp_silent) before it is lost"},
		bound{"media.drain_idle", m.DrainIdle, 100 * time.Millisecond, time.Minute, "a late packet of the last call must not be heard in the next"},
		bound{"media.drain_max", m.DrainMax, m.DrainIdle, 10 * time.Minute, "it ends the wait of media.drain_idle"},
	)
}

func (c Config) checkStores(p *problems) {
	if c.Postgres.DSN == "" {
		p.add("postgres.dsn", "there is no database to keep the truth in; write postgres://user@host/database, or set postgres.dsn_file")
	}
	p.counts(
		count{"postgres.max_conns", c.Postgres.MaxConns, 4, 1000, "follower, lock, pages and claims each need one at a time"},
		count{"redis.db", c.Redis.DB, 0, 1023, "Redis numbers its databases from 0"},
	)
	if _, _, ok := hostPort(c.Redis.Addr); !ok && !filepath.IsAbs(c.Redis.Addr) {
		p.add("redis.addr", "%q cannot be dialed; write host:port, or the path of a unix socket", c.Redis.Addr)
	}
	if c.Redis.Username != "" && c.Redis.Password == "" {
		p.add("redis.username", "a user without a password is refused by Redis; set redis.password or redis.password_file")
	}
	p.within(bound{"redis.timeout", c.Redis.Timeout, 10 * time.Millisecond, 10 * time.Second,
		"live figures wait for it when Redis hangs, and a busy Redis needs some"})
}
