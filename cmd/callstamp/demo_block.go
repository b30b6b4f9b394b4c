package main

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// printBlock says where to go and how to stop. A manager's address differs by
// name alone, so that one browser keeps both logins.
func (d *demo) printBlock(took time.Duration) {
	url := d.app.url()
	manager := url
	if host, port, err := net.SplitHostPort(d.app.listener.Addr().String()); err == nil && host == "127.0.0.1" {
		manager = strings.Replace(url, net.JoinHostPort(host, port), net.JoinHostPort("localhost", port), 1)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("")
	line("  Callstamp is running. It took %.1f s to start.", took.Seconds())
	line("")
	line("  Agent     %s   login %s, password %s", url, demoAgent, demoPassword)
	line("            Press Go ready and allow the microphone: the phone rings.")
	line("  Manager   %s   login %s, password %s", manager, demoManager, demoPassword)
	line("            The live wall, the KPIs, and each call as a timeline of its stamps.")
	line("")
	line("  %d robots answer beside you; about %g customers a minute call in, a campaign calls out.", d.cmd.Robots, d.cmd.CallsPerMinute)
	if d.redis.InProcess() {
		line("  redis-server is not installed: a stand-in within this process takes its place.")
	}
	if d.app.cert != nil {
		line("  The certificate is self-signed: %s", d.app.cert.fingerprint())
		line("  Everybody who reaches this address can log in with the passwords above.")
	}
	line("")
	line("  Data      %s   log: callstamp.log", d.dir)
	line("  Stop      Ctrl-C")
	line("")
	fmt.Fprint(d.out, b.String())
}
