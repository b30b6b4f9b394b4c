package api

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// The OpenAPI document is committed, so that a change of the interface shows in
// its diff; it lists exactly the routes under /api.
func TestOpenAPI(t *testing.T) {
	h := open(t, func(d *Deps) { d.Version = "" })
	got, err := h.server.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *rewrite {
		if err := os.WriteFile("openapi.yaml", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error(`the document is another than openapi.yaml; "go test ./api -run OpenAPI -rewrite" writes it anew`)
	}
	doc := h.server.api.OpenAPI()
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") {
		t.Errorf("version %s", doc.OpenAPI)
	}
	var documented, routes []string
	for path, item := range doc.Paths {
		for method, op := range map[string]bool{"GET": item.Get != nil, "POST": item.Post != nil, "PUT": item.Put != nil, "DELETE": item.Delete != nil, "PATCH": item.Patch != nil} {
			if op {
				documented = append(documented, method+" "+path)
			}
		}
	}
	for _, r := range h.server.routes {
		if strings.Contains(r.pattern, " /api/") {
			routes = append(routes, r.pattern)
		}
	}
	slices.Sort(documented)
	slices.Sort(routes)
	if !slices.Equal(documented, routes) {
		t.Errorf("documented %v\nroutes     %v", documented, routes)
	}
	a := h.request(http.MethodGet, "/api/openapi.yaml", "", nil)
	served := new(bytes.Buffer)
	if _, err := served.ReadFrom(a.Body); err != nil || a.StatusCode != http.StatusOK || !bytes.Equal(served.Bytes(), want) {
		t.Errorf("served: %s, %d bytes, %v", a.Status, served.Len(), err)
	}
}

// docs/protocol.md has the table of the codes as it is.
func TestProtocolListsTheCodes(t *testing.T) {
	text, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range codes() {
		if !strings.Contains(string(text), "| `"+string(c)+"` | "+http.StatusText(c.status())) {
			t.Errorf("docs/protocol.md does not have the code %s as %d %s", c, c.status(), http.StatusText(c.status()))
		}
	}
}

func codes() []code {
	return []code{
		codeBadFrame, codeNotNow, codeGone, codeNotYours, codeAbsent, codeUnknown, codeTooLong, codeMedia, codeBusy,
		codeUnauthorized, codeForbidden, codeTooMany, codeInternal, codeSeatTaken,
	}
}
