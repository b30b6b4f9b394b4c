package api

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// The stream sends each picture as one event and outlives the server's limit
// for reading a request.
func TestLiveStream(t *testing.T) {
	h := open(t, nil)
	supervisor := h.login(RoleSupervisor)
	h.http = httptest.NewUnstartedServer(h.server.Handler())
	h.http.Config.ReadTimeout = 50 * time.Millisecond
	h.http.Start()
	t.Cleanup(h.http.Close)
	a := h.request(http.MethodGet, "/api/live", supervisor, nil)
	if got := a.Header.Get("Content-Type"); got != "text/event-stream" || a.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", a.Status, got)
	}
	events := bufio.NewScanner(a.Body)
	for seq := range uint64(3) {
		select {
		case h.pictures <- wire.Live{Seq: seq}:
		case <-time.After(10 * time.Second):
			t.Fatal("nobody takes the picture")
		}
		if got := readEvent(t, events); got.Seq != seq {
			t.Errorf("picture %d, want %d", got.Seq, seq)
		}
		time.Sleep(60 * time.Millisecond) // longer than the limit, on a real connection
	}
}

func readEvent(t *testing.T, lines *bufio.Scanner) (v wire.Live) {
	t.Helper()
	name := ""
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(line[len("data: "):]), &v); err != nil {
				t.Fatal(err)
			}
		case line == "" && name != "":
			if name != "live" {
				t.Errorf("event %s", name)
			}
			return v
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
	return v
}

// The end of the pictures is the end of the stream.
func TestLiveStreamEnds(t *testing.T) {
	h := open(t, nil)
	close(h.pictures)
	a := h.request(http.MethodGet, "/api/live", h.login(RoleSupervisor), nil)
	if b, err := io.ReadAll(a.Body); err != nil || strings.Contains(string(b), "event") {
		t.Errorf("sent was %q, %v", b, err)
	}
}
