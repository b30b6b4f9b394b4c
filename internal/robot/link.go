package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// link is the desk's WebSocket: commands are counted and answered.
type link struct {
	conn *websocket.Conn

	mu      sync.Mutex // of writing, and of what follows
	next    uint64
	waiting map[uint64]chan wire.Frame
}

// dial logs in and opens the desk; the welcome is the first frame returned.
func dial(ctx context.Context, c Config, tab string) (*link, wire.Welcome, error) {
	cookies, err := login(ctx, c)
	if err != nil {
		return nil, wire.Welcome{}, err
	}
	h := http.Header{"Cookie": {cookies}}
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, "ws"+strings.TrimPrefix(c.Server, "http")+"/api/desk", h)
	if err != nil {
		return nil, wire.Welcome{}, fmt.Errorf("open desk: %w", err)
	}
	l := &link{conn: conn, waiting: map[uint64]chan wire.Frame{}}
	if err := l.write(wire.TypeHello, 0, wire.Hello{Protocol: wire.Protocol, Desk: tab}); err != nil {
		return nil, wire.Welcome{}, err
	}
	var f wire.Frame
	var w wire.Welcome
	if err := conn.ReadJSON(&f); err != nil || f.Type != wire.TypeWelcome {
		return nil, w, fmt.Errorf("wait for welcome: got %q: %w", f.Type, err)
	}
	l.next = 1
	return l, w, json.Unmarshal(f.Body, &w)
}

func login(ctx context.Context, c Config) (cookies string, err error) {
	body, err := json.Marshal(wire.Login{Login: c.Login, Password: c.Password})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server+"/api/login", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Callstamp", "1")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("log in %s: %w", c.Login, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(res.Body, 500))
		return "", fmt.Errorf("log in %s: %s: %s", c.Login, res.Status, b)
	}
	var all []string
	for _, k := range res.Cookies() {
		all = append(all, k.Name+"="+k.Value)
	}
	return strings.Join(all, "; "), nil
}

func (l *link) write(typ string, id uint64, body any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writeLocked(typ, id, body)
}

func (l *link) writeLocked(typ string, id uint64, body any) error {
	f := wire.Frame{Type: typ, ID: id}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		f.Body = b
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return l.conn.WriteJSON(f)
}

// command counts a command and sends it, under one lock: the server takes them
// in the order of their numbers. Its answer comes to the channel.
func (l *link) command(typ string, body any) (<-chan wire.Frame, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer := make(chan wire.Frame, 1)
	id := l.next
	l.next++
	l.waiting[id] = answer
	return answer, l.writeLocked(typ, id, body)
}

// ask sends a command and waits for its answer. An error frame is an error.
func (l *link) ask(ctx context.Context, typ string, body any) (wire.Frame, error) {
	answer, err := l.command(typ, body)
	if err != nil {
		return wire.Frame{}, fmt.Errorf("%s: %w", typ, err)
	}
	select {
	case f := <-answer:
		if f.Type == wire.TypeError {
			return f, fmt.Errorf("%s: %s", typ, f.Body)
		}
		return f, nil
	case <-ctx.Done():
		return wire.Frame{}, fmt.Errorf("%s: %w", typ, ctx.Err())
	}
}

// read returns the next frame that answers no command.
func (l *link) read() (wire.Frame, error) {
	for {
		var f wire.Frame
		if err := l.conn.ReadJSON(&f); err != nil {
			return f, err
		}
		l.mu.Lock()
		answer := l.waiting[f.ID]
		delete(l.waiting, f.ID)
		l.mu.Unlock()
		if f.ID == 0 || answer == nil {
			return f, nil
		}
		answer <- f
	}
}
