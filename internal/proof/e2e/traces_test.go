package e2e

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/callstamp/callstamp/internal/proof/rig"
	"github.com/callstamp/callstamp/internal/robot"
)

// gathered is an OTLP receiver that keeps what it is sent; away refuses everything.
type gathered struct {
	mu    sync.Mutex
	away  bool
	asked int
	spans []*otlp.Span
}

func (g *gathered) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(r.Body) // an error shows in ReadAll
	}
	b, err := io.ReadAll(body)
	var req collector.ExportTraceServiceRequest
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	if err != nil || g.away || proto.Unmarshal(b, &req) != nil {
		http.Error(w, "no", http.StatusBadRequest)
		return
	}
	for _, rs := range req.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			g.spans = append(g.spans, ss.Spans...)
		}
	}
}

func (g *gathered) set(away bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away = away
}

// of are the spans of a call, by name.
func (g *gathered) of(call string) map[string]*otlp.Span {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := map[string]*otlp.Span{}
	for _, s := range g.spans {
		if hex.EncodeToString(s.TraceId) == strings.ReplaceAll(call, "-", "") {
			found[s.Name] = s
		}
	}
	return found
}

// TestTraceOfACall has the real server send one to a real receiver: its length is the record's, and the log line of the
// call's end names it. A receiver that refuses costs the trace and nothing else.
func TestTraceOfACall(t *testing.T) {
	t.Parallel()
	g := &gathered{}
	receiver := httptest.NewServer(g)
	t.Cleanup(receiver.Close)
	h := open(t, func(p *plan) { p.Survey, p.Traces = false, receiver.URL })
	h.robot(t, "lan", robot.Plan{Wrap: 50 * time.Millisecond, Disposition: "other"})
	customer := h.served(t)
	customer.hangUp()
	call := h.SQL.ClosedCalls(1)[0]
	id := call["call"].(string)
	rig.Eventually(t, "the trace is received", func() bool { return len(g.of(id)) > 8 }, nil)
	spans := g.of(id)
	for _, name := range []string{"call", "phase waiting", "phase talking", "queue", "offer", "leg customer", "leg agent", "segment", "wrap-up"} {
		if spans[name] == nil {
			t.Errorf("the trace has no span %q: %v", name, spans)
		}
	}
	talk := spans["phase talking"]
	if took := int64(talk.EndTimeUnixNano-talk.StartTimeUnixNano) / 1000; took != call["talk_us"].(int64) {
		t.Errorf("the trace's talk took %d µs, the record's %d", took, call["talk_us"])
	}
	for _, s := range spans {
		if text := s.String(); rig.Personal.MatchString(text) {
			t.Errorf("the trace holds a number: %s", text)
		}
	}
	rig.Eventually(t, "the log tells the call's end", func() bool {
		for line := range strings.Lines(h.Server.Log()) {
			if strings.Contains(line, `msg="call closed"`) && strings.Contains(line, "call="+id) && strings.Contains(line, "outcome=answered") {
				return true
			}
		}
		return false
	}, nil)
	h.measures(t, "the trace", map[string]float64{"traces_exported_total": 1, "traces_dropped_total": 0})

	g.set(true)
	second := h.served(t)
	second.hangUp()
	h.SQL.ClosedCalls(2)
	h.measures(t, "a trace that nobody took", map[string]float64{"traces_dropped_total": 1})
}
