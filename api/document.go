package api

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/callstamp/callstamp/api/wire"
)

// document says of an operation who may call it and how it fails.
func (s *Server) document(op *huma.Operation, role string) {
	op.Responses = map[string]*huma.Response{"default": {
		Description: "A problem (RFC 9457) with its code", Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: s.schema(Problem{})},
		},
	}}
	if op.Method != http.MethodGet {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "X-Callstamp", In: "header", Required: true, Description: "marks a changing request as no foreign page's",
			Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"1"}},
		})
	}
	if role != "" {
		op.Security = []map[string][]string{{"session": {}}}
		op.Description = "For the role " + role + " and those above it."
	}
}

// describe adds to the document what is no operation: the WebSocket and the
// stream, which are documented in docs/protocol.md.
func (s *Server) describe() {
	doc := s.api.OpenAPI()
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name, Description: "set by POST /api/login"},
	}
	desk := huma.Operation{
		OperationID: "get-desk", Method: http.MethodGet, Path: "/api/desk", Summary: "The agent's WebSocket; see docs/protocol.md",
	}
	s.document(&desk, RoleAgent)
	desk.Responses[strconv.Itoa(http.StatusSwitchingProtocols)] = &huma.Response{Description: "Frames follow"}
	live := huma.Operation{
		OperationID: "get-live", Method: http.MethodGet, Path: "/api/live", Summary: "Pictures of the floor as server-sent events",
	}
	s.document(&live, RoleSupervisor)
	live.Responses[strconv.Itoa(http.StatusOK)] = &huma.Response{
		Description: "Events named live, one picture each",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: s.schema(wire.Live{})}},
	}
	audio := huma.Operation{
		OperationID: "get-calls-id-recordings-no-audio", Method: http.MethodGet, Path: "/api/calls/{id}/recordings/{no}/audio",
		Summary: "A recording as a WAV file, whole or a range of it; who was given what is noted",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: "no", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger}},
			{Name: "Range", In: "header", Schema: &huma.Schema{Type: huma.TypeString}},
		},
	}
	s.document(&audio, RoleSupervisor)
	for _, status := range []int{http.StatusOK, http.StatusPartialContent} {
		audio.Responses[strconv.Itoa(status)] = &huma.Response{Description: "G.711, one or two channels", Content: map[string]*huma.MediaType{
			"audio/wav": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}
	}
	doc.AddOperation(&audio)
	doc.AddOperation(&desk)
	doc.AddOperation(&live)
	delete(doc.Components.Schemas.Map(), "ErrorModel") // the library's own, which we never send
}

func (s *Server) schema(of any) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(of), true, "")
}
