package api

import (
	"context"

	"github.com/callstamp/callstamp/api/wire"
)

// Ways keeps by which trunks is called, and how much. Errors: ErrUnknown,
// ErrValue, ErrInUse.
type Ways struct {
	Trunks   TrunkBook
	Outbound OutboundBook
	Sets     SetBook
	Dialing  DialingBook
}

// TrunkBook keeps trunks. A password is never told; one that is not given stays.
type TrunkBook interface {
	Trunks(ctx context.Context) ([]wire.Trunk, error)
	PutTrunk(ctx context.Context, t wire.Trunk) error
	DeleteTrunk(ctx context.Context, id string) error
}

// OutboundBook keeps outbound routes.
type OutboundBook interface {
	OutboundRoutes(ctx context.Context) ([]wire.OutboundRoute, error)
	PutOutboundRoute(ctx context.Context, r wire.OutboundRoute) error
	DeleteOutboundRoute(ctx context.Context, id string) error
}

// SetBook keeps caller-id sets.
type SetBook interface {
	CallerSets(ctx context.Context) ([]wire.CallerSet, error)
	PutCallerSet(ctx context.Context, c wire.CallerSet) error
	DeleteCallerSet(ctx context.Context, id string) error
}

// DialingBook keeps who may dial by hand, and the caps.
type DialingBook interface {
	SetDialing(ctx context.Context, agent string, d wire.Dialing) error
	SetCaps(ctx context.Context, campaign string, c wire.Caps) error
}

// ErrInUse says that something else still names what was to be deleted.
func ErrInUse(what string) error {
	return refuse(codeNotNow, "The %s is still in use; take it out of routes, trunks and campaigns first, or switch it off.", what)
}

func (s *Server) waysRoutes() {
	add(s, RoleManager, "GET /api/trunks", "Trunks and how they do", s.listTrunks)
	add(s, RoleAdmin, "PUT /api/trunks/{id}", "Make or change a trunk, whole; takes effect for the next call", s.putTrunk)
	add(s, RoleAdmin, "DELETE /api/trunks/{id}", "Delete a trunk that nothing names; calls in progress go on", s.deleteTrunk)
	add(s, RoleManager, "GET /api/outbound-routes", "Which trunk calls which numbers", s.listOutbound)
	add(s, RoleAdmin, "PUT /api/outbound-routes/{id}", "Make or change a route; takes effect for the next call", s.putOutbound)
	add(s, RoleAdmin, "DELETE /api/outbound-routes/{id}", "Delete a route", s.deleteOutbound)
	add(s, RoleManager, "GET /api/caller-sets", "Numbers of ours that calls out show", s.listSets)
	add(s, RoleAdmin, "PUT /api/caller-sets/{id}", "Make or change a set", s.putSet)
	add(s, RoleAdmin, "DELETE /api/caller-sets/{id}", "Delete a set that nothing names", s.deleteSet)
	add(s, RoleManager, "PUT /api/agents/{id}/dialing", "Say whether and how much an agent may dial by hand", s.putDialing)
	add(s, RoleManager, "PUT /api/campaigns/{id}/caps", "Limit how many lines a campaign opens", s.putCaps)
}

func (s *Server) listTrunks(ctx context.Context, _ *struct{}) (*listed[wire.Trunk], error) {
	list, err := s.deps.Ways.Trunks.Trunks(ctx)
	return lists(ctx, s, list, err)
}

type trunkInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$" doc:"the trunk's id"`
	Body wire.Trunk
}

func (s *Server) putTrunk(ctx context.Context, in *trunkInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Ways.Trunks.PutTrunk(ctx, in.Body))
}

func (s *Server) deleteTrunk(ctx context.Context, in *idInput) (*done, error) {
	return s.changed(ctx, s.deps.Ways.Trunks.DeleteTrunk(ctx, in.ID))
}

func (s *Server) listOutbound(ctx context.Context, _ *struct{}) (*listed[wire.OutboundRoute], error) {
	list, err := s.deps.Ways.Outbound.OutboundRoutes(ctx)
	return lists(ctx, s, list, err)
}

type outboundInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$" doc:"the route's id"`
	Body wire.OutboundRoute
}

func (s *Server) putOutbound(ctx context.Context, in *outboundInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Ways.Outbound.PutOutboundRoute(ctx, in.Body))
}

func (s *Server) deleteOutbound(ctx context.Context, in *idInput) (*done, error) {
	return s.changed(ctx, s.deps.Ways.Outbound.DeleteOutboundRoute(ctx, in.ID))
}

func (s *Server) listSets(ctx context.Context, _ *struct{}) (*listed[wire.CallerSet], error) {
	list, err := s.deps.Ways.Sets.CallerSets(ctx)
	return lists(ctx, s, list, err)
}

type setInput struct {
	ID   string `path:"id" pattern:"^[a-z0-9_-]{1,64}$" doc:"the set's id"`
	Body wire.CallerSet
}

func (s *Server) putSet(ctx context.Context, in *setInput) (*done, error) {
	in.Body.ID = in.ID
	return s.changed(ctx, s.deps.Ways.Sets.PutCallerSet(ctx, in.Body))
}

func (s *Server) deleteSet(ctx context.Context, in *idInput) (*done, error) {
	return s.changed(ctx, s.deps.Ways.Sets.DeleteCallerSet(ctx, in.ID))
}

type dialingInput struct {
	ID   string `path:"id" doc:"the agent's id"`
	Body wire.Dialing
}

func (s *Server) putDialing(ctx context.Context, in *dialingInput) (*done, error) {
	return s.changed(ctx, s.deps.Ways.Dialing.SetDialing(ctx, in.ID, in.Body))
}

type capsInput struct {
	ID   string `path:"id" doc:"the campaign's id"`
	Body wire.Caps
}

func (s *Server) putCaps(ctx context.Context, in *capsInput) (*done, error) {
	return s.changed(ctx, s.deps.Ways.Dialing.SetCaps(ctx, in.ID, in.Body))
}
