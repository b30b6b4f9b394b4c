package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is an error answer (RFC 9457) with our code beside it.
type Problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
)

func problemOf(d *denied) *Problem {
	st := d.code.status()
	return &Problem{Status: st, Title: http.StatusText(st), Detail: d.message, Code: string(d.code)}
}

// fail maps an error to what the client may read and logs what it may not.
func (s *Server) fail(ctx context.Context, err error) error { return s.problem(ctx, err) }

func (s *Server) problem(ctx context.Context, err error) *Problem {
	d := meaning(err)
	gone := errors.Is(ctx.Err(), context.Canceled) // nobody reads the answer, and nothing is wrong
	if !gone && (d.code == codeInternal || d.code == codeBusy) {
		s.deps.Log.Error("request failed", "err", err, "request_id", requestOf(ctx))
	}
	return problemOf(d)
}

// ours turns what the library says of a request that it can't read into our
// kind of problem.
func ours(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Status: m.Status, Title: http.StatusText(m.Status), Detail: m.Detail, Code: string(codeBadFrame)}
	for i, e := range m.Errors {
		separator := ": "
		if i > 0 {
			separator = "; "
		}
		p.Detail += separator + e.Error()
	}
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		p.Code = string(codeTooLong)
	case m.Status >= http.StatusInternalServerError:
		p.Code = string(codeInternal)
	}
	return p, nil
}

// writeProblem answers outside huma.
func writeProblem(w http.ResponseWriter, d *denied) { put(w, problemOf(d)) }

func put(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	if p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if this fails
}
