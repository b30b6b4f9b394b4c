package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// otlpPath is where collectors listen when the endpoint names no path.
const otlpPath = "/v1/traces"

// openTracer makes the tracer that sends to endpoint, nil where none is
// configured. Nothing is asked of the collector before the first trace.
func openTracer(ctx context.Context, endpoint, node string, log *slog.Logger) (*tracer, error) {
	if endpoint == "" {
		return nil, nil // no endpoint, no tracer: its methods know
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, fmt.Errorf("telemetry.otlp_endpoint: %w", err)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = otlpPath
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.String()), otlptracehttp.WithTimeout(traceWait))
	if err != nil {
		return nil, fmt.Errorf("telemetry.otlp_endpoint: %w", err)
	}
	about := resource.NewSchemaless(
		attribute.String("service.name", "callstamp"), attribute.String("service.version", version()), attribute.String("service.instance.id", node),
	)
	return newTracer(func(ctx context.Context, traces [][]span, ids []traceID) error {
		var all tracetest.SpanStubs
		for i, spans := range traces {
			for _, s := range spans {
				all = append(all, stub(ids[i], s, about))
			}
		}
		return exporter.ExportSpans(ctx, all.Snapshots())
	}, log), nil
}

// stub is a span as the exporter takes it. The SDK's own way to a finished span
// is to live through it; this is its only constructor.
func stub(id traceID, s span, about *resource.Resource) tracetest.SpanStub {
	at := func(span spanID) trace.SpanContext {
		return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID(id), SpanID: trace.SpanID(span), TraceFlags: trace.FlagsSampled})
	}
	n := tracetest.SpanStub{
		Name: s.name, SpanContext: at(s.id), SpanKind: trace.SpanKindInternal,
		StartTime: time.UnixMicro(s.start), EndTime: time.UnixMicro(s.end), Attributes: keyValues(s.attrs),
		Resource: about, InstrumentationScope: instrumentation.Scope{Name: "callstamp"},
	}
	if s.parent != (spanID{}) {
		n.Parent = at(s.parent)
	}
	for _, e := range s.events {
		n.Events = append(n.Events, sdktrace.Event{Name: e.name, Time: time.UnixMicro(e.at), Attributes: keyValues(e.attrs)})
	}
	if s.failed != "" {
		n.Status = sdktrace.Status{Code: codes.Error, Description: s.failed}
	}
	return n
}

func keyValues(attrs []attr) []attribute.KeyValue {
	all := make([]attribute.KeyValue, 0, len(attrs))
	for _, a := range attrs {
		switch v := a.value.(type) {
		case string:
			all = append(all, attribute.String(a.key, v))
		case int64:
			all = append(all, attribute.Int64(a.key, v))
		case float64:
			all = append(all, attribute.Float64(a.key, v))
		case bool:
			all = append(all, attribute.Bool(a.key, v))
		}
	}
	return all
}
