package api

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestProblemsAreLogged: what went wrong here is written down, but not that a page was closed while we worked for it.
func TestProblemsAreLogged(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, row := range []struct {
		name   string
		ctx    context.Context //nolint:containedctx // the row's request
		err    error
		logged bool
	}{
		{"a fault of ours", t.Context(), errors.New("disk on fire"), true},
		{"a refusal", t.Context(), errRole, false},
		{"a page that has gone", gone, errors.New("read figures: context canceled"), false},
	} {
		var log bytes.Buffer
		s := &Server{deps: Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}}
		s.problem(row.ctx, row.err)
		if logged := strings.Contains(log.String(), "request failed"); logged != row.logged {
			t.Errorf("%s: %q", row.name, log.String())
		}
	}
}
