package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Live gives the pictures of the floor. The channel has the newest one only:
// a slow page misses pictures, never holds anybody up. It is closed when ctx
// ends.
type Live interface {
	Watch(ctx context.Context) <-chan wire.Live
}

// liveIdle is how long the stream may be silent before a comment proves that it
// lives; proxies cut idle connections at 60 s.
const liveIdle = 15 * time.Second

// liveRetry is when a page asks for a broken stream again; browsers wait three
// seconds and more by themselves.
const liveRetry = 500 * time.Millisecond

// serveLive streams pictures as server-sent events.
func (s *Server) serveLive(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	if rc.SetReadDeadline(time.Time{}) != nil { // else the server's limit for a request ends the stream
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy must pass each event on at once
	pictures := s.deps.Live.Watch(r.Context())
	idle := time.NewTicker(liveIdle)
	defer idle.Stop()
	if _, err := fmt.Fprintf(w, "retry: %d\n\n", liveRetry.Milliseconds()); err != nil || rc.Flush() != nil {
		return
	}
	for {
		var err error
		select {
		case p, ok := <-pictures:
			if !ok || rc.SetWriteDeadline(time.Now().Add(writeWait)) != nil {
				return
			}
			err = writeEvent(w, "live", p)
		case <-idle.C:
			if rc.SetWriteDeadline(time.Now().Add(writeWait)) != nil {
				return
			}
			_, err = fmt.Fprint(w, ": still here\n\n")
		case <-s.stopping:
			return // the page comes back by itself
		}
		if err != nil || rc.Flush() != nil {
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s event: %w", name, err)
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, b)
	return err
}
