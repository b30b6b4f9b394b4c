package robot

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// Mirror is a second tab of an agent, which looks on at the desk.
type Mirror struct {
	Welcome wire.Welcome

	conn *websocket.Conn
	mu   sync.Mutex // of writing
	seen sync.WaitGroup
}

// Look opens a mirror of the agent's desk. saw gets every frame after the
// welcome, until Close or the server's end.
func Look(ctx context.Context, c Config, saw func(wire.Frame)) (*Mirror, error) {
	cookies, err := login(ctx, c)
	if err != nil {
		return nil, err
	}
	conn, err := dial(ctx, c, cookies)
	if err != nil {
		return nil, err
	}
	m := &Mirror{conn: conn}
	if err := m.greet(c); err != nil {
		conn.Close()
		return nil, err
	}
	m.seen.Go(func() {
		for {
			var f wire.Frame
			if conn.ReadJSON(&f) != nil {
				return
			}
			saw(f)
		}
	})
	return m, nil
}

func (m *Mirror) greet(c Config) error {
	if err := m.Say(wire.TypeHello, 0, wire.Hello{Protocol: wire.Protocol, Desk: "mirror-" + c.Login, Mirror: true}); err != nil {
		return err
	}
	var f wire.Frame
	if err := m.conn.ReadJSON(&f); err != nil {
		return fmt.Errorf("look at the desk of %s: %w", c.Login, err)
	}
	if f.Type != wire.TypeWelcome {
		return fmt.Errorf("look at the desk of %s: got %s %s", c.Login, f.Type, f.Body)
	}
	return json.Unmarshal(f.Body, &m.Welcome)
}

// Say sends a frame, also one that a mirror may not send.
func (m *Mirror) Say(typ string, id uint64, body any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := frameOf(typ, id, body)
	if err != nil {
		return err
	}
	if err := m.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return m.conn.WriteJSON(f)
}

// Close closes the tab.
func (m *Mirror) Close() {
	m.conn.Close()
	m.seen.Wait()
}
