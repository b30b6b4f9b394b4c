package main

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestExportedTrace sends a trace to a real OTLP receiver and reads it as a collector does.
func TestExportedTrace(t *testing.T) {
	received := make(chan *collector.ExportTraceServiceRequest, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			body, _ = gzip.NewReader(r.Body)
		}
		b, err := io.ReadAll(body)
		var req collector.ExportTraceServiceRequest
		if err != nil || proto.Unmarshal(b, &req) != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			http.Error(w, "no OTLP", http.StatusBadRequest)
			return
		}
		received <- &req
		w.Header().Set("Content-Type", "application/x-protobuf")
		answer, _ := proto.Marshal(&collector.ExportTraceServiceResponse{})
		_, _ = w.Write(answer)
	}))
	defer server.Close()

	tr, err := openTracer(t.Context(), server.URL, "n-1", slog.Default())
	fine(t, err)
	go tr.run(t.Context())
	stamps := stampsOf(tracedCall, answeredCall())
	for _, s := range stamps {
		tr.heed(s)
	}
	var req *collector.ExportTraceServiceRequest
	select {
	case req = <-received:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was received")
	}
	spans := req.ResourceSpans[0].ScopeSpans[0].Spans
	want := spansOf(stamps)
	if len(spans) != len(want) || len(spans) < 15 {
		t.Fatalf("%d spans, want %d", len(spans), len(want))
	}
	for i, s := range spans {
		compareSpan(t, s, want[i], want[0].id)
	}
	about := req.ResourceSpans[0].Resource.String()
	for _, word := range []string{"service.name", "callstamp", "service.instance.id", "n-1"} {
		if !strings.Contains(about, word) {
			t.Errorf("the resource lacks %s: %s", word, about)
		}
	}
}

func compareSpan(t *testing.T, got *otlp.Span, want span, root spanID) {
	t.Helper()
	if hex.EncodeToString(got.TraceId) != strings.ReplaceAll(string(tracedCall), "-", "") {
		t.Errorf("%s is of the trace %x", got.Name, got.TraceId)
	}
	if got.Name != want.name || !bytes.Equal(got.SpanId, want.id[:]) || got.StartTimeUnixNano != uint64(want.start)*1000 || got.EndTimeUnixNano != uint64(want.end)*1000 {
		t.Errorf("%s %x from %d to %d, want %s %x from %d to %d µs", got.Name, got.SpanId, got.StartTimeUnixNano, got.EndTimeUnixNano, want.name, want.id, want.start, want.end)
	}
	if parent := want.id != root; parent != bytes.Equal(got.ParentSpanId, root[:]) {
		t.Errorf("%s has the parent %x", got.Name, got.ParentSpanId)
	}
	if len(got.Events) != len(want.events) || len(got.Attributes) != len(want.attrs) {
		t.Errorf("%s has %d events and %d attributes, want %d and %d", got.Name, len(got.Events), len(got.Attributes), len(want.events), len(want.attrs))
	}
	for i, e := range got.Events {
		if e.Name != want.events[i].name || e.TimeUnixNano != uint64(want.events[i].at)*1000 {
			t.Errorf("%s: event %s at %d, want %+v", got.Name, e.Name, e.TimeUnixNano, want.events[i])
		}
	}
}

// TestNoEndpointNoTracer: traces are off by default.
func TestNoEndpointNoTracer(t *testing.T) {
	if tr, err := openTracer(t.Context(), "", "n-1", slog.Default()); tr != nil || err != nil {
		t.Errorf("%v, %v", tr, err)
	}
}
