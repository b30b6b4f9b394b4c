package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Health answers /healthz and /readyz. Both return what is known and wait for
// nobody.
type Health interface {
	// Alive returns nil while the process moves, else what stands still, in words.
	Alive() error
	// Degraded returns what is not as it should be, the worst first.
	Degraded() []wire.Degraded
}

// healthz is for who restarts the process: 500 says that it does not help
// itself any more.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.deps.Health.Alive(); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(err.Error() + "\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// readyz says whether all is there that the node needs for all of its work, 503
// where not, and what is degraded either way: text for people, JSON for who
// accepts it. Addresses and errors are not in it, as it needs no login.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ready := wire.Ready{Ready: true, Degraded: s.deps.Health.Degraded()}
	for _, d := range ready.Degraded {
		ready.Ready = ready.Ready && !d.Unready
	}
	status := http.StatusOK
	if !ready.Ready {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(ready) // who asked is gone if this fails
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(inWords(ready, time.Now())))
}

// inWords is a line for the whole and three for each cause.
func inWords(r wire.Ready, now time.Time) string {
	var b strings.Builder
	switch {
	case !r.Ready:
		b.WriteString("not ready\n")
	case len(r.Degraded) > 0:
		b.WriteString("ready, degraded\n")
	default:
		return "ready\n"
	}
	for _, d := range r.Degraded {
		since := time.UnixMicro(d.Since).UTC()
		name := d.ID
		if d.Name != "" {
			name += ":" + d.Name
		}
		fmt.Fprintf(&b, "\n%s since %s (%v)\n  %s\n  %s\n", name, since.Format(time.RFC3339), now.Sub(since).Round(time.Second), d.Means, d.Do)
	}
	return b.String()
}
