package api

import (
	"context"
	"encoding/json"
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
func (s *Server) fail(_ context.Context, err error) error {
	d := meaning(err)
	if d.code == codeInternal {
		s.deps.Log.Error("request failed", "err", err)
	}
	return problemOf(d)
}

// writeProblem answers outside huma.
func writeProblem(w http.ResponseWriter, d *denied) {
	p := problemOf(d)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if this fails
}
