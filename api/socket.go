package api

import (
	"errors"
	"io"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/internal/mailbox"
)

// Limits of an agent's WebSocket.
const (
	readLimit    = 64 << 10         // bytes a frame; gorilla has none by itself
	writeWait    = 5 * time.Second  // a page that takes no frame for so long is gone
	readWait     = 10 * time.Second // heartbeats come every 2 s; who is silent for so long has another connection, or none
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

// farewell is how long a closed connection is read on. Closing it with bytes
// unread would reset it, and the page would never see the code.
const farewell = time.Second

// end closes the connection after what is queued, and returns when it is gone.
func (s *socket) end() {
	s.shut(websocket.CloseNormalClosure, "")
	<-s.done
	defer s.conn.Close()
	if s.conn.SetReadDeadline(time.Now().Add(farewell)) != nil {
		return
	}
	for left := int64(farewellLimit); left > 0; {
		_, r, err := s.conn.NextReader()
		if err != nil {
			return // the page's own close, or the deadline
		}
		n, err := io.Copy(io.Discard, r)
		if left -= n + 1; err != nil {
			return
		}
	}
}

// farewellLimit is how much is read on, in bytes.
const farewellLimit = 1 << 20

// write is the only writer of the connection; it ends after a close frame, or
// with the connection.
func (s *socket) write() {
	defer close(s.done)
	defer s.out.Close()
	for range s.out.C() {
		batch := s.out.Take()
		if len(batch) > unsent {
			_ = s.conn.Close() // the page reads nothing
			return
		}
		for _, o := range batch {
			switch err := s.put(o); {
			case errors.Is(err, errShut):
				// The reader wakes, whoever queued the close.
				_ = s.conn.SetReadDeadline(time.Now().Add(farewell))
				return
			case err != nil:
				_ = s.conn.Close()
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
