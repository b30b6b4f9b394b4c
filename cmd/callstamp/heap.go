package main

import (
	"encoding/json"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
)

// heap is what the process holds at a moment when nothing is left to collect.
type heap struct {
	LiveBytes  uint64 `json:"live_bytes"` // reachable objects
	Objects    uint64 `json:"objects"`
	SysBytes   uint64 `json:"sys_bytes"` // taken from the system and not given back, stacks too
	Goroutines int    `json:"goroutines"`
	FDs        int    `json:"fds"` // -1 where the system doesn't tell
}

// heapNow collects first, twice: what a pool or a finalizer still holds after
// the first collection is gone after the second.
func heapNow() heap {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return heap{LiveBytes: m.HeapAlloc, Objects: m.HeapObjects, SysBytes: m.Sys - m.HeapReleased, Goroutines: runtime.NumGoroutine(), FDs: heldFiles()}
}

func heldFiles() int {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return -1
	}
	return len(open) - 1 // the folder itself
}

// serveHeap tells who looks for a leak how much is held, and by what: a heap
// profile for `go tool pprof`, or every goroutine with its stack.
func serveHeap(mux *http.ServeMux) {
	mux.HandleFunc("GET /heap", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(heapNow()) // the tool is gone if this fails
	})
	mux.HandleFunc("GET /profile/{name}", func(w http.ResponseWriter, r *http.Request) {
		p := pprof.Lookup(r.PathValue("name"))
		if p == nil {
			http.Error(w, "no such profile; there are heap, goroutine, allocs, block, mutex, threadcreate", http.StatusNotFound)
			return
		}
		runtime.GC()
		_ = p.WriteTo(w, 0)
	})
}
