package rig

import "time"

// Start runs the server, again where it has ended, and returns how long it
// took to be ready. The first start makes what the seed cannot.
func (h *House) Start() time.Duration {
	h.t.Helper()
	took := h.Node.Start()
	if !h.ready {
		h.ready = true
		h.SQL = OpenSQL(h.t, h.DSN)
		h.SQL.Exec(`UPDATE queues SET answer = 'on_agent' WHERE id = 'quiet'`)
		h.campaign()
	}
	return took
}

// Restart starts the server again after Kill or StopWell and returns how long
// it took to be ready.
func (h *House) Restart() time.Duration {
	h.t.Helper()
	return h.Start()
}
