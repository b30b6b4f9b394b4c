package robot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// errLost answers a command that a server without memory of it will never
// answer.
var errLost = errors.New("connection lost")

// typeLost is the type of the frame that stands for errLost; no server sends it.
const typeLost = "lost"

// link is the desk's WebSocket as it outlives its connections: commands are
// counted, kept until they are answered, and sent again where the server
// resumes.
type link struct {
	desk string // the tab's id

	mu      sync.Mutex // of writing, and of what follows
	conn    *websocket.Conn
	up      bool // welcomed: commands may be written
	next    uint64
	seq     uint64 // the last of the server's frames that was seen
	waiting []command
	heard   time.Time // when the server last said something
}

type command struct {
	frame  wire.Frame
	answer chan wire.Frame
}

// greet says hello on a new connection and returns the welcome. What was not
// answered is sent again if the server resumes, else it is lost.
func (l *link) greet(conn *websocket.Conn) (wire.Welcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn, l.up = conn, false
	var w wire.Welcome
	if err := l.writeLocked(wire.TypeHello, 0, wire.Hello{Protocol: wire.Protocol, Desk: l.desk, LastSeq: l.seq}); err != nil {
		return w, err
	}
	if err := conn.SetReadDeadline(time.Now().Add(setUp)); err != nil {
		return w, err
	}
	var f wire.Frame
	if err := conn.ReadJSON(&f); err != nil {
		return w, fmt.Errorf("wait for welcome: %w", err)
	}
	if f.Type != wire.TypeWelcome {
		return w, fmt.Errorf("wait for welcome: got %q: %s", f.Type, f.Body)
	}
	if err := errors.Join(json.Unmarshal(f.Body, &w), conn.SetReadDeadline(time.Time{})); err != nil {
		return w, fmt.Errorf("read welcome: %w", err)
	}
	l.welcomedLocked(f, w)
	return w, nil
}

func (l *link) welcomedLocked(f wire.Frame, w wire.Welcome) {
	l.up, l.heard = true, time.Now()
	again := l.waiting
	if !w.Resumed {
		l.seq, l.next, l.waiting = f.Seq, max(w.NextID, 1), nil
		for _, c := range again {
			c.answer <- wire.Frame{Type: typeLost}
		}
		return
	}
	for _, c := range again {
		l.sendLocked(c.frame)
	}
}

// lost says that the connection is gone; commands wait from now on.
func (l *link) lost() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = false
	l.conn.Close()
}

// forget gives up what is not answered: nobody comes back.
func (l *link) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = false
	for _, c := range l.waiting {
		c.answer <- wire.Frame{Type: typeLost}
	}
	l.waiting = nil
}

func (l *link) silentFor() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.heard)
}

// beat writes the proof of life.
func (l *link) beat() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writeLocked(wire.TypeHeartbeat, 0, wire.Heartbeat{ClientAt: time.Now().UnixMicro(), Mic: true})
}

func (l *link) writeLocked(typ string, id uint64, body any) error {
	f, err := frameOf(typ, id, body)
	if err != nil {
		return err
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return l.conn.WriteJSON(f)
}

func frameOf(typ string, id uint64, body any) (wire.Frame, error) {
	f := wire.Frame{Type: typ, ID: id}
	if body == nil {
		return f, nil
	}
	b, err := json.Marshal(body)
	f.Body = b
	return f, err
}

// sendLocked writes a command; that it could not be written is the reader's to
// notice.
func (l *link) sendLocked(f wire.Frame) {
	_ = l.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = l.conn.WriteJSON(f)
}

// command counts a command and sends it, under one lock: the server takes them
// in the order of their numbers. Its answer comes to the channel.
func (l *link) command(typ string, body any) (<-chan wire.Frame, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := frameOf(typ, l.next, body)
	if err != nil {
		return nil, err
	}
	l.next++
	c := command{f, make(chan wire.Frame, 1)}
	l.waiting = append(l.waiting, c)
	if l.up {
		l.sendLocked(f)
	}
	return c.answer, nil
}

// ask sends a command and waits for its answer. An error frame is an error.
func (l *link) ask(ctx context.Context, typ string, body any) (wire.Frame, error) {
	answer, err := l.command(typ, body)
	if err != nil {
		return wire.Frame{}, fmt.Errorf("%s: %w", typ, err)
	}
	select {
	case f := <-answer:
		switch f.Type {
		case wire.TypeError:
			return f, fmt.Errorf("%s: %s", typ, f.Body)
		case typeLost:
			return f, fmt.Errorf("%s: %w", typ, errLost)
		}
		return f, nil
	case <-ctx.Done():
		return wire.Frame{}, fmt.Errorf("%s: %w", typ, ctx.Err())
	}
}

// read returns the next frame of the connection that answers no command and
// was not seen before.
func (l *link) read(conn *websocket.Conn) (wire.Frame, error) {
	for {
		var f wire.Frame
		if err := conn.ReadJSON(&f); err != nil {
			return f, err
		}
		if l.news(f) {
			return f, nil
		}
	}
}

// news takes an answer to its command, and says whether the frame is for the
// robot.
func (l *link) news(f wire.Frame) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = time.Now()
	for i, c := range l.waiting {
		if f.ID != 0 && c.frame.ID == f.ID {
			l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
			c.answer <- f
			return false
		}
	}
	if f.Seq == 0 {
		return true
	}
	if f.Seq <= l.seq {
		return false
	}
	l.seq = f.Seq
	return true
}
