package main

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// masking is the last thing that a log line passes: telephone numbers leave the
// process with their last three digits only, at every level, whether they stand
// in the message, an attribute or an error. Those who log mask what they know to
// be a number; this is the net beneath. It also has every line that concerns a
// call name it under one key.
type masking struct{ slog.Handler }

// callKey is the attribute by which the lines of one call are found; its value,
// without the dashes, is the trace's id.
const callKey = "call"

// Handle implements slog.Handler.
func (m masking) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, maskNumbers(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(maskAttr(a))
		return true
	})
	return m.Handler.Handle(ctx, clean)
}

// WithAttrs implements slog.Handler.
func (m masking) WithAttrs(attrs []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = maskAttr(a)
	}
	return masking{m.Handler.WithAttrs(masked)}
}

// WithGroup implements slog.Handler.
func (m masking) WithGroup(name string) slog.Handler { return masking{m.Handler.WithGroup(name)} }

func maskAttr(a slog.Attr) slog.Attr {
	if a.Key == "call_id" {
		a.Key = callKey
	}
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, maskText(a.Key, v.String()))
	case slog.KindGroup:
		inner := make([]slog.Attr, 0, len(v.Group()))
		for _, one := range v.Group() {
			inner = append(inner, maskAttr(one))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(inner...)}
	case slog.KindAny:
		// What would be written is told apart from how: a value without a number
		// keeps its own form.
		text := anyText(v.Any())
		if masked := maskText(a.Key, text); masked != text {
			return slog.String(a.Key, masked)
		}
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// anyText is all that any handler could make of a value.
func anyText(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprintf("%+v", v)
}

// numberKeys are attributes whose value is a number whatever it looks like.
var numberKeys = []string{"number", "caller", "called", "caller_id", "cli", "from", "to", "dialed", "phone", "contact"}

// maskText masks a value by its key: under one of numberKeys short numbers too.
func maskText(key, text string) string {
	if slices.Contains(numberKeys, strings.ToLower(key)) && digits(text) >= shortNumber {
		if masked := maskNumbers(text); masked != text {
			return masked
		}
		if digits(text) == len(strings.Trim(text, "+*# ")) {
			return maskNumber(text)
		}
	}
	return maskNumbers(text)
}

// shortNumber is the fewest digits that are a number where what stands around it
// says so (sip:, tel:, a plus, the attribute's key); a service number has less.
// Where nothing says so it takes nine. E.164 allows fifteen; what is longer is
// an instant in µs.
const shortNumber = 5

// numberish finds, in this order, what has many digits and is no number (ids,
// instants, addresses, hashes, files), and what is one. The first that fits at a
// place counts.
var numberish = regexp.MustCompile(`(?i)` +
	`(?P<other>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` + // UUID
	`|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?` + // date, instant
	`|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5}\b)?` + // IPv4 with a port
	`|\d{8}\.seg\b` + // the journal's files
	`|\b[0-9a-f]*\d[a-f][0-9a-f]{6,}\b|\b[0-9a-f]*[a-f]\d[0-9a-f]{6,}\b` + // hashes, tags
	`|\d+\.\d{3,}(?:s|ms|µs|ns)\b` + // durations
	`|\d{16,})` + // µs, ns
	`|(?P<said>(?:sips?:|tel:|\+)[ (]{0,2}\d(?:[ ()./-]{0,2}\d){4,19})` +
	`|(?P<plain>\(?\d(?:[ ()./-]{0,2}\d){8,14})`)

// maskNumbers leaves the last three digits of every telephone number in a text.
func maskNumbers(text string) string {
	if digits(text) < shortNumber {
		return text
	}
	said, plain := numberish.SubexpIndex("said"), numberish.SubexpIndex("plain")
	var b strings.Builder
	last := 0
	for _, m := range numberish.FindAllStringSubmatchIndex(text, -1) {
		if m[2*said] < 0 && m[2*plain] < 0 {
			continue
		}
		b.WriteString(text[last:m[0]])
		b.WriteString(maskNumber(text[m[0]:m[1]]))
		last = m[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

// maskNumber keeps what stands before a number, and its last three digits.
func maskNumber(number string) string {
	from := strings.IndexAny(number, "+(0123456789")
	if from < 0 {
		return number
	}
	var kept []byte
	for i := len(number) - 1; i >= from && len(kept) < 3; i-- {
		if number[i] >= '0' && number[i] <= '9' {
			kept = append(kept, number[i])
		}
	}
	slices.Reverse(kept)
	return number[:from] + "…" + string(kept)
}

func digits(text string) (n int) {
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			n++
		}
	}
	return n
}
