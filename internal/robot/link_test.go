package robot

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/callstamp/callstamp/api/wire"
)

// strict is a server that takes commands counted 1, 2, 3 … and nothing else.
func strict(t *testing.T) *link {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for id := uint64(1); ; id++ {
			var f wire.Frame
			if conn.ReadJSON(&f) != nil {
				return
			}
			answer := wire.Frame{Type: wire.TypeDone, ID: f.ID}
			if f.ID != id {
				answer.Type = wire.TypeError
			}
			if conn.WriteJSON(answer) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &link{conn: conn, up: true, next: 1}
}

// Commands of one robot may be given at once; they leave in the order in which
// they are counted.
func TestCommandsLeaveInOrder(t *testing.T) {
	l := strict(t)
	var reader, askers sync.WaitGroup
	reader.Go(func() {
		for {
			if _, err := l.read(l.conn); err != nil {
				return
			}
		}
	})
	for range 500 {
		askers.Go(func() {
			if _, err := l.ask(t.Context(), wire.TypeRinging, wire.OfferRef{Offer: "o1"}); err != nil {
				t.Error(err)
			}
		})
	}
	askers.Wait()
	l.conn.Close()
	reader.Wait()
}

// gone is a server that says welcome to each connection, resumed or not, takes
// commands and answers none; it tells which it was sent.
func gone(t *testing.T, resumed bool) (dial func() *websocket.Conn, sent <-chan wire.Frame) {
	t.Helper()
	all := make(chan wire.Frame, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		for {
			var f wire.Frame
			if conn.ReadJSON(&f) != nil {
				return
			}
			if f.Type != wire.TypeHello {
				all <- f
				continue
			}
			body, err := json.Marshal(wire.Welcome{Resumed: resumed, NextID: 1})
			if err != nil || conn.WriteJSON(wire.Frame{Type: wire.TypeWelcome, Seq: 7, Body: body}) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return func() *websocket.Conn {
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL, "http"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}, all
}

// A server that resumes gets again, under its number, what it has not answered;
// from one that remembers nothing no answer is waited for.
func TestUnansweredCommands(t *testing.T) {
	for name, resumed := range map[string]bool{"resumed": true, "anew": false} {
		t.Run(name, func(t *testing.T) {
			dial, sent := gone(t, resumed)
			l := &link{desk: "robot-x", next: 1}
			if _, err := l.greet(dial()); err != nil {
				t.Fatal(err)
			}
			answer, err := l.command(wire.TypeReady, nil)
			if err != nil {
				t.Fatal(err)
			}
			first := <-sent
			l.lost()
			later, err := l.command(wire.TypeLogout, nil) // nobody is there to take it yet
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.greet(dial()); err != nil {
				t.Fatal(err)
			}
			if !resumed {
				for _, c := range []<-chan wire.Frame{answer, later} {
					if f := <-c; f.Type != typeLost {
						t.Errorf("answered by %+v", f)
					}
				}
				return
			}
			if again := <-sent; again.ID != first.ID || again.Type != first.Type {
				t.Errorf("sent %+v, and again %+v", first, again)
			}
			if second := <-sent; second.ID != first.ID+1 || second.Type != wire.TypeLogout {
				t.Errorf("then %+v", second)
			}
		})
	}
}

// Frames that were seen before are passed over.
func TestFramesAreSeenOnce(t *testing.T) {
	l := &link{seq: 5}
	for seq, want := range map[uint64]bool{0: true, 4: false, 5: false} {
		if got := l.news(wire.Frame{Type: wire.TypePresence, Seq: seq}); got != want {
			t.Errorf("frame %d after 5: %t", seq, got)
		}
	}
	if !l.news(wire.Frame{Type: wire.TypePresence, Seq: 6}) || l.seq != 6 {
		t.Errorf("frame 6 after 5 leads to %d", l.seq)
	}
}
