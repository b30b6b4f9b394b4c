package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

// What is held is told after a collection, so that what was let go is not
// counted; files and goroutines are counted as they are.
func TestHeapTellsWhatIsHeld(t *testing.T) {
	ask := func() heap {
		mux := http.NewServeMux()
		serveHeap(mux)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/heap", nil))
		var h heap
		if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		return h
	}
	const size = 64 << 20
	before := ask()
	held := make([]byte, size)
	full := ask()
	if got := int64(full.LiveBytes) - int64(before.LiveBytes); got < size*9/10 {
		t.Errorf("%d bytes more are held, want %d", got, size)
	}
	held[0] = 1 // reachable until here
	if got := int64(ask().LiveBytes) - int64(before.LiveBytes); got > size/2 {
		t.Errorf("%d bytes are still counted after they were let go", got)
	}
	done := make(chan struct{})
	go func() { <-done }()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if now := ask(); now.Goroutines <= before.Goroutines || now.FDs != before.FDs+1 {
		t.Errorf("with one more each: %+v, before %+v", now, before)
	}
	close(done)
	_ = f.Close()
}
