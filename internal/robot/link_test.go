package robot

import (
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
