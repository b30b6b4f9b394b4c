package api

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// Recordings keeps what was recorded. Errors: ErrUnknown, or a refusal that the
// user may read.
type Recordings interface {
	List(ctx context.Context, call string) ([]wire.Recording, error)
	// Play opens a recording's WAV file.
	Play(ctx context.Context, call string, no int) (Playback, error)
	Delete(ctx context.Context, call string, no int, by User) error
	Accesses(ctx context.Context, call string, no int) ([]wire.RecordingAccess, error)
}

// RecordingPolicies keeps which calls are recorded.
type RecordingPolicies interface {
	Policies(ctx context.Context) ([]wire.RecordingPolicy, error)
	PutPolicy(ctx context.Context, p wire.RecordingPolicy) error
}

// Playback is a WAV file that can be read from anywhere.
type Playback struct {
	io.ReadSeekCloser
	Name string
	Made time.Time
	Sum  string // SHA-256, hexadecimal
	Size int64
	// Log notes what is given, BEFORE it is; after an error nothing is given.
	Log func(ctx context.Context, by User, from, to int64) error
}

func (s *Server) recordingRoutes() {
	add(s, RoleSupervisor, "GET /api/calls/{id}/recordings", "What was recorded of a call", s.listRecordings)
	add(s, RoleManager, "DELETE /api/calls/{id}/recordings/{no}", "Delete a recording; that it was there is kept", s.deleteRecording)
	add(s, RoleManager, "GET /api/calls/{id}/recordings/{no}/accesses", "Who was given what of a recording, the latest first", s.listAccesses)
	add(s, RoleSupervisor, "GET /api/recording-policies", "Which calls of queues and campaigns are recorded", s.listPolicies)
	add(s, RoleManager, "PUT /api/recording-policies/{place}", "Say which calls of a queue or campaign are recorded; the next calls do", s.putPolicy)
}

func (s *Server) listRecordings(ctx context.Context, in *idInput) (*listed[wire.Recording], error) {
	list, err := s.deps.Recordings.List(ctx, in.ID)
	return lists(ctx, s, list, err)
}

type recordingInput struct {
	ID string `path:"id" doc:"the call's id"`
	No int    `path:"no" minimum:"1"`
}

func (s *Server) deleteRecording(ctx context.Context, in *recordingInput) (*done, error) {
	return s.changed(ctx, s.deps.Recordings.Delete(ctx, in.ID, in.No, whoOf(ctx)))
}

func (s *Server) listAccesses(ctx context.Context, in *recordingInput) (*listed[wire.RecordingAccess], error) {
	list, err := s.deps.Recordings.Accesses(ctx, in.ID, in.No)
	return lists(ctx, s, list, err)
}

func (s *Server) listPolicies(ctx context.Context, _ *struct{}) (*listed[wire.RecordingPolicy], error) {
	list, err := s.deps.Policies.Policies(ctx)
	return lists(ctx, s, list, err)
}

type policyInput struct {
	Place string `path:"place" pattern:"^(queue|campaign):[A-Za-z0-9_.-]{1,64}$"`
	Body  wire.RecordingPolicy
}

func (s *Server) putPolicy(ctx context.Context, in *policyInput) (*done, error) {
	in.Body.Place = in.Place
	return s.changed(ctx, s.deps.Policies.PutPolicy(ctx, in.Body))
}

// playRecording gives a recording, whole or a range of it (RFC 9110 §14), and
// notes what was given.
func (s *Server) playRecording(w http.ResponseWriter, r *http.Request) {
	no, err := strconv.Atoi(r.PathValue("no"))
	if err != nil {
		put(w, s.problem(r.Context(), ErrUnknown("recording", r.PathValue("no"))))
		return
	}
	p, err := s.deps.Recordings.Play(r.Context(), r.PathValue("id"), no)
	if err != nil {
		put(w, s.problem(r.Context(), err))
		return
	}
	defer p.Close()
	h := w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Content-Disposition", `inline; filename="`+p.Name+`"`)
	h.Set("ETag", `"`+p.Sum+`"`)
	http.ServeContent(&loggedWriter{ResponseWriter: w, log: func(from, to int64) error {
		return p.Log(r.Context(), whoOf(r.Context()), from, to)
	}, size: p.Size, refuse: func(err error) { put(w, s.problem(r.Context(), err)) }}, r, p.Name, p.Made, p)
}
