package api

import (
	"errors"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/mailbox"
)

// Limits of an agent's WebSocket.
const (
	readLimit    = 64 << 10         // bytes a frame; gorilla has none by itself
	writeWait    = 5 * time.Second  // a page that takes no frame for so long is gone
	readWait     = 30 * time.Second // heartbeats come every 2 s
	helloWait    = 5 * time.Second
	framesPerSec = 20
	unsent       = 1024 // frames that may wait for a slow page
)

// socket is one connected page: the handler's goroutine reads, write writes.
type socket struct {
	conn *websocket.Conn
	out  *mailbox.Box[outgoing]
	done chan struct{} // closed when write has returned
}

// outgoing is a frame, or the close of the socket with a code.
type outgoing struct {
	frame wire.Frame
	code  int
	why   string
}

func newSocket(c *websocket.Conn) *socket {
	c.SetReadLimit(readLimit)
	return &socket{conn: c, out: mailbox.New[outgoing](), done: make(chan struct{})}
}

// send queues a frame; it never blocks.
func (s *socket) send(f wire.Frame) { s.out.Put(outgoing{frame: f}) }

// shut queues the close frame; what was sent before goes first.
func (s *socket) shut(code int, why string) { s.out.Put(outgoing{code: code, why: why}) }

// write is the only writer of the connection; it ends with the connection or
// after a close frame.
func (s *socket) write() {
	defer close(s.done)
	defer s.conn.Close()
	defer s.out.Close()
	for range s.out.C() {
		batch := s.out.Take()
		if len(batch) > unsent {
			return
		}
		for _, o := range batch {
			if err := s.put(o); err != nil {
				return
			}
		}
	}
}

var errShut = errors.New("closed by us")

func (s *socket) put(o outgoing) error {
	deadline := time.Now().Add(writeWait)
	if o.code != 0 {
		msg := websocket.FormatCloseMessage(o.code, o.why)
		return errors.Join(errShut, s.conn.WriteControl(websocket.CloseMessage, msg, deadline))
	}
	if err := s.conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	return s.conn.WriteJSON(o.frame)
}

// read returns the next frame. A frame that is not one gives errFrame and the
// connection may go on; any other error ends it.
func (s *socket) read(wait time.Duration) (wire.Frame, error) {
	if err := s.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return wire.Frame{}, err
	}
	kind, b, err := s.conn.ReadMessage()
	if err != nil {
		return wire.Frame{}, err
	}
	var f wire.Frame
	if kind != websocket.TextMessage || decode(b, &f) != nil || f.Type == "" {
		return wire.Frame{}, errFrame
	}
	return f, nil
}

var errFrame = errors.New("not a frame")

// rate counts frames a second.
type rate struct {
	second time.Time
	n      int
}

func (r *rate) over(now time.Time) bool {
	if now.Sub(r.second) >= time.Second {
		r.second, r.n = now, 0
	}
	r.n++
	return r.n > framesPerSec
}
