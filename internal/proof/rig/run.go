package rig

import (
	"os/exec"
	"regexp"
	"time"
)

// readyLimit is how long a start may take on a machine that does other things,
// too. What a start should take is for the scenario to judge.
const readyLimit = 30 * time.Second

// StartOnly runs the server and does not wait for it.
func (h *House) StartOnly() {
	h.t.Helper()
	cmd := exec.Command(Binary(h.t, h.opt.Tags...), "serve", "--config", h.ConfigFile())
	cmd.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + h.Dir, "GOTRACEBACK=all"}, h.opt.Env...)
	if h.opt.Wrap != nil {
		h.opt.Wrap(cmd)
	}
	h.Server = launch(h.t, h.URL(), cmd)
	h.servers = append(h.servers, h.Server)
}

// Start runs the server, again where it has ended, and returns how long it
// took to be ready.
func (h *House) Start() time.Duration {
	h.t.Helper()
	h.StartOnly()
	took := h.Server.awaitReady(h.t, readyLimit)
	if !h.ready {
		h.ready = true
		h.SQL = openSQL(h.t, h.DSN)
		h.SQL.Exec(`UPDATE queues SET answer = 'on_agent' WHERE id = 'quiet'`)
		h.campaign()
	}
	return took
}

// Kill ends the server as a crash would (SIGKILL).
func (h *House) Kill() {
	h.t.Helper()
	h.Server.kill(h.t)
}

// Restart starts the server again after Kill or StopWell and returns how long
// it took to be ready.
func (h *House) Restart() time.Duration {
	h.t.Helper()
	return h.Start()
}

// StopWell ends the server as systemd would; it must end within limit with 0.
func (h *House) StopWell(limit time.Duration) {
	h.t.Helper()
	h.Server.stopWell(h.t, limit)
}

// Expect says that the server's log may have errors like this one.
func (h *House) Expect(patterns ...string) {
	for _, p := range patterns {
		h.expected = append(h.expected, regexp.MustCompile(p))
	}
}
